"""Which media types a client takes."""

import re
from functools import lru_cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_accept_header

# Clients send the same header with each request, and few kinds of clients there are.
REMEMBERED_HEADERS = 64

_CHARSET = re.compile(r';[ \t]*charset=("[^"]*"|[^;, \t]*)', re.IGNORECASE)
_BARE_POINT = re.compile(r"(?<=q=)\.", re.IGNORECASE)


@lru_cache(maxsize=REMEMBERED_HEADERS)
def takes(accept: str, media_type: str) -> bool:
    """Tell whether an Accept header takes a media type (RFC 9110, 12.5.1).

    Two things that clients do are forgiven: a charset, which JSON does not have (RFC 8259, 11), and
    a quality without its 0, as Java's HttpURLConnection sends unless told otherwise.
    """
    forgiven = _BARE_POINT.sub("0.", _CHARSET.sub("", accept))
    return parse_accept_header(forgiven, MIMEAccept).quality(media_type) > 0
