"""How somebody proves anew who they are, before a credential of theirs changes."""

from typing import Annotated, Final

from pydantic import ConfigDict, Field, JsonValue, SecretStr

from domain.authentication.confirmation import Confirmation
from service.schemas.fields import RequestSchema

# More than any password or code has: which it may have is no concern of who shows one.
SHOWN_MAX_LENGTH = 1024

CONFIRMED: Final[dict[str, JsonValue]] = {
    "confirmation": {"password": "correct horse battery staple"}
}


class ConfirmationBody(RequestSchema):
    """The account's password and, where it has a second factor, a code of one.

    For ten minutes after a sign-in by a passkey, where no app for codes is enabled, it stands for
    the code. An account without a password needs none for ten minutes after it signed in.
    """

    password: Annotated[SecretStr, Field(max_length=SHOWN_MAX_LENGTH)] | None = None
    code: Annotated[
        SecretStr | None,
        Field(max_length=SHOWN_MAX_LENGTH, description="Of an app for codes, or a recovery code."),
    ] = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"password": "correct horse battery staple", "code": "287082"}]
        }
    )

    def confirmation(self) -> Confirmation:
        """Give what the use-cases take."""
        return Confirmation(
            password=self.password.get_secret_value() if self.password else None,
            code=self.code.get_secret_value() if self.code else None,
        )


class ConfirmedBody(RequestSchema):
    """What is asked for by its address alone, and confirmed."""

    confirmation: ConfirmationBody = ConfirmationBody()

    model_config = ConfigDict(json_schema_extra={"examples": [CONFIRMED]})
