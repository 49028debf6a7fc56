from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import SecretStr

from service.settings.model import Settings
from service.settings.names import FIELDS
from service.settings.uris import MASK


@dataclass(frozen=True, slots=True)
class ShownSetting:
    """A setting as an operator may see it: secrets masked; `value` None means not set."""

    name: str
    value: str | int | float | None
    origin: str


def shown_settings(settings: Settings, origins: Mapping[str, str]) -> list[ShownSetting]:
    """All settings in their order, under the variables' names."""
    return [
        ShownSetting(name, _shown(getattr(settings, field)), origins[name])
        for name, field in FIELDS.items()
    ]


def _shown(value: object) -> str | int | float | None:
    if isinstance(value, SecretStr):
        return MASK
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, tuple):
        return ",".join(value) or None
    return str(value)
