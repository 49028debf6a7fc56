"""New identifiers."""

from uuid import UUID

from uuid_utils.compat import uuid7


class UUID7Identifiers:
    """Makes UUIDv7 (RFC 9562, with a counter, so that they grow within a millisecond too)."""

    def new(self) -> UUID:
        """Give a new identifier."""
        return uuid7()
