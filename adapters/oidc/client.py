"""Requests to providers: with a deadline, bounded, and never to another place than was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ssl import SSLContext

import httpx

from adapters.oidc.addresses import is_safe

# Seconds for one whole exchange, however slowly its bytes come.
TIMEOUT = 5.0
# A key set of fifty keys has a tenth of that.
MAX_ANSWER_SIZE = 262_144
MAX_CONNECTIONS = 20


class ExchangeFailed(Exception):
    """There was no answer that can be used; the text, which is for a log, has no secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of an answer, and the object that its body is."""

    status: int
    body: Mapping[str, object]


class ProviderClient:
    """Asks providers. `loopback` lets it ask this machine without TLS: for development, tests.

    `tls` is whom TLS trusts; None makes it those whom httpx trusts.
    """

    def __init__(
        self, *, loopback: bool, timeout: float = TIMEOUT, tls: SSLContext | None = None
    ) -> None:
        self._loopback = loopback
        self._timeout = timeout
        self._tls = tls
        self._http: httpx.AsyncClient | None = None

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Make the pool of connections on the running loop, and close it."""
        async with httpx.AsyncClient(
            # One person's cookies would go along with the next one's request.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            follow_redirects=False,
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            limits=httpx.Limits(max_connections=MAX_CONNECTIONS),
            # No proxy stands between us and this machine.
            mounts={"http://": None},
            timeout=self._timeout,
            verify=self._tls or httpx.create_ssl_context(),
        ) as http:
            self._http = http
            try:
                yield
            finally:
                self._http = None

    async def get(self, url: str, *, token: str | None = None) -> Answer:
        """Ask for an object, with a bearer token if any; raises ExchangeFailed."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        return await self._exchange("GET", url, headers, None)

    async def post(self, url: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Answer:
        """Send a form; raises ExchangeFailed."""
        return await self._exchange("POST", url, headers, form)

    async def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> Answer:
        if self._http is None:
            raise ExchangeFailed("its adapter is not open")
        if not is_safe(url, loopback=self._loopback):
            raise ExchangeFailed("it has an address without HTTPS")
        try:
            async with (
                asyncio.timeout(self._timeout),
                self._http.stream(method, url, headers=headers, data=form) as response,
            ):
                return await _read(response)
        except TimeoutError:
            raise ExchangeFailed(f"no answer within {self._timeout:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            # The error's own text may have the address, with what stands in its query.
            raise ExchangeFailed(f"no answer ({type(error).__name__})") from None


async def _read(response: httpx.Response) -> Answer:
    if response.is_redirect or response.status_code >= 500:  # noqa: PLR2004  # Server errors.
        raise ExchangeFailed(f"an answer with status {response.status_code}")
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise ExchangeFailed("a compressed answer, which nobody asked for")
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > MAX_ANSWER_SIZE:
            raise ExchangeFailed(f"an answer of more than {MAX_ANSWER_SIZE} bytes")
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        raise ExchangeFailed(f"an answer with status {response.status_code}, not JSON") from None
    if not isinstance(parsed, dict):
        raise ExchangeFailed("an answer that is no object")
    return Answer(response.status_code, parsed)
