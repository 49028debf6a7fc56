"""API keys over HTTP."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, request

from domain.authentication.api_keys import Keys, NewKey
from domain.authentication.errors import TooManyKeys
from domain.authentication.keys import ApiKey
from domain.errors import InvalidValue, NotFound
from service.clients import client_of
from service.routes import ACCOUNT, RateClass, route
from service.schemas.api_keys import KeyBody, KeyResponse, NewKeyResponse
from service.schemas.pagination import PageResponse
from service.views.lists import Listed
from service.views.second_factors import CONFIRMED


def api_keys_blueprint(keys: Keys) -> Blueprint:
    """Make the routes of one's own API keys over their use-cases."""
    blueprint = Blueprint("api_keys", __name__, url_prefix="/v1/me/api-keys")

    @route(
        blueprint,
        "POST",
        "",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        body=KeyBody,
        answer=NewKeyResponse,
        status=HTTPStatus.CREATED,
        secret=True,
        errors=(NotFound, InvalidValue, *CONFIRMED, TooManyKeys),
    )
    async def create_key(body: KeyBody) -> NewKey:
        """Make an API key for a machine.

        `key` is what the machine sends: `Authorization: Bearer imk_…`. It is told this once. A key
        can't do what a person alone may, as to make other keys.
        """
        return await keys.create(
            body.details(), body.confirmation.confirmation(), client_of(request)
        )

    @route(
        blueprint,
        "GET",
        "",
        callers=ACCOUNT,
        rate=RateClass.READ,
        answer=PageResponse[KeyResponse],
    )
    async def list_keys() -> Listed[ApiKey]:
        """List your API keys, oldest first: all of them on one page."""
        return Listed(await keys.list(), None)

    @route(
        blueprint,
        "DELETE",
        "/<uuid:key_id>",
        callers=ACCOUNT,
        rate=RateClass.WRITE,
        status=HTTPStatus.NO_CONTENT,
        unconditional="a key never changes",
        errors=(NotFound,),
    )
    async def revoke_key(key_id: UUID) -> None:
        """Revoke an API key; no request with it is taken from then on."""
        await keys.revoke(key_id)

    return blueprint
