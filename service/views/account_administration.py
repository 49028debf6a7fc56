"""Accounts over HTTP, for those who administer them."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint

from domain.accounts.entities import Account
from domain.accounts.errors import LastAdministrator
from domain.authentication.administration import AccountAdministration
from domain.entities import Expected
from domain.errors import NotFound
from domain.permissions import Permission
from service.arguments import JSON, MERGE_PATCH
from service.routes import RateClass, route
from service.schemas.accounts import AccountPatch, AccountResponse, AccountsQuery
from service.schemas.pagination import PageResponse
from service.views.lists import Listed, Lists


def account_administration_blueprint(
    administration: AccountAdministration, lists: Lists
) -> Blueprint:
    """Make the routes of the administration over its use-cases."""
    blueprint = Blueprint("account_administration", __name__, url_prefix="/v1/accounts")

    @route(
        blueprint,
        "GET",
        "",
        callers=Permission.READ_ACCOUNTS,
        rate=RateClass.READ,
        query=AccountsQuery,
        answer=PageResponse[AccountResponse],
    )
    async def list_accounts(query: AccountsQuery) -> Listed[Account]:
        """List accounts, oldest first or in another order.

        `search` finds addresses and names by their words: each of its words is how one of them
        begins.
        """
        return await lists.page(
            query, lambda page: administration.list_accounts(page, query.of_accounts())
        )

    @route(
        blueprint,
        "GET",
        "/<uuid:account_id>",
        callers=Permission.READ_ACCOUNTS,
        rate=RateClass.READ,
        answer=AccountResponse,
        conditional=AccountResponse,
        errors=(NotFound,),
    )
    async def get_account(account_id: UUID) -> Account:
        """Read one account."""
        return await administration.get_account(account_id)

    @route(
        blueprint,
        "PATCH",
        "/<uuid:account_id>",
        callers=Permission.CHANGE_ACCOUNTS,
        rate=RateClass.WRITE,
        body=AccountPatch,
        media_types=(MERGE_PATCH, JSON),
        answer=AccountResponse,
        conditional=AccountResponse,
        errors=(NotFound, LastAdministrator),
    )
    async def change_account(account_id: UUID, body: AccountPatch, expected: Expected) -> Account:
        """Change the role of an account, disable or enable it.

        It counts from the account's next request on. An account that is disabled is signed out
        everywhere, and none of its API keys is taken.
        """
        return await administration.change_account(account_id, body, expected)

    @route(
        blueprint,
        "DELETE",
        "/<uuid:account_id>",
        callers=Permission.CHANGE_ACCOUNTS,
        rate=RateClass.WRITE,
        status=HTTPStatus.NO_CONTENT,
        conditional=AccountResponse,
        errors=(NotFound, LastAdministrator),
    )
    async def delete_account(account_id: UUID, expected: Expected) -> None:
        """Delete an account, which signs it out everywhere."""
        await administration.delete_account(account_id, expected)

    @route(
        blueprint,
        "DELETE",
        "/<uuid:account_id>/sessions",
        callers=Permission.CHANGE_ACCOUNTS,
        rate=RateClass.WRITE,
        status=HTTPStatus.NO_CONTENT,
        unconditional="whichever sessions there are shall end",
        errors=(NotFound,),
    )
    async def end_account_sessions(account_id: UUID) -> None:
        """Sign an account out everywhere. Its API keys stay."""
        await administration.end_sessions(account_id)

    return blueprint
