"""Authors as clients see them."""

from datetime import date, datetime
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field, JsonValue
from typing_extensions import TypedDict

from domain.catalogue.entities import (
    BIOGRAPHY_MAX_LENGTH,
    NAME_MAX_LENGTH,
    AuthorDetails,
)
from domain.catalogue.queries import AuthorQuery, AuthorSort
from service.schemas.fields import (
    REQUEST_CONFIG,
    Day,
    EntityResponse,
    Line,
    Paragraphs,
    RequestSchema,
)
from service.schemas.lists import Search, sorting
from service.schemas.pagination import PageQuery

Name = Annotated[
    Line,
    Field(
        min_length=1,
        max_length=NAME_MAX_LENGTH,
        description="Has a letter, mark, number, punctuation or symbol: it must not be blank.",
    ),
]
Biography = Annotated[Paragraphs, Field(max_length=BIOGRAPHY_MAX_LENGTH)]


_DETAILS: Final[dict[str, JsonValue]] = {
    "name": "Han Kang",
    "biography": "She wrote The Vegetarian.",
    "bornOn": "1970-11-27",
    "diedOn": None,
}


AuthorOrder = Literal["createdAt", "-createdAt", "name", "-name", "updatedAt", "-updatedAt"]


class AuthorsQuery(PageQuery):
    """Which authors, in which order: a minus puts the greatest first."""

    sort: AuthorOrder = "createdAt"
    search: Search | None = None

    def of_authors(self) -> AuthorQuery:
        """Give what the use-cases take."""
        by, descending = sorting(self.sort)
        return AuthorQuery(sort=AuthorSort(by), descending=descending, search=self.search)


class AuthorBody(RequestSchema):
    """All details of an author, for POST and PUT; one that is left out is null."""

    name: Name
    biography: Biography | None = None
    born_on: Day | None = None
    died_on: Day | None = None

    model_config = ConfigDict(json_schema_extra={"examples": [_DETAILS, {"name": "Yi Sang"}]})

    def details(self) -> AuthorDetails:
        """Give what the use-cases take."""
        return AuthorDetails(
            name=self.name, biography=self.biography, born_on=self.born_on, died_on=self.died_on
        )


class AuthorPatch(TypedDict, total=False):
    """Some details of an author, for PATCH (RFC 7396): null removes one, absence keeps it."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc] # pydantic reads a TypedDict's so.
        **REQUEST_CONFIG, json_schema_extra={"examples": [{"biography": None}]}
    )

    name: Name
    biography: Biography | None
    born_on: Day | None
    died_on: Day | None


class AuthorResponse(EntityResponse):
    """One author."""

    name: str
    biography: str | None
    born_on: date | None
    died_on: date | None
    created_at: datetime
    updated_at: datetime

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_DETAILS,
                    "id": "01900000-0000-7000-8000-000000000001",
                    "version": 1,
                    "createdAt": "2026-01-02T03:04:05.678901Z",
                    "updatedAt": "2026-01-02T03:04:05.678901Z",
                }
            ]
        }
    )
