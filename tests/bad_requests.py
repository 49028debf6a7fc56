"""Requests that no service takes, each with the answer that it shall get.

`{author}` in a path stands for the id of an author that is there. The tests of the views and those
from outside send the same.
"""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

import httpx
import pytest

MAX_BODY_SIZE = 1_048_576

JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

AUTHORS = "/v1/authors"
AUTHOR = "/v1/authors/{author}"
ACTIVITY = "/v1/activity"
CONFIGURATION = "/v1/configuration"
BOOKS = "/v1/books"
NOBODY = "01900000-0000-7000-8000-00000000dead"

# What a client sends with every request whose point is something else than its conditions.
WHICHEVER_VERSION = {"If-Match": "*"}

LARGE_BODY = b'{"name": "%s"}' % (b"x" * MAX_BODY_SIZE)


@dataclass(frozen=True, kw_only=True)
class BadRequest:
    """A request, the status of its answer, and what the answer names.

    `where` is the pointer or the parameter that is told to be wrong, and `detail` a part of what
    is said about it, or about the whole where there is no `where`. A `chunked` body is sent
    without its length.
    """

    name: str
    method: str = "POST"
    path: str = AUTHORS
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": JSON})
    chunked: bool = False
    status: int
    where: str = ""
    detail: str = ""

    async def send(self, client: httpx.AsyncClient, author_id: str) -> httpx.Response:
        """Send it."""
        return await client.request(
            self.method,
            self.path.replace("{author}", author_id),
            content=self._chunks() if self.chunked else self.body,
            headers=self.headers if self.body is not None else None,
        )

    async def _chunks(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body or b""), 60_000):
            yield (self.body or b"")[start : start + 60_000]

    def check(self, response: httpx.Response) -> None:
        """Assert that the answer is the problem that it shall be."""
        assert response.status_code == self.status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        problem = response.json()
        assert problem["status"] == self.status
        assert all(problem[member] for member in ("type", "title", "detail"))
        if self.status == httpx.codes.METHOD_NOT_ALLOWED:
            assert self.method not in response.headers["allow"].split(", ")
        told = {"": problem["detail"]} | {
            fault.get("pointer") or fault["parameter"]: fault["detail"]
            for fault in problem.get("errors", [])
        }
        assert self.detail in told[self.where]


def _malformed(name: str, body: bytes, detail: str = "at line 1 column ") -> BadRequest:
    return BadRequest(name=name, body=body, status=400, detail=detail)


def _unfit(name: str, body: str, where: str, detail: str = "") -> BadRequest:
    return BadRequest(name=name, body=body.encode(), status=422, where=where, detail=detail)


def _unfit_authors(name: str, author_ids: str, detail: str, where: str = "") -> BadRequest:
    body = f'{{"title": "x", "authorIds": {author_ids}}}'
    where = f"#/authorIds{where}"
    return BadRequest(
        name=name, path=BOOKS, body=body.encode(), status=422, where=where, detail=detail
    )


def _unfit_patch(
    name: str, body: str, where: str, detail: str = "", *, path: str = CONFIGURATION
) -> BadRequest:
    return BadRequest(
        name=name,
        method="PATCH",
        path=path,
        body=body.encode(),
        headers={"Content-Type": MERGE_PATCH},
        status=422,
        where=where,
        detail=detail,
    )


def _query(
    name: str, query: str, where: str, detail: str = "", *, path: str = AUTHORS
) -> BadRequest:
    return BadRequest(
        name=name, method="GET", path=f"{path}?{query}", status=400, where=where, detail=detail
    )


def _missing(name: str, path: str, method: str = "GET") -> BadRequest:
    return BadRequest(name=name, method=method, path=path, status=404)


def _unsupported(name: str, media_type: str | None, **request: str) -> BadRequest:
    headers = {} if media_type is None else {"Content-Type": media_type}
    return BadRequest(
        name=name, body=b'{"name": "x"}', headers=headers, status=415, detail=JSON, **request
    )


def _wrong_method(method: str, path: str) -> BadRequest:
    return BadRequest(name=f"{method} of {path}", method=method, path=path, status=405)


_MANY_UNKNOWN = '{"name": "x"' + "".join(f', "field{i}": {i}' for i in range(1000)) + "}"

_MANY_AUTHORS = json.dumps([NOBODY] * 21)

MALFORMED = [
    _malformed("an empty body", b""),
    _malformed("a body of spaces", b" \t "),
    _malformed("half an object", b'{"name": "x"'),
    _malformed("a comma too many", b'{"name": "x",}'),
    _malformed("single quotes", b"{'name': 'x'}"),
    _malformed("two documents", b'{"name": "x"}{"name": "y"}'),
    _malformed("an error in the third line", b'{\n"name":\nx}', "at line 3 column 1"),
    _malformed("a byte order mark", b'\xef\xbb\xbf{"name": "x"}'),
    _malformed("invalid UTF-8", b'{"name": "\xff"}'),
    _malformed("overlong UTF-8", b'{"name": "\xc0\xaf"}'),
    _malformed("a surrogate in UTF-8", b'{"name": "\xed\xa0\x80"}'),
    _malformed("half a surrogate pair", rb'{"name": "\ud83d"}'),
    _malformed("a surrogate pair the wrong way round", rb'{"name": "\ude42\ud83d"}'),
    _malformed("UTF-16", '{"name": "x"}'.encode("utf-16")),
    _malformed("Latin-1", '{"name": "Brontë"}'.encode("latin-1")),
    _malformed("a raw NUL byte", b'{"name": "x\0y"}'),
    _malformed("a raw newline in a string", b'{"name": "x\ny"}', "at line "),
    _malformed("deep lists", b"[" * 100_000),
    _malformed("deep objects in a field", b'{"name":' * 100_000),
    _malformed("a number of 5,000 digits", b'{"name": ' + b"9" * 5_000 + b"}"),
    _malformed("a key named twice", b'{"name": "x", "name": "y"}', '"name" at line 1 column 2'),
    _malformed("a key named twice further in", b'{"name": {"a": 1, "a": 2}}', '"a" at line 1'),
    _malformed("what is no number", b'{"name": NaN}'),
    _malformed("infinity", b'{"name": -Infinity}'),
    _malformed("a compressed body", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"),
    _malformed("a form in the place of JSON", b"name=x"),
]

UNFIT = [
    _unfit("a name without a visible character", '{"name": "\\u200b\\u00a0"}', "#/name", "blank"),
    _unfit("a line separator in a name", '{"name": "a\\u2028b"}', "#/name", "U+2028"),
    _unfit("too many faults to tell", _MANY_UNKNOWN, "#/field19", "is unknown"),
    _unfit("null in the place of an object", "null", "#"),
    _unfit("a list in the place of an object", '[{"name": "x"}]', "#"),
    _unfit("a string in the place of an object", '"name"', "#"),
    _unfit("no name", "{}", "#/name"),
    _unfit("a null name", '{"name": null}', "#/name"),
    _unfit("a number as name", '{"name": 1}', "#/name"),
    _unfit("an infinite number as name", '{"name": 1e999}', "#/name"),
    _unfit("a truth value as name", '{"name": true}', "#/name"),
    _unfit("a list as name", '{"name": ["x"]}', "#/name"),
    _unfit("an object as name", '{"name": {"$gt": ""}}', "#/name"),
    _unfit("an empty name", '{"name": ""}', "#/name"),
    _unfit("a blank name", '{"name": " \u3000\u00a0"}', "#/name", "must not be blank"),
    _unfit("a name of 201 characters", f'{{"name": "{"x" * 201}"}}', "#/name", "200"),
    _unfit("a name of 201 emoji", f'{{"name": "{"🙂" * 201}"}}', "#/name", "200"),
    _unfit("a NUL character in a name", r'{"name": "x\u0000"}', "#/name", "U+0000"),
    _unfit("two lines in a name", r'{"name": "x\ny"}', "#/name", "U+000A"),
    _unfit("an escape character", r'{"name": "x", "biography": "\u001b[2J"}', "#/biography"),
    _unfit(
        "a biography of 10,001 characters",
        f'{{"name": "x", "biography": "{"x" * 10_001}"}}',
        "#/biography",
        "10000",
    ),
    _unfit("a number as date", '{"name": "x", "bornOn": 0}', "#/bornOn"),
    _unfit("a huge number as date", '{"name": "x", "bornOn": 1e300}', "#/bornOn"),
    _unfit("a time as date", '{"name": "x", "bornOn": "1999-01-01T00:00:00Z"}', "#/bornOn"),
    _unfit("a number in text as date", '{"name": "x", "bornOn": "0"}', "#/bornOn", "like 1999"),
    _unfit("a midnight as date", '{"name": "x", "bornOn": "1999-01-01T00:00:00"}', "#/bornOn"),
    _unfit("a date of another form", '{"name": "x", "bornOn": "27/11/1970"}', "#/bornOn"),
    _unfit("the 30th of February", '{"name": "x", "bornOn": "2000-02-30"}', "#/bornOn"),
    _unfit("the year 0", '{"name": "x", "bornOn": "0000-01-01"}', "#/bornOn"),
    _unfit("the year 10000", '{"name": "x", "diedOn": "10000-01-01"}', "#/diedOn"),
    _unfit(
        "death before birth",
        '{"name": "x", "bornOn": "2000-01-02", "diedOn": "2000-01-01"}',
        "#/diedOn",
        "must not be before the date of birth",
    ),
    _unfit("an unknown field", '{"name": "x", "email": "x"}', "#/email", "is unknown"),
    _unfit("a field in snake_case", '{"name": "x", "born_on": null}', "#/born_on", "is unknown"),
    _unfit("an id of the client's", f'{{"name": "x", "id": "{NOBODY}"}}', "#/id", "is unknown"),
    _unfit("a version", '{"name": "x", "version": 7}', "#/version", "is unknown"),
    _unfit("a field named with a slash", '{"name": "x", "a/b": 1}', "#/a~1b", "is unknown"),
    _unfit("a field named in Korean", '{"name": "x", "이름 %": 1}', "#/%EC%9D%B4%EB%A6%84%20%25"),
    _unfit("a prototype", '{"name": "x", "__proto__": {}}', "#/__proto__", "is unknown"),
    _unfit_authors("a book of nobody", "[]", "must have at least 1 item"),
    _unfit_authors("too many authors", _MANY_AUTHORS, "must have at most 20 items"),
    _unfit_authors("a URN as id", f'["urn:uuid:{NOBODY}"]', "must be a UUID like", "/0"),
    _unfit_authors("an id in braces", f'["{{{NOBODY}}}"]', "must be a UUID like", "/0"),
    _unfit_authors("an id without hyphens", f'["{NOBODY.replace("-", "")}"]', "UUID like", "/0"),
    _unfit_authors("a number as an author's id", "[1]", "must be a UUID like", "/0"),
    BadRequest(
        name="a replacement without a name",
        method="PUT",
        path=AUTHOR,
        body=b'{"biography": "x"}',
        status=422,
        where="#/name",
    ),
    _unfit_patch("a change to no name", '{"name": null}', "#/name", path=AUTHOR),
    _unfit_patch("a change of the id", f'{{"id": "{NOBODY}"}}', "#/id", path=AUTHOR),
    _unfit_patch("a list of changes", '[{"op": "remove"}]', "#", path=AUTHOR),
    _unfit_patch("a page size of 0", '{"defaultPageSize": 0}', "#/defaultPageSize"),
    _unfit_patch("a page size of 101", '{"defaultPageSize": 101}', "#/defaultPageSize", "100"),
    _unfit_patch("a page size in text", '{"defaultPageSize": "10"}', "#/defaultPageSize"),
    _unfit_patch("a page size with a fraction", '{"defaultPageSize": 1.5}', "#/defaultPageSize"),
    _unfit_patch("a huge page size", f'{{"defaultPageSize": {2**63}}}', "#/defaultPageSize"),
    _unfit_patch("no page size", '{"defaultPageSize": null}', "#/defaultPageSize"),
    _unfit_patch("a number as truth value", '{"signUpsOpen": 1}', "#/signUpsOpen"),
    _unfit_patch("text as truth value", '{"signUpsOpen": "false"}', "#/signUpsOpen"),
    _unfit_patch("an empty notice", '{"maintenanceNotice": ""}', "#/maintenanceNotice"),
    _unfit_patch(
        "a notice of 501 characters",
        f'{{"maintenanceNotice": "{"x" * 501}"}}',
        "#/maintenanceNotice",
        "500",
    ),
    _unfit_patch(
        "a good change beside a bad one",
        '{"signUpsOpen": false, "defaultPageSize": -1}',
        "#/defaultPageSize",
    ),
    _unfit_patch("an unknown setting", '{"debug": true}', "#/debug", "is unknown"),
]

QUERIES = [
    _query("a limit of 0", "limit=0", "limit"),
    _query("a limit of 101", "limit=101", "limit", "100"),
    _query("a negative limit", "limit=-1", "limit"),
    _query("an empty limit", "limit=", "limit"),
    _query("a limit in words", "limit=ten", "limit"),
    _query("a limit in other digits", "limit=%D9%A1%D9%A0", "limit"),
    _query("a NUL byte as limit", "limit=%00", "limit"),
    _query("a limit of 5,000 digits", f"limit={'9' * 5_000}", "limit"),
    _query("two limits", "limit=1&limit=1", "limit", "must be given once"),
    _query("a limit with an underscore", "limit=1_0", "limit", "a whole number"),
    _query("a limit with a sign", "limit=%2B5", "limit", "a whole number"),
    _query("a limit with spaces", "limit=%205", "limit", "a whole number"),
    _query("a NUL in a filter", "kind=%00", "kind", "control character", path=ACTIVITY),
    _query("an empty cursor", "cursor=", "cursor", "nextCursor"),
    _query("an invented cursor", "cursor=abc", "cursor", "nextCursor"),
    _query("an id as cursor", f"cursor={NOBODY}", "cursor", "nextCursor"),
    _query("a cursor of another version", "cursor=YzIBkAAAAABwAIAAAAAAAAAB", "cursor"),
    _query("a cursor that was cut off", "cursor=YzEBkAAAAABwAIAAAAAA", "cursor"),
    _query("invalid UTF-8 as cursor", "cursor=%ff%fe", "cursor"),
    _query("two cursors", "cursor=a&cursor=b", "cursor", "must be given once"),
    _query("an unknown parameter", "page=2", "page", "is unknown"),
    _query("a parameter in capitals", "Limit=1", "Limit", "is unknown"),
    _query("a parameter of another list", "kind=author.created", "kind", "is unknown"),
    _query("a URN as a filter", f"authorId=urn:uuid:{NOBODY}", "authorId", "UUID", path=BOOKS),
    _query("an empty kind", "kind=", "kind", path=ACTIVITY),
    _query("a kind of 65 characters", f"kind={'x' * 65}", "kind", "64", path=ACTIVITY),
    _query("two kinds", "kind=a&kind=b", "kind", "must be given once", path=ACTIVITY),
    _query("an empty subject", "subject=", "subject", path=ACTIVITY),
    _query("an unknown filter", "after=2026-01-01", "after", "is unknown", path=ACTIVITY),
    _query("a parameter where there are none", "fields=name", "fields", "is unknown", path=AUTHOR),
    BadRequest(
        name="a parameter of a POST",
        path=f"{AUTHORS}?validate=false",
        body=b'{"name": "x"}',
        status=400,
        where="validate",
        detail="is unknown",
    ),
    BadRequest(
        name="a parameter of a DELETE",
        method="DELETE",
        path=f"{AUTHOR}?dryRun=true",
        status=400,
        detail="this takes no parameters",
    ),
    _query("a bad cursor of events", "cursor=abc", "cursor", "nextCursor", path=ACTIVITY),
]

MISSING = [
    _missing("an author that is not there", f"{AUTHORS}/{NOBODY}"),
    _missing("the deletion of an author that is not there", f"{AUTHORS}/{NOBODY}", "DELETE"),
    _missing("a number as id", f"{AUTHORS}/1"),
    _missing("a UUID without hyphens", f"{AUTHORS}/{NOBODY.replace('-', '')}"),
    _missing("a UUID in braces", f"{AUTHORS}/{quote('{' + NOBODY + '}')}"),
    _missing("a quote in an id", f"{AUTHORS}/{quote(f'{NOBODY} OR 1=1')}"),
    _missing("a NUL byte as id", f"{AUTHORS}/%00"),
    _missing("invalid UTF-8 as id", f"{AUTHORS}/%ff"),
    _missing("two slashes in a row", "/v1//authors"),
    _missing("a slash too many", f"{AUTHORS}/"),
    _missing("a path up and out", "/v1/%2e%2e/%2e%2e/etc/passwd"),
    _missing("a path that is not there", "/v2/authors"),
]

UNSUPPORTED = [
    _unsupported("no media type", None),
    _unsupported("an empty media type", ""),
    _unsupported("plain text", "text/plain"),
    _unsupported("a form", "application/x-www-form-urlencoded"),
    _unsupported("a form of parts", "multipart/form-data; boundary=x"),
    _unsupported("XML", "application/xml"),
    _unsupported("what only looks like JSON", "application/jsonp"),
    _unsupported("a merge patch as a new author", MERGE_PATCH),
    _unsupported("a merge patch as a replacement", MERGE_PATCH, method="PUT", path=AUTHOR),
    _unsupported("a JSON patch", "application/json-patch+json", method="PATCH", path=AUTHOR),
    _unsupported("plain text as configuration", "text/plain", method="PATCH", path=CONFIGURATION),
]

ENCODED = BadRequest(
    name="a body with a Content-Encoding",
    body=b'{"name": "x"}',
    headers={"Content-Type": JSON, "Content-Encoding": "gzip"},
    status=415,
    detail="Content-Encoding",
)

CONDITIONS = [
    BadRequest(
        name="a version that nobody has",
        method="PUT",
        path=AUTHOR,
        body=b'{"name": "x"}',
        headers={"Content-Type": JSON, "If-Match": '"77-00000000"'},
        status=412,
    ),
    BadRequest(
        name="a weak tag",
        method="PATCH",
        path=AUTHOR,
        body=b'{"name": "x"}',
        headers={"Content-Type": MERGE_PATCH, "If-Match": 'W/"1-00000000"'},
        status=412,
    ),
    BadRequest(
        name="a tag that is none",
        method="PATCH",
        path=CONFIGURATION,
        body=b'{"signUpsOpen": false}',
        headers={"Content-Type": MERGE_PATCH, "If-Match": "1; DROP TABLE"},
        status=412,
    ),
    BadRequest(
        name="a change of what must not be there",
        method="PUT",
        path=AUTHOR,
        body=b'{"name": "x"}',
        headers={"Content-Type": JSON, "If-Match": "*", "If-None-Match": "*"},
        status=412,
    ),
]

NOT_ACCEPTABLE = [
    BadRequest(
        name=f"an answer in {accept}",
        method="GET",
        body=b"",
        headers={"Accept": accept},
        status=406,
    )
    for accept in ("text/html", "application/xml, text/*", "application/json;q=0", "nonsense")
]

TOO_LARGE = [
    BadRequest(name="a body over the limit", body=LARGE_BODY, status=413),
    BadRequest(name="a body over the limit, in chunks", body=LARGE_BODY, chunked=True, status=413),
]

WRONG_METHODS = [
    _wrong_method("PUT", AUTHORS),
    _wrong_method("PATCH", AUTHORS),
    _wrong_method("DELETE", AUTHORS),
    _wrong_method("POST", AUTHOR),
    _wrong_method("POST", ACTIVITY),
    _wrong_method("DELETE", ACTIVITY),
    _wrong_method("PUT", CONFIGURATION),
    _wrong_method("DELETE", CONFIGURATION),
    _wrong_method("TRACE", AUTHORS),
    _wrong_method("BREW", AUTHORS),
]

BAD_REQUESTS = [
    pytest.param(request, id=request.name)
    for request in (
        *MALFORMED,
        *UNFIT,
        *QUERIES,
        *MISSING,
        *UNSUPPORTED,
        ENCODED,
        *CONDITIONS,
        *NOT_ACCEPTABLE,
        *TOO_LARGE,
        *WRONG_METHODS,
    )
]
