"""The WSGI environ (PEP 3333) of an ASGI HTTP scope."""

import re
import sys
from functools import lru_cache
from wsgiref.types import WSGIEnvironment

from asgiref.typing import HTTPScope

from service.asgi.streaming import FileChunks

# Servers hand it over as the path, all of it decoded.
_ABSOLUTE = re.compile("https?://([^/]*)(/.*)?", re.IGNORECASE | re.DOTALL)

DEFAULT_PORTS = {"http": "80", "https": "443"}


def build_environ(scope: HTTPScope) -> WSGIEnvironment:
    """Build the environ of a request whose body, added later, ends by itself, chunked or not."""
    host, path = None, scope["path"]
    if not path.startswith("/"):
        host, path = _split_target(path)
    script_name, path_info = _split_path(path, scope.get("root_path", ""))
    # One literal, for which Python makes room at once: a dict that fills up moves again and again.
    environ: WSGIEnvironment = {
        "wsgi.version": (1, 0),
        "wsgi.file_wrapper": FileChunks,
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.errors": sys.stderr,
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "asgi.scope": scope,
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": script_name,
        "PATH_INFO": path_info,
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": "HTTP/" + scope["http_version"],
    }
    _add_headers(environ, scope)
    if host is not None:
        environ["HTTP_HOST"] = host
    _add_addresses(environ, scope)
    return environ


def may_have_body(scope: HTTPScope, environ: WSGIEnvironment) -> bool:
    """Tell whether a request may have a body.

    In HTTP/1 a header announces it (RFC 9112, 6.3). For other methods than these a server, or what
    stands in for one, is believed that has sent a body without.
    """
    return (
        "CONTENT_LENGTH" in environ
        or "HTTP_TRANSFER_ENCODING" in environ
        or environ["REQUEST_METHOD"] not in {"GET", "HEAD"}
        or scope["http_version"] not in {"1.1", "1.0"}
    )


def _split_target(target: str) -> tuple[str | None, str]:
    """Return host and path of a target in absolute form, as clients send it to proxies.

    A server has to take it as well, and its host in place of the header's (RFC 9112, 3.2.2).
    """
    match = _ABSOLUTE.fullmatch(target)
    return (match[1], match[2] or "/") if match else (None, target)


def _split_path(path: str, root_path: str) -> tuple[str, str]:
    """Return SCRIPT_NAME and PATH_INFO; a proxy may have stripped the root from the path or not."""
    root = root_path.rstrip("/")
    if root and (path == root or path.startswith(root + "/")):
        path = path[len(root) :]
    return _wsgi_text(root), _wsgi_text(path)


def _wsgi_text(text: str) -> str:
    """Spell a text's UTF-8 bytes in latin-1, as PEP 3333 wants them."""
    return text if text.isascii() else text.encode().decode("latin-1")


def wsgi_text_decoded(text: str) -> str:
    """Return what a text of an environ spells, U+FFFD for what is no UTF-8."""
    return text if text.isascii() else text.encode("latin-1").decode(errors="replace")


def _add_headers(environ: WSGIEnvironment, scope: HTTPScope) -> None:
    for name, raw_value in scope["headers"]:
        key = _environ_key(name)
        if key is None:
            continue
        value = raw_value.decode("latin-1")
        if key in environ:
            # HTTP/2 lets a client send each cookie in a header of its own (RFC 9113, 8.2.3).
            value = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value
        environ[key] = value


@lru_cache(maxsize=256)
def _environ_key(name: bytes) -> str | None:
    """Return a header's key, or None if that key would pass for another header's.

    ``X_Forwarded_For`` and ``X-Forwarded-For`` have one key: a client could send the first past a
    proxy that sets the second. As nginx and gunicorn do, names with an underscore are dropped.
    """
    if b"_" in name:
        return None
    key = name.upper().replace(b"-", b"_").decode("latin-1")
    return key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else "HTTP_" + key


def _add_addresses(environ: WSGIEnvironment, scope: HTTPScope) -> None:
    client, server = scope.get("client"), scope.get("server")
    if client is not None:
        environ["REMOTE_ADDR"], environ["REMOTE_PORT"] = client[0], str(client[1])
    if server is not None and server[1] is not None:
        environ["SERVER_NAME"], environ["SERVER_PORT"] = server[0], str(server[1])
    else:
        environ["SERVER_NAME"], environ["SERVER_PORT"] = _named_server(environ)


def _named_server(environ: WSGIEnvironment) -> tuple[str, str]:
    """Return the name and port by which the client calls a server that has none: a Unix socket."""
    host: str = environ.get("HTTP_HOST", "")
    name, colon, port = host.rpartition(":")
    if colon and port.isdecimal():
        return name, port
    return host or "localhost", DEFAULT_PORTS.get(environ["wsgi.url_scheme"], "80")
