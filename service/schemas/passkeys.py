"""Passkeys as clients see them."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from domain.authentication.factors import PASSKEY_NAME_MAX_LENGTH
from domain.authentication.passkey_use_cases import AddedPasskey
from service.schemas.fields import Id, Line, RequestSchema, ResponseSchema
from service.schemas.second_factors import CODES_EXAMPLE, RecoveryCodes
from service.schemas.sessions import Token

BrowserJson = Annotated[
    dict[str, JsonValue], Field(description="What `toJSON()` of the credential gives, as it is.")
]

_PASSKEY: Final[dict[str, JsonValue]] = {
    "id": "01900000-0000-7000-8000-000000000005",
    "name": "my phone",
    "createdAt": "2026-01-02T03:04:05.678901Z",
    "lastUsedAt": None,
}
_CHALLENGE_ID = "01900000-0000-7000-8000-000000000006"
_ANSWER: Final[dict[str, JsonValue]] = {
    "challengeId": _CHALLENGE_ID,
    "response": {"id": "…", "rawId": "…", "type": "public-key", "response": {}},
}


class PasskeyOptionsResponse(ResponseSchema):
    """What a browser is asked. It can be answered once, in the next five minutes."""

    challenge_id: UUID
    public_key: Annotated[
        dict[str, JsonValue],
        Field(
            description="For `PublicKeyCredential.parseCreationOptionsFromJSON()` or "
            "`parseRequestOptionsFromJSON()`, and then `navigator.credentials`."
        ),
    ]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "challengeId": _CHALLENGE_ID,
                    "publicKey": {
                        "challenge": "K1w8x1QnTqO1m2p7Qm9gXn0yY3R4b5c6d7e8f9gAhBk",
                        "rpId": "example.org",
                        "timeout": 300000,
                        "userVerification": "required",
                        "allowCredentials": [],
                    },
                }
            ]
        }
    )


class EmptyBody(RequestSchema):
    """Nothing has to be said."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class PasskeyBody(RequestSchema):
    """A passkey that a browser made."""

    challenge_id: Id
    name: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=PASSKEY_NAME_MAX_LENGTH,
            description="Says where it is kept. It must not be blank.",
        ),
    ]
    response: BrowserJson

    model_config = ConfigDict(json_schema_extra={"examples": [{**_ANSWER, "name": "my phone"}]})


class PasskeySignInBody(RequestSchema):
    """What a passkey answered."""

    challenge_id: Id
    response: BrowserJson
    device_token: Annotated[
        Token | None, Field(description="What the last sign-in on this device gave.")
    ] = None
    cookie: Annotated[
        bool, Field(description="For browsers: the refresh token comes in a cookie.")
    ] = False

    model_config = ConfigDict(json_schema_extra={"examples": [_ANSWER]})


class PasskeyResponse(ResponseSchema):
    """One passkey."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None

    model_config = ConfigDict(json_schema_extra={"examples": [_PASSKEY]})


class AddedPasskeyResponse(PasskeyResponse):
    """A passkey that was added."""

    recovery_codes: Annotated[
        RecoveryCodes | None, Field(description="With the first second factor; else null.")
    ]

    model_config = ConfigDict(
        json_schema_extra={"examples": [{**_PASSKEY, "recoveryCodes": CODES_EXAMPLE}]}
    )

    @classmethod
    def of(cls, result: object) -> Self:
        """Make it from the passkey and the codes."""
        if not isinstance(result, AddedPasskey):
            raise TypeError("It is made from an added passkey.")
        known = PasskeyResponse.of(result.passkey).model_dump(by_alias=False)
        return cls.model_validate({**known, "recovery_codes": result.recovery_codes})
