"""Cursors: where a page of a list starts, opaque to clients and only ours to make."""

from datetime import datetime
from functools import lru_cache
from uuid import UUID

from itsdangerous import BadData, Serializer, URLSafeSerializer
from itsdangerous.encoding import base64_encode

from domain.pagination import Position

REMEMBERED_LISTS = 256


class Cursors:
    """Signs positions with the first of its secrets, and knows what any of them has signed.

    Each is bound to its list: the name of that has all in it that decides what the list holds, and
    in which order. A list that is asked for otherwise takes no cursor of it.
    """

    def __init__(self, *secrets: str) -> None:
        # As itsdangerous wants them: it signs by the last one.
        self._secrets = secrets[::-1]
        # To make one costs more than to sign with it.
        self._serializer = lru_cache(REMEMBERED_LISTS)(self._new_serializer)

    def encode(self, position: Position, list_name: str) -> str:
        """Give the cursor of the page behind a position."""
        value = position.value
        if isinstance(value, datetime):
            fields = [position.id.hex, "t", value.isoformat()]
        else:
            fields = [position.id.hex] if value is None else [position.id.hex, "s", value]
        signed = self._serializer(list_name).dumps(fields)
        return signed if isinstance(signed, str) else signed.decode("ascii")

    def decode(self, cursor: str, list_name: str) -> Position:
        """Give the position; raises ValueError for a cursor that is not of this list."""
        try:
            fields = self._serializer(list_name).loads(cursor)
        except (BadData, UnicodeEncodeError):
            raise ValueError("must be a nextCursor that this list gave") from None
        match fields:
            case [identifier]:
                return Position(UUID(identifier))
            case [identifier, "t", text]:
                return Position(UUID(identifier), datetime.fromisoformat(text))
            case [identifier, "s", text]:
                return Position(UUID(identifier), text)
            case _:
                raise ValueError("must be a nextCursor that this version gave")

    def _new_serializer(self, list_name: str) -> URLSafeSerializer:
        return _PlainSerializer(list(self._secrets), salt=f"cursor {list_name}")


class _PlainSerializer(URLSafeSerializer):
    """Leaves out the try to compress, which takes most of the time and shortens few positions."""

    def dump_payload(self, obj: object) -> bytes:
        """Give what is signed; what was compressed can be read still."""
        return base64_encode(Serializer.dump_payload(self, obj))
