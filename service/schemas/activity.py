"""The activity log as clients see it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, field_serializer
from pydantic.alias_generators import to_camel

from domain.events import Details
from service.schemas.fields import Line, ResponseSchema
from service.schemas.pagination import PageQuery

FILTER_MAX_LENGTH = 64

Filter = Annotated[Line, Field(min_length=1, max_length=FILTER_MAX_LENGTH)]


class OwnActivityQuery(PageQuery):
    """Which page of what happened to oneself, of one kind of event where asked."""

    kind: Filter | None = None


class ActivityQuery(OwnActivityQuery):
    """Which page of the log, of one kind of event or about one subject where asked."""

    subject: Filter | None = None


class EventResponse(ResponseSchema):
    """One thing that happened."""

    id: UUID
    kind: str
    subject: str
    occurred_at: datetime
    details: Details

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "01900000-0000-7000-8000-000000000002",
                    "kind": "author.changed",
                    "subject": "01900000-0000-7000-8000-000000000001",
                    "occurredAt": "2026-01-02T03:04:05.678901Z",
                    "details": {"fields": ["bornOn"], "version": 2},
                }
            ]
        }
    )

    @field_serializer("details")
    def _name_fields_as_clients_do(self, details: Details) -> Details:
        """Give names of changed fields in camelCase, like everything else outside."""
        fields = details.get("fields")
        if not isinstance(fields, list):
            return details
        return {**details, "fields": [to_camel(field) for field in fields]}
