"""What will not be there for ever: when it was retired, and when it ends."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """Since when a route or a field is retired, when it ends, and where that is explained.

    Both times bear a zone; `sunset` is None while no end is set. A route has it as `retirement`, a
    field as a mark of its annotation. Raises ValueError for an end before the beginning, as RFC
    9745, 4 asks.
    """

    since: datetime
    sunset: datetime | None = None
    explanation: str | None = None

    def __post_init__(self) -> None:
        if any(time.tzinfo is None for time in (self.since, self.sunset) if time is not None):
            raise ValueError("A retirement needs times with a zone.")
        if self.sunset is not None and self.sunset < self.since:
            raise ValueError("What is retired can't have ended before.")

    def headers(self) -> list[tuple[str, str]]:
        """Give the headers that tell it: Deprecation (RFC 9745) and Sunset (RFC 8594)."""
        headers = [("Deprecation", f"@{int(self.since.timestamp())}")]
        if self.sunset is not None:
            headers.append(("Sunset", format_datetime(self.sunset.astimezone(UTC), usegmt=True)))
        if self.explanation is not None:
            headers.append(("Link", f'<{self.explanation}>; rel="deprecation"; type="text/html"'))
        return headers

    def members(self) -> dict[str, object]:
        """Give what the OpenAPI document says of it, in an operation as in a schema."""
        members: dict[str, object] = {"deprecated": True}
        if self.sunset is not None:
            members["x-sunset"] = f"{self.sunset.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        return members

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Mark the schema of a field."""
        return {**handler(core_schema), **self.members()}
