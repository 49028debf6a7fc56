"""Sessions as clients see them."""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, SecretStr

from domain.accounts.values import EMAIL_MAX_LENGTH
from domain.authentication.sign_in import Credentials
from service.schemas.fields import Line, RequestSchema, ResponseSchema

# Passwords are not read here: one that breaks a rule is wrong, as any other is.
PASSWORD_MAX_LENGTH = 1000
_TOKEN_MAX_LENGTH = 1000
_CODE_MAX_LENGTH = 100

_DEVICE_TOKEN = "dt_AZ9r…"  # noqa: S105  # An example.

Token = Annotated[SecretStr, Field(max_length=_TOKEN_MAX_LENGTH)]


class SignInBody(RequestSchema):
    """What somebody signs in with."""

    email: Annotated[Line, Field(max_length=EMAIL_MAX_LENGTH)]
    password: Annotated[SecretStr, Field(max_length=PASSWORD_MAX_LENGTH)]
    code: Annotated[
        SecretStr | None,
        Field(max_length=_CODE_MAX_LENGTH, description="Of an app for codes, or a recovery code."),
    ] = None
    device_token: Annotated[
        Token | None, Field(description="What the last sign-in on this device gave.")
    ] = None
    cookie: Annotated[
        bool, Field(description="For browsers: the refresh token comes in a cookie.")
    ] = False

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"email": "han.kang@example.org", "password": "correct horse battery"}]
        }
    )

    def credentials(self) -> Credentials:
        """Give what the use-cases take."""
        return Credentials(
            email=self.email,
            password=self.password.get_secret_value(),
            code=self.code.get_secret_value() if self.code else None,
            device_token=self.device_token.get_secret_value() if self.device_token else None,
        )


class RefreshBody(RequestSchema):
    """The refresh token; without one, that of the cookie."""

    refresh_token: Token | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [{"refreshToken": "rt_AZ9r…"}, {}]})


class SignedInResponse(ResponseSchema):
    """What a client sends from now on, and how it goes on when that has expired.

    `refreshToken` is null where it comes in a cookie, and `deviceToken` where it stays as it is.
    """

    access_token: str
    token_type: str
    expires_in: Annotated[int, Field(description="Seconds.")]
    refresh_token: str | None
    device_token: str | None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "accessToken": "eyJhbGciOiJIUzI1NiIs…",
                    "tokenType": "Bearer",
                    "expiresIn": 600,
                    "refreshToken": "rt_AZ9r…",
                    "deviceToken": _DEVICE_TOKEN,
                }
            ]
        }
    )


class EndSessionsQuery(RequestSchema):
    """Which sessions end."""

    keep_current: Annotated[
        bool, Field(description="Leaves the session alone that the request is of.")
    ] = False


_SESSION: Final[dict[str, JsonValue]] = {
    "id": "01900000-0000-7000-8000-000000000002",
    "device": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "address": "192.0.2.7",
    "methods": ["pwd", "otp"],
    "createdAt": "2026-01-02T03:04:05.678901Z",
    "lastSeenAt": "2026-01-02T13:04:05.678901Z",
    "expiresAt": "2026-02-01T13:04:05.678901Z",
    "isCurrent": True,
}


class SessionResponse(ResponseSchema):
    """One device on which you are signed in. `device` and `address` are what it said of itself.

    `lastSeenAt` is when its tokens were last refreshed, at most ten minutes before its last
    request. `methods` are those of RFC 8176, and `rcv` for a recovery code, `fed` for a provider.
    """

    id: UUID
    device: str
    address: str
    methods: list[str]
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool

    model_config = ConfigDict(json_schema_extra={"examples": [_SESSION]})
