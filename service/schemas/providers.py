"""Providers, and sign-ins with them, as clients see them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, SecretStr

from domain.authentication.provider_tickets import ProviderAnswer
from service.schemas.confirmation import ConfirmedBody
from service.schemas.fields import RequestSchema, ResponseSchema

NAME_MAX_LENGTH = 32
# Codes of providers are opaque, and some are tokens of theirs by themselves.
CODE_MAX_LENGTH = 4096
_TEXT_MAX_LENGTH = 255
_SECOND_FACTOR_MAX_LENGTH = 100
_TOKEN_MAX_LENGTH = 1000

_STATE = "AZ9rPJxKdqmH…"
_TICKET = "4vJ2nYk0…"
_COOKIE = "For a page in a browser: the ticket comes, and is handed in, in a cookie."

Cookie = Annotated[bool, Field(description=_COOKIE)]
Name = Annotated[str, Field(max_length=NAME_MAX_LENGTH, description="The name of a provider.")]


class ProviderResponse(ResponseSchema):
    """A provider that you may sign in with."""

    name: str

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "acme"}]})


class BeginBody(RequestSchema):
    """How you get the ticket."""

    cookie: Cookie = False

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"cookie": True}]})


class BeginLinkBody(ConfirmedBody):
    """Which provider names you, and that it is you who links it."""

    provider: Name
    cookie: Cookie = False

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "provider": "acme",
                    "confirmation": {"password": "correct horse battery staple"},
                }
            ]
        }
    )


class BegunResponse(ResponseSchema):
    """Where to sign in, and what to keep until you are back from there.

    The answer counts with this ticket alone, and has this `state`. `ticket` is null where it comes
    in a cookie.
    """

    authorization_url: str
    state: str
    ticket: str | None
    expires_at: datetime

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "authorizationUrl": f"https://id.acme.example/authorize?state={_STATE}",
                    "state": _STATE,
                    "ticket": _TICKET,
                    "expiresAt": "2026-01-02T03:14:05.678901Z",
                }
            ]
        }
    )


class AnswerBody(RequestSchema):
    """What came back from the provider, as it stands in the address, and the ticket."""

    provider: Name
    state: Annotated[str, Field(max_length=_TEXT_MAX_LENGTH)]
    code: Annotated[SecretStr, Field(min_length=1, max_length=CODE_MAX_LENGTH)]
    iss: Annotated[
        str | None,
        Field(max_length=_TEXT_MAX_LENGTH, description="Where it came back (RFC 9207)."),
    ] = None
    ticket: Annotated[SecretStr | None, Field(max_length=_TEXT_MAX_LENGTH)] = None
    cookie: Cookie = False

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "provider": "acme",
                    "state": _STATE,
                    "code": "SplxlOBeZQQYbYS6WxSbIA",
                    "iss": "https://id.acme.example",
                    "ticket": _TICKET,
                }
            ]
        }
    )

    def answer(self, ticket: str | None) -> ProviderAnswer:
        """Give what the use-cases take, with the ticket of the cookie, if that is the one."""
        given = self.ticket.get_secret_value() if self.ticket else None
        return ProviderAnswer(
            provider=self.provider,
            state=self.state,
            code=self.code.get_secret_value(),
            issuer=self.iss,
            ticket=(ticket if self.cookie else given) or "",
        )


class SignInAnswerBody(AnswerBody):
    """The same, and what else a sign-in takes."""

    second_factor: Annotated[
        SecretStr | None,
        Field(
            max_length=_SECOND_FACTOR_MAX_LENGTH,
            description="A code, if the answer was second-factor-required without one.",
        ),
    ] = None
    device_token: Annotated[
        SecretStr | None,
        Field(
            max_length=_TOKEN_MAX_LENGTH,
            description="What the last sign-in on this device gave.",
        ),
    ] = None


_IDENTITY: Final[dict[str, JsonValue]] = {
    "id": "01900000-0000-7000-8000-000000000004",
    "provider": "acme",
    "issuer": "https://id.acme.example",
    "createdAt": "2026-01-02T03:04:05.678901Z",
}


class IdentityResponse(ResponseSchema):
    """Who you are at a provider. `provider` is null where it is trusted no more."""

    id: UUID
    provider: str | None
    issuer: str
    created_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [_IDENTITY]})
