"""Authors as clients see them."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field
from typing_extensions import TypedDict

from domain.catalogue.entities import (
    BIOGRAPHY_MAX_LENGTH,
    NAME_MAX_LENGTH,
    AuthorDetails,
)
from service.schemas.fields import (
    REQUEST_CONFIG,
    Line,
    Paragraphs,
    RequestSchema,
    VersionedResponse,
)

Name = Annotated[Line, Field(min_length=1, max_length=NAME_MAX_LENGTH)]
Biography = Annotated[Paragraphs, Field(max_length=BIOGRAPHY_MAX_LENGTH)]


class AuthorBody(RequestSchema):
    """All details of an author, for POST and PUT; one that is left out is null."""

    name: Name
    biography: Biography | None = None
    born_on: date | None = None
    died_on: date | None = None

    def details(self) -> AuthorDetails:
        """Give what the use-cases take."""
        return AuthorDetails(
            name=self.name, biography=self.biography, born_on=self.born_on, died_on=self.died_on
        )


class AuthorPatch(TypedDict, total=False):
    """Some details of an author, for PATCH (RFC 7396): null removes one, absence keeps it."""

    __pydantic_config__ = REQUEST_CONFIG  # type: ignore[misc] # pydantic reads a TypedDict's so.

    name: Name
    biography: Biography | None
    born_on: date | None
    died_on: date | None


class AuthorResponse(VersionedResponse):
    """One author."""

    id: UUID
    name: str
    biography: str | None
    born_on: date | None
    died_on: date | None
    created_at: datetime
    updated_at: datetime
