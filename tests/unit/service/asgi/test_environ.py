from typing import Any
from wsgiref.types import WSGIEnvironment

import pytest
from flask import Flask, request

from service.asgi import FlaskToAsgi
from service.asgi.environ import build_environ, may_have_body
from tests.unit.service.asgi.client import exchange, http_scope


def environ(**changes: Any) -> WSGIEnvironment:  # noqa: ANN401
    return build_environ(http_scope(**changes))


def test_what_wsgi_requires_is_there() -> None:
    built = environ(method="PUT", path="/a", query_string=b"b=\xe9", scheme="https")
    assert {
        "REQUEST_METHOD": "PUT",
        "SCRIPT_NAME": "",
        "PATH_INFO": "/a",
        "QUERY_STRING": "b=\u00e9",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "SERVER_NAME": "192.0.2.1",
        "SERVER_PORT": "8000",
        "REMOTE_ADDR": "192.0.2.7",
        "REMOTE_PORT": "50123",
        "HTTP_HOST": "example.org",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input_terminated": True,
        "wsgi.multithread": True,
    }.items() <= built.items()
    assert built["asgi.scope"]["type"] == "http"


@pytest.mark.parametrize(
    "root_path,path,script_name,path_info",
    [
        ("", "/a", "", "/a"),
        ("/api", "/api/a", "/api", "/a"),
        ("/api/", "/api/a", "/api", "/a"),
        ("/api", "/api", "/api", ""),
        ("/api", "/a", "/api", "/a"),
        ("/api", "/apiary", "/api", "/apiary"),
        ("/é", "/é/한", "/Ã©", "/í\x95\x9c"),
    ],
)
def test_the_path_is_split_at_the_root(
    root_path: str, path: str, script_name: str, path_info: str
) -> None:
    built = environ(root_path=root_path, path=path)
    assert (built["SCRIPT_NAME"], built["PATH_INFO"]) == (script_name, path_info)


@pytest.mark.parametrize(
    "target,host,path_info",
    [
        ("http://example.net/a/b", "example.net", "/a/b"),
        ("HTTPS://example.net:8443", "example.net:8443", "/"),
        ("http://[::1]:80/", "[::1]:80", "/"),
        ("http:///a", "", "/a"),
        ("*", "example.org", "*"),
        ("ftp://example.net/a", "example.org", "ftp://example.net/a"),
        ("/http://example.net/a", "example.org", "/http://example.net/a"),
    ],
)
def test_a_target_in_absolute_form_has_the_host(target: str, host: str, path_info: str) -> None:
    built = environ(path=target)
    assert (built["HTTP_HOST"], built["PATH_INFO"]) == (host, path_info)


def test_headers_become_keys_and_repeated_ones_are_joined() -> None:
    built = environ(
        headers=[
            (b"content-type", b"text/plain"),
            (b"content-length", b"3"),
            (b"x-name", b"caf\xe9"),
            (b"accept", b"a/b"),
            (b"accept", b"c/d"),
            (b"cookie", b"a=1"),
            (b"cookie", b"b=2"),
        ]
    )
    assert built["CONTENT_TYPE"] == "text/plain"
    assert built["CONTENT_LENGTH"] == "3"
    assert built["HTTP_X_NAME"] == "caf\u00e9"
    assert built["HTTP_ACCEPT"] == "a/b,c/d"
    assert built["HTTP_COOKIE"] == "a=1; b=2"


def test_a_name_with_an_underscore_cannot_pass_for_another() -> None:
    built = environ(headers=[(b"x_forwarded_for", b"spoofed"), (b"x-forwarded-for", b"true")])
    assert built["HTTP_X_FORWARDED_FOR"] == "true"
    assert "CONTENT_LENGTH" not in environ(headers=[(b"content_length", b"3")])


@pytest.mark.parametrize(
    "host,expected",
    [
        (b"example.org:81", ("example.org", "81")),
        (b"example.org", ("example.org", "443")),
        (b"[::1]:81", ("[::1]", "81")),
        (b"[::1]", ("[::1]", "443")),
        (b"", ("localhost", "443")),
    ],
)
@pytest.mark.parametrize("server", [None, ("/run/app.sock", None)])
def test_a_server_without_a_port_is_named_by_its_client(
    server: tuple[str, None] | None, host: bytes, expected: tuple[str, str]
) -> None:
    built = environ(server=server, scheme="https", client=None, headers=[(b"host", host)])
    assert (built["SERVER_NAME"], built["SERVER_PORT"]) == expected
    assert "REMOTE_ADDR" not in built


async def test_flask_sees_the_url_that_the_client_sent(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    flask_app.add_url_rule("/<name>", view_func=lambda name: f"{name} {request.url}")
    answer = await exchange(bridge, path="/api/한글", root_path="/api", query_string=b"q=%ED")
    assert answer.body.decode() == "한글 http://example.org/api/한글?q=%ED"


@pytest.mark.parametrize(
    "method,version,header,expected",
    [
        ("GET", "1.1", None, False),
        ("HEAD", "1.0", None, False),
        ("GET", "1.1", (b"content-length", b"3"), True),
        ("GET", "1.1", (b"transfer-encoding", b"chunked"), True),
        ("GET", "2", None, True),
        ("POST", "1.1", None, True),
    ],
)
def test_a_get_has_a_body_only_if_it_says_so(
    method: str, version: str, header: tuple[bytes, bytes] | None, *, expected: bool
) -> None:
    scope = http_scope(method, http_version=version, headers=[header] if header else [])
    assert may_have_body(scope, build_environ(scope)) is expected


@pytest.mark.parametrize(
    "scope,body",
    [
        ({}, b""),
        ({"headers": [(b"content-length", b"3")]}, b"abc"),
        ({"http_version": "2"}, b"abc"),
    ],
    ids=["no body announced", "announced", "HTTP/2"],
)
async def test_the_body_of_a_get_reaches_its_view(
    flask_app: Flask, bridge: FlaskToAsgi, scope: dict[str, Any], body: bytes
) -> None:
    @flask_app.get("/")
    async def view() -> bytes:
        return request.get_data()

    assert (await exchange(bridge, chunks=[b"abc"], **scope)).body == body
