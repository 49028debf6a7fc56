"""Problems as clients see them (RFC 9457)."""

from typing import Annotated, NotRequired
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict


class FaultResponse(TypedDict):
    """One thing that is wrong with a request."""

    detail: str
    pointer: NotRequired[
        Annotated[str, Field(description="Where in the body: a JSON pointer in a URI fragment.")]
    ]
    parameter: NotRequired[Annotated[str, Field(description="The name of a query's parameter.")]]


class BookTitleResponse(TypedDict):
    """A book, as far as people need it to know which one is meant."""

    id: UUID
    title: str


class ProblemResponse(TypedDict):
    """Why a request was not fulfilled (RFC 9457). Clients ignore members that they don't know."""

    type: Annotated[str, Field(description="Names the kind of problem; never changes.")]
    title: str
    status: Annotated[int, Field(description="The same as the answer's own.")]
    detail: Annotated[str, Field(description="What is wrong with this very request; for people.")]
    request_id: NotRequired[
        Annotated[
            str, Field(alias="requestId", description="The same as the answer's X-Request-ID.")
        ]
    ]
    errors: NotRequired[list[FaultResponse]]
    books: NotRequired[
        Annotated[list[BookTitleResponse], Field(description="Some of the books in the way.")]
    ]
    count: NotRequired[Annotated[int, Field(description="How many books are in the way.")]]
    methods: NotRequired[
        Annotated[list[str], Field(description="Which second factors the account has.")]
    ]
