"""Second factors as clients see them."""

from datetime import datetime
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue

from domain.authentication.factors import PASSKEY_NAME_MAX_LENGTH
from domain.authentication.passkey_use_cases import AddedPasskey
from service.schemas.fields import Line, RequestSchema, ResponseSchema

CODE_MAX_LENGTH = 100

_PASSKEY: Final[dict[str, JsonValue]] = {
    "id": "01900000-0000-7000-8000-000000000005",
    "name": "my phone",
    "createdAt": "2026-01-02T03:04:05.678901Z",
    "lastUsedAt": None,
}
_CHALLENGE_ID = "01900000-0000-7000-8000-000000000006"
_CODES: Final[list[JsonValue]] = ["7Q2M-X0DK-9FTB-1ZRC", "W4HN-5V8P-E3JA-6GSY"]

RecoveryCodes = Annotated[
    list[str],
    Field(description="Ten; each stands in for another second factor once. They are told once."),
]
BrowserJson = Annotated[dict[str, JsonValue], Field(json_schema_extra={"additionalProperties": {}})]


class FactorsResponse(ResponseSchema):
    """Which second factors there are. With any of them, a password alone does not sign in."""

    totp_enabled_at: datetime | None
    passkeys: int
    recovery_codes: Annotated[int, Field(description="How many are left.")]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "totpEnabledAt": "2026-01-02T03:04:05.678901Z",
                    "passkeys": 1,
                    "recoveryCodes": 10,
                }
            ]
        }
    )


class EnrolmentResponse(ResponseSchema):
    """What an app for codes has to know."""

    secret: Annotated[str, Field(description="To type: base 32.")]
    uri: Annotated[str, Field(description="To scan: show it as a QR code.")]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                    "uri": "otpauth://totp/example.org:ann%40example.org"
                    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=example.org"
                    "&algorithm=SHA1&digits=6&period=30",
                }
            ]
        }
    )


class CodeBody(RequestSchema):
    """What the app shows."""

    code: Annotated[str, Field(min_length=1, max_length=CODE_MAX_LENGTH)]

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "287082"}]})


class RecoveryCodesResponse(ResponseSchema):
    """New recovery codes; those before no longer hold."""

    recovery_codes: RecoveryCodes

    model_config = ConfigDict(json_schema_extra={"examples": [{"recoveryCodes": _CODES}]})

    @classmethod
    def of(cls, result: object) -> Self:
        """Make it from the codes."""
        return cls.model_validate({"recovery_codes": result})


class PasskeyOptionsResponse(ResponseSchema):
    """What a browser is asked. It can be answered once, in the next five minutes."""

    challenge_id: UUID
    public_key: Annotated[
        BrowserJson,
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


class PasskeyAnswer(RequestSchema):
    """What the browser gave for a challenge."""

    challenge_id: UUID
    response: Annotated[
        BrowserJson, Field(description="What `toJSON()` of the credential gives, as it is.")
    ]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "challengeId": _CHALLENGE_ID,
                    "response": {"id": "…", "rawId": "…", "type": "public-key", "response": {}},
                }
            ]
        }
    )


class PasskeyBody(PasskeyAnswer):
    """A passkey that the browser made."""

    name: Annotated[
        Line,
        Field(
            min_length=1,
            max_length=PASSKEY_NAME_MAX_LENGTH,
            description="Says where it is kept. It must not be blank.",
        ),
    ]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "challengeId": _CHALLENGE_ID,
                    "name": "my phone",
                    "response": {"id": "…", "rawId": "…", "type": "public-key", "response": {}},
                }
            ]
        }
    )


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
        json_schema_extra={"examples": [{**_PASSKEY, "recoveryCodes": _CODES}]}
    )

    @classmethod
    def of(cls, result: object) -> Self:
        """Make it from the passkey and the codes."""
        if not isinstance(result, AddedPasskey):
            raise TypeError("It is made from an added passkey.")
        known = PasskeyResponse.of(result.passkey).model_dump(by_alias=False)
        return cls.model_validate({**known, "recovery_codes": result.recovery_codes})
