"""Sign-ups, passwords and addresses as clients send them."""

from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, JsonValue, SecretStr

from domain.accounts.entities import NAME_MAX_LENGTH
from domain.accounts.values import EMAIL_MAX_LENGTH
from domain.authentication.passwords import MAX_LENGTH, MIN_LENGTH
from domain.authentication.sign_up import NewAccount
from service.schemas.confirmation import ConfirmationBody
from service.schemas.fields import Line, RequestSchema, ResponseSchema

# As it is typed; its normal form, of which the rules are, may be shorter.
_TYPED_MAX_LENGTH = 1024
# More than any token has: another text is an unknown one.
_TOKEN_MAX_LENGTH = 200

Email = Annotated[
    Line,
    Field(min_length=1, max_length=EMAIL_MAX_LENGTH, json_schema_extra={"format": "idn-email"}),
]
NewPassword = Annotated[
    SecretStr,
    Field(
        min_length=MIN_LENGTH,
        max_length=_TYPED_MAX_LENGTH,
        description=f"{MIN_LENGTH} to {MAX_LENGTH} characters, counted in Unicode's normal form "
        "KC. None that many people use, nor the address, nor the service's name.",
    ),
]
OneTimeToken = Annotated[
    SecretStr, Field(min_length=1, max_length=_TOKEN_MAX_LENGTH, description="From the mail.")
]
AccountName = Annotated[
    Line, Field(min_length=1, max_length=NAME_MAX_LENGTH, description="It must not be blank.")
]

_EMAIL = "han.kang@example.org"
_PASSWORD = "correct horse battery staple"  # noqa: S105  # An example.
_ON_ITS_WAY = "If this address is of use for that, a mail is on its way."
_TOKEN = "Zk9b0m3qTn1VqXo5uV0bq3pW7c2Yh8sKfJ4dLr6eGtA"  # noqa: S105
_CONFIRMATION: Final[dict[str, JsonValue]] = {"password": "the password until now"}


def _example(**fields: JsonValue) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [fields]})


class SignUpBody(RequestSchema):
    """Who signs up."""

    email: Email
    password: NewPassword
    name: AccountName | None = None

    model_config = _example(email=_EMAIL, password=_PASSWORD, name="Han Kang")

    def new_account(self) -> NewAccount:
        """Give what the use-cases take."""
        return NewAccount(
            email=self.email, password=self.password.get_secret_value(), name=self.name
        )


class VerificationBody(RequestSchema):
    """The token from the mail, and the password that was signed up with."""

    token: OneTimeToken
    password: Annotated[SecretStr, Field(max_length=_TYPED_MAX_LENGTH)]

    model_config = _example(token=_TOKEN, password=_PASSWORD)


class MailBody(RequestSchema):
    """To whom a mail shall go."""

    email: Email

    model_config = _example(email=_EMAIL)


class ResetBody(RequestSchema):
    """The token from the mail, and the new password."""

    token: OneTimeToken
    password: NewPassword

    model_config = _example(token=_TOKEN, password=_PASSWORD)


class PasswordBody(RequestSchema):
    """The new password, confirmed."""

    password: NewPassword
    confirmation: ConfirmationBody = ConfirmationBody()

    model_config = _example(password=_PASSWORD, confirmation=_CONFIRMATION)


class EmailBody(RequestSchema):
    """The new address, confirmed."""

    email: Email
    confirmation: ConfirmationBody = ConfirmationBody()

    model_config = _example(email=_EMAIL, confirmation=_CONFIRMATION)


class TokenBody(RequestSchema):
    """The token from the mail."""

    token: OneTimeToken

    model_config = _example(token=_TOKEN)


class MailResponse(ResponseSchema):
    """What happens next. It is the same for every address, whoever has it."""

    detail: str

    model_config = _example(detail=_ON_ITS_WAY)

    @classmethod
    def of(cls, result: object) -> Self:  # noqa: ARG003  # Nothing that was done shows in it.
        """Make it of nothing."""
        return cls(detail=_ON_ITS_WAY)
