"""aiomysql's cursor, with a fault cured."""

from collections.abc import Mapping

import aiomysql


class Cursor(aiomysql.DictCursor):  # type: ignore[misc] # aiomysql ships no types.
    """A cursor that takes bytes as parameters and gives rows as dictionaries.

    aiomysql 0.3.2 escapes bytes by a function that PyMySQL 1.2.3 took away:
    https://github.com/aio-libs/aiomysql/issues/1080.
    """

    def _escape_args(
        self, args: Mapping[str, str | int | bytes | None], conn: aiomysql.Connection
    ) -> dict[str, str]:
        return {
            name: f"_binary X'{value.hex()}'" if isinstance(value, bytes) else conn.escape(value)
            for name, value in args.items()
        }
