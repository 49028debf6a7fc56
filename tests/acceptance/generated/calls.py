"""A day with authors by the generated client; its test copies this beside the client's package.

It is checked by mypy there, in front of the client's own types, and run with the server's address.
"""

import sys
from datetime import date
from http import HTTPStatus

from generated_client import AuthenticatedClient
from generated_client.api.authors import (
    change_author,
    create_author,
    delete_author,
    get_author,
    list_authors,
)
from generated_client.api.configuration import get_configuration
from generated_client.models.author_body import AuthorBody
from generated_client.models.author_page import AuthorPage
from generated_client.models.author_patch import AuthorPatch
from generated_client.models.author_response import AuthorResponse
from generated_client.models.configuration_response import ConfigurationResponse
from generated_client.models.problem_response import ProblemResponse
from generated_client.types import UNSET


def main(address: str, token: str) -> None:
    """Create, read, change, list and delete an author."""
    client = AuthenticatedClient(base_url=address, token=token, raise_on_unexpected_status=True)
    body = AuthorBody(name="Han Kang", born_on=date(1970, 11, 27))
    created = create_author.sync_detailed(
        client=client, body=body, idempotency_key='"generated-client"'
    )
    author = created.parsed
    assert created.status_code == HTTPStatus.CREATED, created
    assert isinstance(author, AuthorResponse), created
    assert (author.name, author.born_on, author.biography) == (body.name, body.born_on, None)

    tag = created.headers["ETag"]
    read = get_author.sync_detailed(author.id, client=client, if_none_match=tag)
    assert (read.status_code, read.parsed) == (HTTPStatus.NOT_MODIFIED, None), read

    patch = AuthorPatch(biography="She wrote The Vegetarian.")
    changed = change_author.sync(author.id, client=client, body=patch, if_match=tag)
    assert isinstance(changed, AuthorResponse), changed
    assert (changed.biography, changed.version) == (patch.biography, 2)

    stale = change_author.sync(author.id, client=client, body=patch, if_match=tag)
    assert isinstance(stale, ProblemResponse), stale
    assert (stale.type_, stale.errors) == ("/problems/stale-version", UNSET)

    page = list_authors.sync(client=client, limit=100)
    assert isinstance(page, AuthorPage), page
    assert changed in page.items

    deleted = delete_author.sync_detailed(author.id, client=client, if_match="*")
    assert deleted.status_code == HTTPStatus.NO_CONTENT, deleted
    assert isinstance(get_author.sync(author.id, client=client), ProblemResponse)
    assert isinstance(get_configuration.sync(client=client), ConfigurationResponse)


if __name__ == "__main__":
    main(*sys.argv[1:])
