"""All that is kept of somebody, as they see it."""

from datetime import datetime
from uuid import UUID

from pydantic import ConfigDict

from domain.authentication.entities import Method
from service.schemas.accounts import ACCOUNT, AccountResponse
from service.schemas.activity import EventResponse
from service.schemas.api_keys import KeyResponse
from service.schemas.fields import ResponseSchema


class ExportedSession(ResponseSchema):
    """A device on which somebody is signed in."""

    id: UUID
    device: str
    address: str
    methods: list[Method]
    authenticated_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    created_at: datetime


class ExportedPasskey(ResponseSchema):
    """A passkey, by its name."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class ExportedIdentity(ResponseSchema):
    """Who somebody is at a provider by which they sign in."""

    issuer: str
    subject: str
    created_at: datetime


class ExportedAccount(ResponseSchema):
    """What is kept of an account but for its events."""

    account: AccountResponse
    sessions: list[ExportedSession]
    api_keys: list[KeyResponse]
    passkeys: list[ExportedPasskey]
    identities: list[ExportedIdentity]


class ExportResponse(ResponseSchema):
    """All that is kept of an account; where `activityIsComplete` is false, older events too."""

    exported_at: datetime
    kept: ExportedAccount
    activity: list[EventResponse]
    activity_is_complete: bool

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "exportedAt": "2026-01-02T03:04:05.678901Z",
                    "kept": {
                        "account": ACCOUNT,
                        "sessions": [],
                        "apiKeys": [],
                        "passkeys": [],
                        "identities": [],
                    },
                    "activity": [],
                    "activityIsComplete": True,
                }
            ]
        }
    )
