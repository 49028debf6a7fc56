"""The keys by which other services can check access tokens."""

from collections.abc import Mapping, Sequence

from flask import Blueprint

from domain.authentication.ports import AccessTokens
from service.routes import PUBLIC, RateClass, route
from service.schemas.token_keys import KeySetResponse


def token_keys_blueprint(access_tokens: AccessTokens) -> Blueprint:
    """Make the route of the public keys, at the usual place (RFC 8615, RFC 8414)."""
    blueprint = Blueprint("token_keys", __name__, url_prefix="/.well-known")

    @route(
        blueprint,
        "GET",
        "/jwks.json",
        callers=PUBLIC,
        rate=RateClass.READ,
        answer=KeySetResponse,
    )
    async def list_token_keys() -> Sequence[Mapping[str, object]]:
        """List the public keys of access tokens, that of new tokens first.

        Their signature tells who signed in, not that the session lasts: only this service can.
        """
        return access_tokens.public_keys()

    return blueprint
