"""A small OpenID Connect provider on 127.0.0.1, over real HTTP, that errs where it is told to."""

import base64
import hashlib
import json
import secrets
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, Key

Claims = dict[str, Any]

# To load the certificates of authorities, which nobody here needs, takes longer than most tests.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

CLIENT_ID = "imflask & co"
CLIENT_SECRET = "s:e%c r&e+t/"
SUBJECT = "248289761001"


@dataclass
class Grant:
    """What a code stands for."""

    client_id: str
    redirect_uri: str
    nonce: str
    challenge: str
    claims: Claims
    redeemed: bool = False


class Provider:
    """Signs everybody in as one person, whose claims a test may change; a context manager.

    `metadata` is what discovery says on top of the usual, `claims` what the ID token does, and
    `userinfo` what userinfo does; None takes a member away. `sign` makes the ID token. `instead`
    has what answers at a path in place of this. `requests` are the paths that were asked.
    """

    def __init__(self) -> None:
        """Listen; nothing is answered before it is entered."""
        self.clients = {CLIENT_ID: CLIENT_SECRET}
        self.redirect_uris: set[str] = set()
        self.metadata: Claims = {}
        self.claims: Claims = {"email": "somebody@example.org", "email_verified": True}
        self.userinfo: Claims = {}
        self.sign: Callable[[Claims], str] = self.signed
        self.instead: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.requests: list[str] = []
        self.published: list[Key] = []
        self.rotate()
        self._grants: dict[str, Grant] = {}
        self._access_tokens: dict[str, Claims] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def rotate(self) -> None:
        """Sign by a new key from now on, and publish that one alone."""
        self.key = ECKey.generate_key("P-256", {"kid": secrets.token_hex(4), "use": "sig"})
        self.published = [self.key]

    def signed(self, claims: Claims) -> str:
        """Make a token as it should be."""
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # Its name.
                """Be silent."""

            def do_GET(self) -> None:
                provider._answer(self)

            do_POST = do_GET  # noqa: N815  # The library's name.

        return Handler

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        self.requests.append(path)
        answers = {
            "/.well-known/openid-configuration": self._discover,
            "/authorize": self._authorize,
            "/token": self._redeem,
            "/keys": self._publish,
            "/userinfo": self._tell,
        }
        # A client that goes away in the middle is what some tests are about.
        with suppress(ConnectionError):
            if path in self.instead:
                # A connection that is closed over unread bytes may take the answer with it.
                request.rfile.read(int(request.headers.get("Content-Length", 0)))
            self.instead.get(path, answers.get(path, not_found))(request)

    def _discover(self, request: BaseHTTPRequestHandler) -> None:
        document = {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "id_token_signing_alg_values_supported": ["ES256", "RS256"],
            "authorization_response_iss_parameter_supported": True,
            "code_challenge_methods_supported": ["S256"],
        }
        answer_json(request, 200, without_none({**document, **self.metadata}))

    def _authorize(self, request: BaseHTTPRequestHandler) -> None:
        query = single(urlsplit(request.path).query)
        if (
            query.get("client_id") not in self.clients
            or query.get("redirect_uri") not in self.redirect_uris
            or query.get("response_type") != "code"
            or query.get("code_challenge_method") != "S256"
            or "openid" not in query.get("scope", "").split()
        ):
            answer_json(request, 400, {"error": "invalid_request"})
            return
        code = secrets.token_urlsafe()
        self._grants[code] = Grant(
            client_id=query["client_id"],
            redirect_uri=query["redirect_uri"],
            nonce=query["nonce"],
            challenge=query["code_challenge"],
            claims=dict(self.claims),
        )
        answer = urlencode({"code": code, "state": query["state"], "iss": self.issuer})
        request.send_response(302)
        request.send_header("Location", f"{query['redirect_uri']}?{answer}")
        request.send_header("Content-Length", "0")
        request.end_headers()

    def _redeem(self, request: BaseHTTPRequestHandler) -> None:
        form = single(request.rfile.read(int(request.headers["Content-Length"])).decode())
        client_id, secret = credentials(request, form)
        if self.clients.get(client_id) != secret:
            answer_json(request, 401, {"error": "invalid_client"})
            return
        grant = self._grants.get(form["code"])
        if grant is None or not is_redeemed_by(grant, client_id, form):
            answer_json(request, 400, {"error": "invalid_grant"})
            return
        grant.redeemed = True
        answer_json(request, 200, self._tokens(grant))

    def _tokens(self, grant: Grant) -> Claims:
        access_token, now = secrets.token_urlsafe(), int(time.time())
        half = hashlib.sha256(access_token.encode()).digest()[:16]
        claims = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": grant.client_id,
            "exp": now + 300,
            "iat": now,
            "nonce": grant.nonce,
            "at_hash": base64.urlsafe_b64encode(half).rstrip(b"=").decode(),
            **grant.claims,
        }
        self._access_tokens[access_token] = {"sub": claims["sub"], **self.userinfo}
        return {
            "access_token": access_token,
            "token_type": "Bearer",
            "id_token": self.sign(without_none(claims)),
        }

    def _publish(self, request: BaseHTTPRequestHandler) -> None:
        answer_json(request, 200, {"keys": [key.as_dict(private=False) for key in self.published]})

    def _tell(self, request: BaseHTTPRequestHandler) -> None:
        token = request.headers["Authorization"].removeprefix("Bearer ")
        answer_json(request, 200, without_none(self._access_tokens[token]))


def is_redeemed_by(grant: Grant, client_id: str, form: dict[str, str]) -> bool:
    """Tell whether a form gets what its code stands for (RFC 6749, 4.1.3; RFC 7636, 4.6)."""
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return (
        not grant.redeemed
        and grant.client_id == client_id
        and grant.redirect_uri == form.get("redirect_uri")
        and grant.challenge == challenge
    )


def credentials(request: BaseHTTPRequestHandler, form: dict[str, str]) -> tuple[str, str]:
    """Give the client's id and secret, from wherever they stand (RFC 6749, 2.3.1)."""
    header = request.headers.get("Authorization")
    if header is None:
        return form.get("client_id", ""), form.get("client_secret", "")
    client_id, _, secret = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    return unquote(client_id), unquote(secret)


def single(query: str) -> dict[str, str]:
    """Give each parameter's one value; raises ValueError where one comes twice."""
    return {name: value for name, (value,) in parse_qs(query, strict_parsing=True).items()}


def without_none(members: Claims) -> Claims:
    """Leave out what is None."""
    return {name: value for name, value in members.items() if value is not None}


def answer_json(request: BaseHTTPRequestHandler, status: int, body: object) -> None:
    """Answer with an object."""
    content = json.dumps(body).encode()
    request.send_response(status)
    request.send_header("Content-Type", "application/json")
    request.send_header("Content-Length", str(len(content)))
    request.end_headers()
    request.wfile.write(content)


def not_found(request: BaseHTTPRequestHandler) -> None:
    """Answer where nothing is."""
    answer_json(request, 404, {})
