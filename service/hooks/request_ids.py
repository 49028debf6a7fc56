"""The id by which one request is found in answers and logs."""

import re

from uuid_utils import uuid7

REQUEST_ID = b"x-request-id"

# Nothing in it can break a log line, a header or a JSON string. UUIDs, hex and Base64 fit.
_WELL_FORMED = re.compile(rb"[A-Za-z0-9._~+/=:-]{1,128}")


def request_id(sent: bytes | None) -> str:
    """Give the id that the client sent, if it is well formed; else a UUIDv7."""
    if sent is not None and _WELL_FORMED.fullmatch(sent):
        return sent.decode("ascii")
    return str(uuid7())
