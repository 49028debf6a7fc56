"""The OpenID Connect providers that people may sign in with."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic.alias_generators import to_camel

from service.settings.uris import MASK

MAX_PROVIDERS = 20
LONGEST_URL = 255

_SECURE = re.compile(r"https://[a-z0-9_.-]+(:[1-9][0-9]{0,4})?(/[!#-.0-~]*)*", re.ASCII)
_LOCAL = re.compile(
    r"http://(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[1-9][0-9]{0,4})?(/[!#-.0-~]*)*", re.ASCII
)
# RFC 6749, A.1 and A.2.
_VISIBLE = r"^[ -~]+$"


def _url(text: str) -> str:
    if len(text) > LONGEST_URL or not (_SECURE.fullmatch(text) or _LOCAL.fullmatch(text)):
        raise ValueError("is no URL with https (or http, on this machine)")
    if "?" in text or "#" in text:
        raise ValueError("has a query or a fragment")
    return text


def _scopes(scopes: Sequence[str]) -> Sequence[str]:
    if "openid" not in scopes:
        raise ValueError("lack openid")
    return scopes


class TrustedProvider(BaseModel):
    """How we are known at one provider.

    `redirect_uri` is where it sends people back to, if not to a page of this service.
    """

    model_config = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, hide_input_in_errors=True
    )

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
    issuer: Annotated[str, AfterValidator(_url)]
    client_id: Annotated[str, Field(pattern=_VISIBLE, max_length=255)]
    client_secret: Annotated[SecretStr, Field(min_length=1, max_length=1024)]
    scopes: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[!#-\[\]-~]+$")], ...], AfterValidator(_scopes)
    ] = ("openid", "email", "profile")
    redirect_uri: Annotated[str, AfterValidator(_url)] | None = None

    @property
    def is_local(self) -> bool:
        """Whether it is on this machine, without TLS."""
        return not self.issuer.startswith("https://")


@dataclass(frozen=True, slots=True)
class TrustedProviders:
    """All of them, in the operator's order; no text form of it shows a secret."""

    providers: tuple[TrustedProvider, ...]

    def __str__(self) -> str:
        return ", ".join(f"{it.name} ({it.issuer}, {it.client_id}:{MASK})" for it in self.providers)


def parse_providers(text: str) -> TrustedProviders:
    """Read a JSON list; raise ValueError with a reason that quotes no secret."""
    providers = tuple(_provider(number, item) for number, item in enumerate(_items(text), start=1))
    for what, values in (
        ("name", [it.name for it in providers]),
        ("issuer", [it.issuer for it in providers]),
        ("redirectUri", [it.redirect_uri for it in providers if it.redirect_uri]),
    ):
        if len(set(values)) < len(values):
            raise ValueError(f"has two providers of one {what}")
    return TrustedProviders(providers)


def _items(text: str) -> list[Any]:
    try:
        items = json.loads(text)
    except (ValueError, RecursionError):
        # Its message would quote what it was given.
        raise ValueError("is not JSON") from None
    if not isinstance(items, list) or not 1 <= len(items) <= MAX_PROVIDERS:
        raise ValueError(f"is no list of 1 to {MAX_PROVIDERS} providers")
    return items


def _provider(number: int, item: object) -> TrustedProvider:
    try:
        return TrustedProvider.model_validate(item)
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        member = ".".join(str(step) for step in fault["loc"])
        reason = fault["msg"].removeprefix("Value error, ")
        raise ValueError(f"has a provider, number {number}, whose {member}: {reason}") from None
