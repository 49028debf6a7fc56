"""Books as clients see them."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, JsonValue
from typing_extensions import TypedDict

from domain.catalogue.batches import MAX_BATCH
from domain.catalogue.currencies import CURRENCIES
from domain.catalogue.entities import MAX_AUTHORS, TITLE_MAX_LENGTH, BookDetails
from domain.catalogue.queries import BookQuery, BookSort
from domain.catalogue.values import (
    ISBN_MAX_LENGTH,
    LANGUAGE_MAX_LENGTH,
    MAX_AMOUNT,
    Price,
    language_tag,
)
from service.schemas.fields import (
    REQUEST_CONFIG,
    WHOLE_NUMBER,
    Day,
    EntityResponse,
    Id,
    Line,
    RequestSchema,
    ResponseSchema,
)
from service.schemas.lists import Search, obeying, sorting
from service.schemas.pagination import PageQuery

Title = Annotated[Line, Field(min_length=1, max_length=TITLE_MAX_LENGTH)]
Isbn = Annotated[
    Line,
    Field(
        min_length=10,
        max_length=ISBN_MAX_LENGTH,
        description="10 or 13 digits with a right check digit; hyphens and spaces may stand "
        "between them. It is kept as 13 digits.",
        json_schema_extra={"format": "isbn"},
    ),
]
Language = Annotated[
    Line,
    Field(
        min_length=2,
        max_length=LANGUAGE_MAX_LENGTH,
        description="A language tag (BCP 47).",
        json_schema_extra={"format": "language-tag"},
    ),
]
Amount = Annotated[
    int,
    Field(ge=0, le=MAX_AMOUNT, description="In the currency's minor units: cents, won."),
    WHOLE_NUMBER,
]
Currency = Annotated[
    str, Field(description="A code of ISO 4217.", json_schema_extra={"enum": sorted(CURRENCIES)})
]
AuthorIds = Annotated[
    list[Id],
    Field(
        min_length=1,
        max_length=MAX_AUTHORS,
        description="Each once, the first author first.",
        json_schema_extra={"uniqueItems": True},
    ),
]

_AUTHOR_ID = "01900000-0000-7000-8000-000000000001"
_PRICE: Final[dict[str, JsonValue]] = {"amount": 1600, "currency": "USD"}
_DETAILS: Final[dict[str, JsonValue]] = {
    "title": "The Vegetarian",
    "isbn": "9780553448184",
    "publishedOn": "2007-10-30",
    "language": "ko",
    "price": _PRICE,
    "authorIds": [_AUTHOR_ID],
}
_BOOK: Final[dict[str, JsonValue]] = {
    **_DETAILS,
    "id": "01900000-0000-7000-8000-000000000002",
    "version": 1,
    "createdAt": "2026-01-02T03:04:05.678901Z",
    "updatedAt": "2026-01-02T03:04:05.678901Z",
}

BookOrder = Literal["createdAt", "-createdAt", "title", "-title", "updatedAt", "-updatedAt"]


class AuthorBooksQuery(PageQuery):
    """Which books of one author, in which order: a minus puts the greatest first."""

    sort: BookOrder = "createdAt"
    search: Search | None = None
    language: Annotated[Language, AfterValidator(obeying(language_tag))] | None = None
    published_from: Day | None = None
    published_to: Day | None = None

    def of_books(self, author_id: UUID | None = None) -> BookQuery:
        """Give what the use-cases take."""
        by, descending = sorting(self.sort)
        return BookQuery(
            sort=BookSort(by),
            descending=descending,
            search=self.search,
            author_id=author_id,
            language=self.language,
            published_from=self.published_from,
            published_to=self.published_to,
        )


class BooksQuery(AuthorBooksQuery):
    """Which books, in which order: a minus puts the greatest first."""

    author_id: Id | None = None


class PriceBody(RequestSchema):
    """What a book costs."""

    amount: Amount
    currency: Currency

    model_config = ConfigDict(json_schema_extra={"examples": [_PRICE]})

    def price(self) -> Price:
        """Give what the use-cases take."""
        return Price(self.amount, self.currency)


class BookBody(RequestSchema):
    """All details of a book, for POST and PUT; one that is left out is null."""

    title: Title
    isbn: Isbn | None = None
    published_on: Day | None = None
    language: Language | None = None
    price: PriceBody | None = None
    author_ids: AuthorIds

    model_config = ConfigDict(json_schema_extra={"examples": [_DETAILS]})

    def details(self) -> BookDetails:
        """Give what the use-cases take."""
        return BookDetails(
            title=self.title,
            isbn=self.isbn,
            published_on=self.published_on,
            language=self.language,
            price=None if self.price is None else self.price.price(),
            author_ids=self.author_ids,
        )


class PricePatch(TypedDict, total=False):
    """A part of the price, or all of it: null removes a part, without which there is no price."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc] # pydantic reads a TypedDict's so.
        **REQUEST_CONFIG, json_schema_extra={"examples": [{"amount": 1200}]}
    )

    amount: Amount | None
    currency: Currency | None


class BookPatch(TypedDict, total=False):
    """Some details of a book, for PATCH (RFC 7396): null removes one, absence keeps it."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc] # pydantic reads a TypedDict's so.
        **REQUEST_CONFIG, json_schema_extra={"examples": [{"price": {"amount": 1200}}]}
    )

    title: Title
    isbn: Isbn | None
    published_on: Day | None
    language: Language | None
    price: PricePatch | None
    author_ids: AuthorIds


class BatchBody(RequestSchema):
    """Books to be created, all or none."""

    items: Annotated[list[BookBody], Field(min_length=1, max_length=MAX_BATCH)]

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_DETAILS]}]})


class PriceResponse(ResponseSchema):
    """What a book costs."""

    amount: Annotated[int, Field(description="In the currency's minor units: cents, won.")]
    currency: str

    model_config = ConfigDict(json_schema_extra={"examples": [_PRICE]})


class BookResponse(EntityResponse):
    """One book."""

    title: str
    isbn: Annotated[str, Field(description="13 digits.")] | None
    published_on: date | None
    language: str | None
    price: PriceResponse | None
    author_ids: list[UUID]
    created_at: datetime
    updated_at: datetime

    model_config = ConfigDict(json_schema_extra={"examples": [_BOOK]})


class BatchResponse(ResponseSchema):
    """The books that were created, in the order of the request's items."""

    items: list[BookResponse]

    model_config = ConfigDict(json_schema_extra={"examples": [{"items": [_BOOK]}]})

    @classmethod
    def of(cls, result: object) -> Self:
        """Make it from the books."""
        return cls.model_validate({"items": result})
