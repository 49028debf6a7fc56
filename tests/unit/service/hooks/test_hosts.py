"""By which hosts the service lets itself be called."""

import pytest
from flask import Flask, request

from service.asgi import FlaskToAsgi
from service.hooks import Envelope, register_hooks
from tests.unit.service.asgi.client import exchange
from tests.unit.service.hooks.conftest import settings_of

HOSTS = "api.example.org,*.apps.example.org,10.0.0.0/8,2001:db8::/32"


@pytest.fixture
def answering(flask_app: Flask) -> Flask:
    @flask_app.get("/")
    async def host() -> str:
        return request.host

    return flask_app


async def status_of(
    app: Flask, *headers: tuple[bytes, bytes], hosts: str = "", proxies: int = 0, **scope: str
) -> int:
    environ = {"FLASK_ALLOWED_HOSTS": hosts, "FLASK_TRUSTED_PROXIES": str(proxies)}
    settings = settings_of(**environ)
    register_hooks(app, settings)
    envelope = Envelope(FlaskToAsgi(app, trusted_proxies=proxies), settings)
    return (await exchange(envelope, headers=list(headers), **scope)).status


@pytest.mark.parametrize(
    "host",
    [
        "api.example.org",
        "API.Example.ORG",
        "api.example.org.",
        "api.example.org:8000",
        "api.example.org:",
        "a.apps.example.org",
        "a.b.apps.example.org:1",
        "10.255.0.1",
        "10.255.0.1:80",
        "[2001:db8::7]",
        "[2001:DB8::7]:8443",
    ],
)
async def test_an_allowed_host_is_served(answering: Flask, host: str) -> None:
    assert await status_of(answering, (b"host", host.encode()), hosts=HOSTS) == 200


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "evil.example",
        "apps.example.org",
        "xapps.example.org",
        "api.example.org.evil.example",
        "evil-api.example.org",
        "127.0.0.1",
        "localhost",
        "11.0.0.1",
        "[2001:db9::1]",
        "[::ffff:10.0.0.1]",
        "010.0.0.1",
        "10.1",
        "[...]",
    ],
)
async def test_another_host_is_misdirected(answering: Flask, host: str) -> None:
    assert await status_of(answering, (b"host", host.encode()), hosts=HOSTS) == 421


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b" ",
        b"api.example.org/",
        b"api.example.org/x",
        b"user@api.example.org",
        b"api.example.org, api.example.org",
        b"api.example.org:port",
        b"api.example.org:123456",
        b"[2001:db8::7",
        b"2001:db8::7",
        b"api.example.org\nx: y",
        b".apps.example.org",
        b"a..apps.example.org",
        b".",
        b"\xff.example.org",
        "bücher.example".encode(),
        b"a" * 10_000,
        b"a." * 200 + b"apps.example.org",
    ],
)
async def test_what_is_no_host_is_bad(answering: Flask, host: bytes) -> None:
    assert await status_of(answering, (b"host", host), hosts=HOSTS) == 400


async def test_two_hosts_are_bad(answering: Flask) -> None:
    header = (b"host", b"api.example.org")
    assert await status_of(answering, header, header, hosts=HOSTS) == 400


@pytest.mark.parametrize("headers", [[], [(b"host", b"")]])
@pytest.mark.parametrize("version,status", [("1.0", 200), ("1", 200), ("1.1", 400), ("2", 400)])
async def test_none_is_bad_but_for_http_1_0(
    answering: Flask, headers: list[tuple[bytes, bytes]], version: str, status: int
) -> None:
    assert await status_of(answering, *headers, hosts=HOSTS, http_version=version) == status


@pytest.mark.parametrize(
    "host,status",
    [
        ("localhost:8000", 200),
        ("app.localhost", 200),
        ("service.test", 200),
        ("127.0.0.1:8000", 200),
        ("127.9.9.9", 200),
        ("[::1]:8000", 200),
        ("rebound.example", 421),
        ("192.168.0.7", 421),
    ],
)
async def test_by_default_only_what_is_local_is_served(
    answering: Flask, host: str, status: int
) -> None:
    assert await status_of(answering, (b"host", host.encode())) == status


@pytest.mark.parametrize("host,status", [(b"any.example", 200), (b"[::7]", 200), (b"a/b", 400)])
async def test_any_host_may_be_allowed(answering: Flask, host: bytes, status: int) -> None:
    assert await status_of(answering, (b"host", host), hosts="*") == status


@pytest.mark.parametrize("proxies,status", [(0, 421), (1, 200)])
async def test_the_host_is_the_one_that_a_trusted_proxy_reports(
    answering: Flask, proxies: int, status: int
) -> None:
    headers = ((b"host", b"backend"), (b"x-forwarded-host", b"api.example.org"))
    assert await status_of(answering, *headers, hosts=HOSTS, proxies=proxies) == status


async def test_a_path_that_is_not_there_is_misdirected_too(answering: Flask) -> None:
    host = (b"host", b"evil.example")
    assert await status_of(answering, host, hosts=HOSTS, path="/missing") == 421
