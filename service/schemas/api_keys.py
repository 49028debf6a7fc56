"""API keys as clients see them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, field_validator

from domain.authentication.api_keys import KeyDetails, NewKey
from domain.authentication.keys import KEY_LENGTH, KEY_NAME_MAX_LENGTH, KEY_PREFIX
from domain.permissions import Permission
from service.schemas.confirmation import CONFIRMED, ConfirmationBody
from service.schemas.fields import Line, Moment, RequestSchema, ResponseSchema

KeyName = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=KEY_NAME_MAX_LENGTH,
        description="Says which machine has it. It must not be blank.",
    ),
]


def _each_once(permissions: list[Permission]) -> list[Permission]:
    if len(set(permissions)) < len(permissions):
        raise ValueError("must name each permission once")
    return permissions


Permissions = Annotated[
    list[Permission],
    Field(
        max_length=len(Permission),
        description="What the key may, as long as its account may it too. You can give what you "
        "may yourself.",
        json_schema_extra={"uniqueItems": True},
    ),
    AfterValidator(_each_once),
]

_DETAILS: Final[dict[str, JsonValue]] = {
    "name": "nightly import",
    "permissions": ["catalogue:change"],
    "expiresAt": "2027-01-01T00:00:00Z",
}
_KEY: Final[dict[str, JsonValue]] = {
    **_DETAILS,
    "id": "01900000-0000-7000-8000-000000000004",
    "lastUsedAt": None,
    "createdAt": "2026-01-02T03:04:05.678901Z",
}


class KeyBody(RequestSchema):
    """A new key; one without `expiresAt` holds until it is revoked."""

    name: KeyName
    permissions: Permissions
    expires_at: Moment | None = None
    confirmation: ConfirmationBody = ConfirmationBody()

    model_config = ConfigDict(json_schema_extra={"examples": [{**_DETAILS, **CONFIRMED}]})

    def details(self) -> KeyDetails:
        """Give what the use-cases take."""
        return {
            "name": self.name,
            "permissions": frozenset(self.permissions),
            "expires_at": self.expires_at,
        }


class KeyResponse(ResponseSchema):
    """One key, without its text. `lastUsedAt` is at most ten minutes behind."""

    id: UUID
    name: str
    permissions: list[Permission]
    expires_at: datetime | None
    last_used_at: datetime | None
    created_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [_KEY]})

    @field_validator("permissions", mode="before")
    @classmethod
    def _in_order(cls, permissions: frozenset[Permission]) -> list[Permission]:
        return sorted(permissions)


class NewKeyResponse(KeyResponse):
    """A key that was made, with its text, which is told once."""

    key: str

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**_KEY, "key": KEY_PREFIX + "A" * (KEY_LENGTH - len(KEY_PREFIX))}]
        }
    )

    @classmethod
    def of(cls, result: object) -> "NewKeyResponse":
        """Make it from a NewKey."""
        if not isinstance(result, NewKey):
            raise TypeError(f"{type(result).__name__} is no new key.")
        told = KeyResponse.of(result.key)
        return cls(
            **{name: getattr(told, name) for name in type(told).model_fields}, key=result.text
        )
