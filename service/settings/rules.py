"""What a single setting can't say: which belong together, and what a profile demands."""

import re
from collections.abc import Iterator, Mapping

from service.settings.fallbacks import parse_fallbacks
from service.settings.flags import FLAGS
from service.settings.names import REDIS_HOST, REDIS_PASSWORD
from service.settings.oidc_providers import parse_providers
from service.settings.sources import Given
from service.settings.token_keys import ALGORITHMS, HMAC, check_token_keys

ALGORITHM = "FLASK_ACCESS_TOKEN_ALGORITHM"
TOKEN_KEYS = "FLASK_ACCESS_TOKEN_KEYS"  # noqa: S105  # The name of a setting.

PROVIDERS = "FLASK_OIDC_PROVIDERS"
PUBLIC_URL = "FLASK_PUBLIC_URL"
_NEED_PUBLIC_URL = {
    "FLASK_SMTP_URI": "whose mails lead there",
    PROVIDERS: "who send people back there",
}

SECRET_KEY = "FLASK_SECRET_KEY"  # noqa: S105  # The name of a setting.
FALLBACKS = "FLASK_SECRET_KEY_FALLBACKS"

SHORTEST_KEY = 32
FEWEST_CHARACTERS = 8

_KEY_EXPECTED = f"expected {SHORTEST_KEY} random characters or more in production"
# Finds DEVELOPMENT_KEY too, which says "secret-key".
_PLACEHOLDERS = re.compile(
    "(change|replace).?(me|this)|secret.?key|your.?secret|placeholder|insecure|example"
)
_STORES = (
    ("FLASK_MYSQL_URI",),
    ("FLASK_MONGO_URI",),
    ("FLASK_REDIS_URI", REDIS_HOST),
    ("FLASK_SMTP_URI",),
)
_NOT_IN_TESTING = (
    "FLASK_MYSQL_URI",
    "FLASK_MONGO_URI",
    "FLASK_MONGO_DB_NAME",
    "FLASK_REDIS_URI",
    REDIS_HOST,
    REDIS_PASSWORD,
    "FLASK_SQLITE_PATH",
    "FLASK_SMTP_URI",
)


def rule_problems(given: Mapping[str, Given]) -> Iterator[str]:
    """A line for each breach; a profile that doesn't exist has no rules."""
    yield from _pair_problems(given)
    profile = given["FLASK_CONFIG"].value if "FLASK_CONFIG" in given else "development"
    if profile == "testing":
        yield from _testing_problems(given)
    if profile == "production":
        yield from _production_problems(given)


def _pair_problems(given: Mapping[str, Given]) -> Iterator[str]:
    if "FLASK_REDIS_URI" in given and REDIS_HOST in given:
        yield f"FLASK_REDIS_URI and {REDIS_HOST} are both set; expected one of them"
    if REDIS_PASSWORD in given and REDIS_HOST not in given:
        yield f"{REDIS_PASSWORD} is set without {REDIS_HOST}; expected both, or FLASK_REDIS_URI"
    if _is_on("FLASK_CORS_CREDENTIALS", given) and "FLASK_CORS_ORIGINS" not in given:
        yield "FLASK_CORS_CREDENTIALS is on without FLASK_CORS_ORIGINS; expected both"
    if "FLASK_SMTP_URI" in given and "FLASK_MAIL_FROM" not in given:
        yield "FLASK_SMTP_URI is set without FLASK_MAIL_FROM; expected both"
    yield from _token_key_problems(given)
    if SECRET_KEY in given and given[SECRET_KEY].value in _fallbacks(given):
        yield f"{FALLBACKS} has {SECRET_KEY} itself; expected those of before alone"
    if "FLASK_MONGO_DB_NAME" in given and "FLASK_MONGO_URI" not in given:
        yield "FLASK_MONGO_DB_NAME is set without FLASK_MONGO_URI; expected both"


def _token_key_problems(given: Mapping[str, Given]) -> Iterator[str]:
    algorithm = given[ALGORITHM].value if ALGORITHM in given else HMAC
    keys = given.get(TOKEN_KEYS)
    if algorithm not in ALGORITHMS or (keys and keys.problem):
        return
    expected = f"expected a JWK set for {algorithm}, as `flask token key` prints it"
    if keys is None and algorithm != HMAC:
        yield f"{TOKEN_KEYS} is not set; {expected}"
    elif keys is not None:
        try:
            check_token_keys(keys.value, algorithm)
        except ValueError as error:
            yield f"{TOKEN_KEYS} {error}; {expected}"


def _testing_problems(given: Mapping[str, Given]) -> Iterator[str]:
    """Addresses are refused, not ignored: nobody shall believe that the tests ran on a server."""
    for name in _NOT_IN_TESTING:
        if name in given:
            yield f"{name} is set; expected none in testing, which keeps everything in memory"


def _production_problems(given: Mapping[str, Given]) -> Iterator[str]:
    yield from _key_problems(given)
    if _is_on("FLASK_DEBUG", given):
        yield "FLASK_DEBUG is on; expected it off in production, where it would show internals"
    if "FLASK_ALLOWED_HOSTS" not in given:
        expected = "expected the names by which clients call this service in production"
        yield f"FLASK_ALLOWED_HOSTS is not set; {expected}"
    yield from _public_url_problems(given)
    yield from _provider_problems(given)
    if not _is_on("FLASK_ALLOW_EMBEDDED", given):
        yield from _missing_stores(given)


def _public_url_problems(given: Mapping[str, Given]) -> Iterator[str]:
    """The default leads nobody anywhere who reads a mail, or comes back from a provider."""
    if PUBLIC_URL in given:
        return
    needing = [f"{name}, {why}" for name, why in _NEED_PUBLIC_URL.items() if name in given]
    if needing:
        expected = "expected where people find the service, in production"
        yield f"{PUBLIC_URL} is not set; {expected} with {', and '.join(needing)}"


def _provider_problems(given: Mapping[str, Given]) -> Iterator[str]:
    try:
        providers = parse_providers(given[PROVIDERS].value).providers
    except (KeyError, ValueError):  # Its own check says what is wrong with it.
        return
    for provider in providers:
        if provider.is_local:
            yield f"{PROVIDERS} has {provider.name} without TLS; expected https in production"
    public = given.get(PUBLIC_URL)
    leads_here = any(provider.redirect_uri is None for provider in providers)
    if leads_here and public and not public.problem and not public.value.startswith("https://"):
        expected = "expected where the service is found, for providers to send people back to"
        yield f"{PUBLIC_URL} is no address with https; {expected}"


def _missing_stores(given: Mapping[str, Given]) -> Iterator[str]:
    for names in _STORES:
        if given.keys().isdisjoint(names):
            expected = "expected it in production, or FLASK_ALLOW_EMBEDDED=1 on a single machine"
            yield f"{' or '.join(names)} is not set; {expected}"


def _key_problems(given: Mapping[str, Given]) -> Iterator[str]:
    key = given.get(SECRET_KEY)
    if key is None:
        yield f"{SECRET_KEY} is not set; {_KEY_EXPECTED}"
    elif not key.problem and (fault := _fault_of_key(key.value)):
        yield f"{SECRET_KEY} {fault}; {_KEY_EXPECTED}"
    # Whoever finds one of these out signs by it as well as by the first.
    for number, other in enumerate(_fallbacks(given), start=1):
        if fault := _fault_of_key(other):
            yield f"{FALLBACKS} has a key, number {number}, that {fault}; {_KEY_EXPECTED}"


def _fallbacks(given: Mapping[str, Given]) -> tuple[str, ...]:
    try:
        return parse_fallbacks(given[FALLBACKS].value)
    except (KeyError, ValueError):  # Its own check says what is wrong with it.
        return ()


def _fault_of_key(key: str) -> str:
    if len(key) < SHORTEST_KEY:
        return "is too short"
    if _PLACEHOLDERS.search(key.lower()):
        return "is a default or a placeholder"
    if len(set(key)) < FEWEST_CHARACTERS:
        return "repeats a few characters"
    return ""


def _is_on(name: str, given: Mapping[str, Given]) -> bool:
    return name in given and FLAGS.get(given[name].value.lower(), False)
