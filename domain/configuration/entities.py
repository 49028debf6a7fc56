"""What an operator can change while the system runs, with its defaults."""

from dataclasses import dataclass
from typing import TypedDict

from domain.errors import InvalidValue
from domain.pagination import MAX_PAGE_SIZE

NOTICE_MAX_LENGTH = 500


class ConfigurationChanges(TypedDict, total=False):
    """New values for some of the configuration; a key that is absent changes nothing."""

    maintenance_notice: str | None
    sign_ups_open: bool
    default_page_size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The runtime configuration; `version` counts its changes, 0 where there was none yet.

    `maintenance_notice` is shown to people, `default_page_size` is the size of a page for whom
    names none. Raises InvalidValue for values out of bounds.
    """

    maintenance_notice: str | None = None
    sign_ups_open: bool = True
    default_page_size: int = 20
    version: int = 0

    def __post_init__(self) -> None:
        notice = self.maintenance_notice
        if notice is not None and not 0 < len(notice) <= NOTICE_MAX_LENGTH:
            raise InvalidValue(
                "maintenance_notice", f"must have 1 to {NOTICE_MAX_LENGTH} characters"
            )
        if not 1 <= self.default_page_size <= MAX_PAGE_SIZE:
            raise InvalidValue("default_page_size", f"must be from 1 to {MAX_PAGE_SIZE}")
