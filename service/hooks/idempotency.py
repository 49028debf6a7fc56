"""Requests that may be repeated: the Idempotency-Key header.

The rules are those of draft-ietf-httpapi-idempotency-key-header-07.
"""

import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import TypeVar

from flask import Request, Response
from werkzeug.datastructures import Headers

from domain.idempotency.entities import KEY_MAX_LENGTH, Claim, KeptAnswer
from domain.idempotency.errors import Replayed
from domain.idempotency.unit_of_work import KeyedRequest, answering
from service.arguments import JSON
from service.request_errors import InvalidKey

REPLAYED_HEADER = "Idempotency-Replayed"

# A string of RFC 9651, 3.3.3, without spaces, which stores compare each in their own way.
_QUOTED = re.compile(r'"((?:[!#-\[\]-~]|\\["\\])+)"')
_ESCAPED = re.compile(r"\\(.)")
# The same without its quotes, as many clients send it. A comma would tell of two headers.
_BARE = re.compile(r"[!#-+\--:<-\[\]-~]+")

Result = TypeVar("Result")


async def idempotently(
    request: Request,
    caller: str,
    call: Callable[[], Awaitable[Result]],
    shape: Callable[[Result], Response],
) -> Response:
    """Answer with what `call` gives, in `shape`; a request that was answered, as it was then.

    `caller` is whose keys they are. `call` runs one unit of work and gives its result. `shape` may
    be called several times, and makes the answer of the result alone, whole, in no stream.

    Raises InvalidKey, KeyReused, RequestInProgress, and what `call` raises.
    """
    key = read_key(request)
    if key is None:
        return shape(await call())
    claim = Claim(caller=caller, key=key, fingerprint=fingerprint(request))
    shaped: list[Response] = []

    def keep(result: Result) -> KeptAnswer:
        shaped.append(shape(result))
        return _kept(shaped[-1])

    keyed = KeyedRequest(claim, keep)
    with answering(keyed):
        try:
            await call()
        except Replayed as replay:
            return _replayed(replay.answer)
    if keyed.answer is None:
        raise RuntimeError("A request that bears a key has to run a unit of work.")
    # Of a unit that ran again, the last run is the one that was kept.
    return shaped[-1]


def refuse_key(request: Request) -> None:
    """Raise InvalidKey for a request with a key whose answer, which has a secret, is not kept."""
    if "Idempotency-Key" in request.headers:
        raise InvalidKey("The answer has a secret, so none is kept: send no Idempotency-Key.")


def read_key(request: Request) -> str | None:
    """Give the request's key, None where it has none; raises InvalidKey."""
    text = request.headers.get("Idempotency-Key")
    if text is None:
        return None
    key = _unquoted(text.strip(" \t"))
    if key is None or len(key) > KEY_MAX_LENGTH:
        raise InvalidKey(
            f"The Idempotency-Key must be one string of 1 to {KEY_MAX_LENGTH} visible ASCII"
            ' characters, in double quotes: "6ba7b810-9dad-41d1-80b4-00c04fd430c8".'
        )
    return key


def _unquoted(text: str) -> str | None:
    if quoted := _QUOTED.fullmatch(text):
        return _ESCAPED.sub(r"\1", quoted[1])
    return text if _BARE.fullmatch(text) else None


def fingerprint(request: Request) -> bytes:
    """Give the SHA-256 of what makes two requests the same; it keeps the body for the view.

    That is the method, the path, the query, the media type and the body, each behind its length,
    byte by byte: the same JSON in another order is another request.
    """
    sent = request.environ.get("CONTENT_TYPE")
    digest = sha256()
    for part in (
        request.method.encode(),
        request.path.encode(),
        request.query_string,
        # Werkzeug takes its time to take a media type apart, and most clients send just that.
        (JSON if sent == JSON else request.mimetype).encode(),
        request.get_data(),
    ):
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def _kept(response: Response) -> KeptAnswer:
    headers = tuple(
        (name, value) for name, value in response.headers if name.lower() != "content-length"
    )
    return KeptAnswer(response.status_code, headers, response.get_data())


def _replayed(answer: KeptAnswer) -> Response:
    response = Response(answer.body, answer.status)
    response.headers = Headers([*answer.headers, (REPLAYED_HEADER, "true")])
    return response
