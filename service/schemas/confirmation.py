"""How somebody proves anew who they are, before a credential of theirs changes."""

from typing import Annotated, Final

from pydantic import ConfigDict, Field, JsonValue

from domain.authentication.confirmation import Confirmation
from service.schemas.fields import RequestSchema

# More than any password or code has: which it may have is no concern of who shows one.
SHOWN_MAX_LENGTH = 1024

CONFIRMED: Final[dict[str, JsonValue]] = {
    "confirmation": {"password": "correct horse battery staple"}
}


class ConfirmationBody(RequestSchema):
    """The account's password and, where it has a second factor, a code of one.

    Neither is needed for ten minutes after a sign-in by a passkey, nor by an account that has no
    password.
    """

    password: Annotated[str, Field(min_length=1, max_length=SHOWN_MAX_LENGTH)] | None = None
    code: (
        Annotated[
            str,
            Field(
                min_length=1,
                max_length=SHOWN_MAX_LENGTH,
                description="Six digits of an app for codes, or a recovery code.",
            ),
        ]
        | None
    ) = None

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"password": "correct horse battery staple", "code": "287082"}]
        }
    )

    def confirmation(self) -> Confirmation:
        """Give what the use-cases take."""
        return Confirmation(password=self.password, code=self.code)


class ConfirmedBody(RequestSchema):
    """What is asked for by its address alone, and confirmed."""

    confirmation: ConfirmationBody = ConfirmationBody()

    model_config = ConfigDict(json_schema_extra={"examples": [CONFIRMED]})
