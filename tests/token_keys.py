"""Keys that sign access tokens, and tokens that somebody has forged."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping
from datetime import datetime
from hmac import digest
from typing import Any
from uuid import UUID

from joserfc import jwt
from joserfc.jwk import JWKRegistry

from adapters.security.access_tokens import new_key_set

ALGORITHMS = ("HS256", "EdDSA", "ES256", "RS256")
# RSA keys are slow to find, so all tests share these.
KEY_SETS = {algorithm: new_key_set(algorithm) for algorithm in ALGORITHMS}
OTHER_KEY_SETS = {algorithm: new_key_set(algorithm) for algorithm in ALGORITHMS}

PLACE = "https://api.example.org"
ACCOUNT = UUID("01900000-0000-7000-8000-000000000001")
SESSION = UUID("01900000-0000-7000-8000-000000000002")


def joined(*key_sets: str) -> str:
    """Give one set with the keys of several."""
    return json.dumps({"keys": [key for text in key_sets for key in json.loads(text)["keys"]]})


def encoded(value: Any) -> str:  # noqa: ANN401  # Whatever JSON can say.
    """Give a part of a token."""
    data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def hmac_token(header: Mapping[str, Any], said: object, key: bytes) -> str:
    """Sign by HMAC, whatever the header says."""
    text = f"{encoded(dict(header))}.{encoded(said)}"
    return f"{text}.{encoded(digest(key, text.encode(), 'sha256'))}"


class Forger:
    """Knows what a token has to say, and the server's public keys; signs as it likes.

    With `knows_the_key` it even signs rightly: such tokens tell what is checked beside that.
    """

    def __init__(self, algorithm: str, now: datetime) -> None:
        self.algorithm = algorithm
        self.now = now
        self.key = JWKRegistry.import_key(json.loads(KEY_SETS[algorithm])["keys"][0])
        self.header = {"alg": algorithm, "kid": self.key.kid, "typ": "at+jwt"}

    def said(self, **changes: object) -> dict[str, Any]:
        """Give what a good token says, with changes; None leaves a claim out."""
        now = int(self.now.timestamp())
        times = {"iat": now, "nbf": now, "exp": now + 600}
        ids = {"sub": str(ACCOUNT), "sid": str(SESSION), "jti": "x"}
        claims = {"iss": PLACE, "aud": PLACE, **times, **ids, **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def signed(self, header: Mapping[str, Any] | None = None, **changes: object) -> str:
        """Sign by the server's own key."""
        full = {**self.header, **(header or {})}
        registry = _Lenient(algorithms=[self.algorithm], strict_check_header=False)
        return jwt.encode(
            full, self.said(**changes), self.key, registry=registry, default_type=None
        )

    def without_the_key(self) -> Iterator[tuple[str, str]]:
        """Give tokens that anybody could make, each with its name."""
        for none in ("none", "None", "NoNe", "NONE", ""):
            head = encoded({**self.header, "alg": none})
            yield f"alg {none}", f"{head}.{encoded(self.said())}."
            yield f"alg {none} and a signature", f"{head}.{encoded(self.said())}.{encoded(b'x')}"
        yield "no signature", self.signed().rpartition(".")[0] + "."
        yield "two parts", self.signed().rpartition(".")[0]
        yield "four parts", self.signed() + ".x"
        yield from self._confused()
        yield from self._other_keys()
        yield from self._mutilated()

    def _confused(self) -> Iterator[tuple[str, str]]:
        """Sign by HMAC, where the key is what everybody knows."""
        public = self.key.as_dict(private=False) if self.algorithm != "HS256" else {"k": ""}
        known = [json.dumps(public).encode(), b"", b"secret", b"\0"]
        if self.algorithm != "HS256":
            known += [self.key.as_pem(private=False), self.key.as_der(private=False)]
        for number, key in enumerate(known):
            for alg in ("HS256", self.algorithm):
                token = hmac_token({**self.header, "alg": alg}, self.said(), key)
                yield f"HMAC by known key {number} as {alg}", token

    def _other_keys(self) -> Iterator[tuple[str, str]]:
        """Sign by a key of one's own, and tell the server where to find it."""
        mine = JWKRegistry.import_key(json.loads(OTHER_KEY_SETS[self.algorithm])["keys"][0])
        registry = _Lenient(algorithms=[self.algorithm], strict_check_header=False)
        url = "https://attacker.example.org/keys.json"
        public = mine.as_dict(private=self.algorithm == "HS256")
        headers: dict[str, Mapping[str, Any]] = {
            "another key": {},
            "another key under its own name": {"kid": mine.kid},
            "jku": {"jku": url},
            "jwk": {"jwk": public},
            "x5u": {"x5u": url},
            "x5c": {"x5c": ["MIIB"]},
            "kid of a file": {"kid": "../../../../../../dev/null"},
            "kid of a file, absolute": {"kid": "/proc/sys/kernel/randomize_va_space"},
            "kid in SQL": {"kid": "x' UNION SELECT 'secret' --"},
            "kid of a command": {"kid": "key|/usr/bin/id"},
            "kid of a URL": {"kid": url},
            "crit": {"crit": ["exp"], "exp": 1},
        }
        for name, header in headers.items():
            full = {**self.header, **header}
            token = jwt.encode(full, self.said(), mine, registry=registry, default_type=None)
            yield name, token
        for kid in ("../../../../../../dev/null", ""):
            yield (
                f"an empty key under {kid!r}",
                hmac_token({**self.header, "alg": "HS256", "kid": kid}, self.said(), b""),
            )

    def _mutilated(self) -> Iterator[tuple[str, str]]:
        good = self.signed()
        head, body, signature = good.split(".")
        yield "another's words", f"{head}.{encoded(self.said(sub=str(SESSION)))}.{signature}"
        yield "spaces around", f" {good} "
        yield "a line break", good + "\n"
        yield "padding", good + "="
        yield "a NUL", good + "\0"
        yield "letters beyond ASCII", good + "é"
        yield "full-width letters", good.translate({ord("A"): "\uff21"}) + "\uff21"
        yield "a lone surrogate", good + "\ud800"
        yield "huge", f"{head}.{body}{'A' * 1_000_000}.{signature}"
        yield "a huge header", f"{'A' * 1_000_000}.{body}.{signature}"
        yield "a million dots", "." * 1_000_000
        yield "a header that is a list", f"{encoded([1])}.{body}.{signature}"
        yield "a header deep in lists", f"{encoded(b'[' * 5_000)}.{body}.{signature}"
        yield "a JSON serialization", json.dumps({"payload": body, "signature": signature})
        yield "five parts", f"{encoded({'alg': 'dir', 'enc': 'A256GCM'})}..{body}.{body}.{body}"
        yield "a refresh token", "rt_" + encoded(b"x" * 80)
        yield "empty", ""
        yield "words", "let me in"

    def with_the_key(self) -> Iterator[tuple[str, str]]:
        """Give tokens that are signed rightly, and are not access tokens of here, that hold now."""
        now = int(self.now.timestamp())
        changes: dict[str, dict[str, Any]] = {
            "another issuer": {"iss": "https://evil.example.org"},
            "an issuer that begins alike": {"iss": PLACE + ".evil.example.org"},
            "no issuer": {"iss": None},
            "another audience": {"aud": "https://other.example.org"},
            "several audiences": {"aud": [PLACE, "https://other.example.org"]},
            "no audience": {"aud": None},
            "expired": {"exp": now - 60},
            "no end": {"exp": None},
            "an end in text": {"exp": str(now + 600)},
            "an end in the far future": {"exp": 10**400},
            "not yet valid": {"nbf": now + 60},
            "no beginning": {"nbf": None},
            "no time of issue": {"iat": None},
            "no account": {"sub": None},
            "an account that is no id": {"sub": "admin"},
            "an account that is a number": {"sub": 1},
            "no session": {"sid": None},
            "a session that is no id": {"sid": "1"},
        }
        for name, change in changes.items():
            yield name, self.signed(**change)
        types = (
            "JWT",
            "jwt",
            "AT+JWT",
            "at+jwt ",
            "application/at+jwt",
            "development+jwt",
            "rt+jwt",
            "",
        )
        for kind in types:
            yield f"of the type {kind}", self.signed({"typ": kind})
        for name, header in {
            "with jku": {"jku": "https://attacker.example.org"},
            "with a critical header": {"crit": ["b64"], "b64": True},
            "with another header": {"cty": "JWT"},
        }.items():
            yield name, self.signed(header)


class _Lenient(jwt.JWSRegistry):
    """Signs under any header."""

    def check_header(self, header: dict[str, Any]) -> None:
        """Let it pass."""

    def get_alg(self, name: str) -> Any:  # noqa: ANN401  # joserfc's own.
        """Give the algorithm that was asked for, whatever the header says."""
        return self.algorithms[name]
