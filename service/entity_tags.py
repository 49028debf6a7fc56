"""Entity tags that name the version of a resource, and what a request expects of it (RFC 9110)."""

import hashlib
import json
import re
from functools import cache
from uuid import UUID

from werkzeug.http import parse_etags

from service.schemas.fields import EntityResponse, VersionedResponse

_TAG = re.compile(r"(0|[1-9][0-9]{0,17})-([0-9a-f]{8})(?:-([0-9a-f]{8}))?")
# The last bits of an id (UUIDv7) are random.
_LAST_BITS = 0xFFFFFFFF


def entity_tag(body: VersionedResponse) -> str:
    """Give the strong tag of one version of one thing, as its schema represents it.

    Another form of the representation, after an upgrade, has other tags. So has another thing at
    the same address: what a browser kept of `/v1/me` is not that of who signs in there next.
    """
    thing = f"-{_mark(body.id)}" if isinstance(body, EntityResponse) else ""
    return f'"{body.version}-{_fingerprint(type(body))}{thing}"'


def matches_any(header: str, tag: str) -> bool:
    """Tell whether an If-None-Match names the tag; weak tags count (RFC 9110, 13.1.2)."""
    if header == tag:
        return True
    return parse_etags(header).contains_weak(tag.strip('"'))


def is_expected(if_match: str, tag: str) -> bool:
    """Tell whether an If-Match names the tag; weak tags don't count (RFC 9110, 13.1.1)."""
    return if_match == tag or parse_etags(if_match).contains(tag.strip('"'))


def expected_versions(
    schema: type[VersionedResponse], thing: UUID | None, if_match: str, if_none_match: str | None
) -> frozenset[int] | None:
    """Give the versions of a thing that who changes it knows; None where any will do (``*``).

    Weak tags, and tags that are none of this representation or of another thing, name no version
    (RFC 9110, 13.1.1). What there is only one of needs no `thing`.
    ``If-None-Match: *`` asks that there be none at all, which no version fulfils.
    """
    if if_none_match is not None and parse_etags(if_none_match).star_tag:
        return frozenset()
    tags = parse_etags(if_match)
    if tags.star_tag:
        return None
    marked = None if thing is None or not issubclass(schema, EntityResponse) else _mark(thing)
    form = (_fingerprint(schema), marked)
    found = [_TAG.fullmatch(tag) for tag in tags.as_set()]
    return frozenset(int(tag[1]) for tag in found if tag is not None and tag.group(2, 3) == form)


def _mark(thing: UUID) -> str:
    return f"{thing.int & _LAST_BITS:08x}"


@cache
def _fingerprint(schema: type[VersionedResponse]) -> str:
    form = json.dumps(schema.model_json_schema(mode="serialization"), sort_keys=True)
    return hashlib.sha256(form.encode()).hexdigest()[:8]
