"""Identifiers that a test can foretell."""

from uuid import UUID

_FIRST = UUID("01900000-0000-7000-8000-000000000000").int


class SequentialIdentifiers:
    """The fake of Identifiers: the same row of UUIDv7 each time."""

    def __init__(self) -> None:
        self._given = 0

    def new(self) -> UUID:
        """Give the next one."""
        self._given += 1
        return UUID(int=_FIRST + self._given)
