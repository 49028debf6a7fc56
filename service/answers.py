"""What a view returns, as the answer that its route declares."""

from http import HTTPStatus
from urllib.parse import urlencode

from flask import Response, request

from service.arguments import JSON
from service.entity_tags import entity_tag, is_expected, matches_any
from service.request_errors import OtherVersion
from service.schemas.fields import ResponseSchema, VersionedResponse
from service.schemas.pagination import PageResponse

READS = frozenset({"GET", "HEAD"})


class NoContent(Response):
    """An answer without content, which has no media type either."""

    default_mimetype = None


def shape(
    result: object, schema: type[ResponseSchema] | None, status: HTTPStatus, *, located: bool
) -> Response:
    """Make the answer: the result in the schema, with the headers that follow from it."""
    if schema is None:
        return NoContent(status=status)
    body = schema.of(result)
    headers = _headers(body)
    if located:
        headers["Location"] = f"{request.path}/{getattr(body, 'id')}"  # noqa: B009  # Those of located routes have one.
    if "ETag" in headers and request.method in READS and _is_known_to_client(headers["ETag"]):
        return Response(status=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(body.model_dump_json(), status, headers, content_type=JSON)


def _headers(body: ResponseSchema) -> dict[str, str]:
    if isinstance(body, VersionedResponse):
        return {"ETag": entity_tag(body)}
    if isinstance(body, PageResponse) and body.next_cursor is not None:
        # A relative reference (RFC 3986, 4.2) holds behind every proxy.
        query = urlencode({**request.args.to_dict(), "cursor": body.next_cursor})
        return {"Link": f'<{request.path}?{query}>; rel="next"'}
    return {}


def _is_known_to_client(tag: str) -> bool:
    """Tell whether the client has this already; raises OtherVersion (RFC 9110, 13.2.2)."""
    expected = request.environ.get("HTTP_IF_MATCH")
    if expected is not None and not is_expected(expected, tag):
        raise OtherVersion
    known = request.environ.get("HTTP_IF_NONE_MATCH")
    return known is not None and matches_any(known, tag)
