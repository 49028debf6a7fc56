"""Second factors as clients see them."""

from datetime import datetime
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, JsonValue, SecretStr

from service.schemas.fields import RequestSchema, ResponseSchema

CODE_MAX_LENGTH = 100

CODES_EXAMPLE: Final[list[JsonValue]] = ["7Q2M-X0DK-9FTB-1ZRC", "W4HN-5V8P-E3JA-6GSY"]

RecoveryCodes = Annotated[
    list[str],
    Field(description="Ten; each stands in for another second factor once. They are told once."),
]


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
    expires_at: Annotated[
        datetime, Field(description="Before then a code of the app has to be sent.")
    ]

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "secret": "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
                    "uri": "otpauth://totp/example.org:ann%40example.org"
                    "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=example.org"
                    "&algorithm=SHA1&digits=6&period=30",
                    "expiresAt": "2026-01-02T03:19:05.678901Z",
                }
            ]
        }
    )


class CodeBody(RequestSchema):
    """What the app shows."""

    code: Annotated[SecretStr, Field(max_length=CODE_MAX_LENGTH)]

    model_config = ConfigDict(json_schema_extra={"examples": [{"code": "287082"}]})


class RecoveryCodesResponse(ResponseSchema):
    """New recovery codes; those before no longer hold."""

    recovery_codes: RecoveryCodes

    model_config = ConfigDict(json_schema_extra={"examples": [{"recoveryCodes": CODES_EXAMPLE}]})

    @classmethod
    def of(cls, result: object) -> Self:
        """Make it from the codes."""
        return cls.model_validate({"recovery_codes": result})
