"""The runtime configuration as clients see it."""

from typing import Annotated

from pydantic import ConfigDict, Field
from typing_extensions import TypedDict

from domain.configuration.entities import NOTICE_MAX_LENGTH
from domain.pagination import MAX_PAGE_SIZE
from service.schemas.fields import (
    REQUEST_CONFIG,
    WHOLE_NUMBER,
    Paragraphs,
    VersionedResponse,
)

Notice = Annotated[Paragraphs, Field(min_length=1, max_length=NOTICE_MAX_LENGTH)]


class ConfigurationPatch(TypedDict, total=False):
    """Some values, for PATCH (RFC 7396): null removes one, absence keeps it."""

    __pydantic_config__ = ConfigDict(  # type: ignore[misc] # pydantic reads a TypedDict's so.
        **REQUEST_CONFIG,
        json_schema_extra={"examples": [{"maintenanceNotice": None, "defaultPageSize": 50}]},
    )

    maintenance_notice: Notice | None
    sign_ups_open: bool
    default_page_size: Annotated[int, Field(ge=1, le=MAX_PAGE_SIZE), WHOLE_NUMBER]


class ConfigurationResponse(VersionedResponse):
    """The configuration."""

    maintenance_notice: str | None
    sign_ups_open: bool
    default_page_size: int

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "maintenanceNotice": "We are back at nine.",
                    "signUpsOpen": True,
                    "defaultPageSize": 20,
                    "version": 3,
                }
            ]
        }
    )
