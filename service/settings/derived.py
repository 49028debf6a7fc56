"""Settings that follow from others, so that the rest of the program knows one form of each."""

from collections.abc import Mapping

from service.settings.names import REDIS_HOST, REDIS_PASSWORD
from service.settings.sources import Given
from service.settings.store_uris import mongo_database, redis_uri


def with_derived(given: Mapping[str, Given]) -> dict[str, Given]:
    """`given` and what follows from it; what somebody gave is never replaced."""
    return {**_redis_uri(given), **_mongo_db_name(given), **given}


def _redis_uri(given: Mapping[str, Given]) -> dict[str, Given]:
    host, password = given.get(REDIS_HOST), given.get(REDIS_PASSWORD)
    if host is None or host.problem or (password and password.problem):
        return {}
    origin = f"{REDIS_HOST} ({host.origin})"
    if password:
        origin += f", {REDIS_PASSWORD} ({password.origin})"
    try:
        value = redis_uri(host.value, password.value if password else "")
    except ValueError as error:
        problem = f"{REDIS_HOST} {error}; expected host or host:port"
        return {"FLASK_REDIS_URI": Given("", origin, problem)}
    return {"FLASK_REDIS_URI": Given(value, origin)}


def _mongo_db_name(given: Mapping[str, Given]) -> dict[str, Given]:
    uri = given.get("FLASK_MONGO_URI")
    if uri is None or uri.problem:
        return {}
    try:
        name = mongo_database(uri.value)
    except ValueError:  # The URI's own check says what is wrong with it.
        return {}
    expected = "expected the name of a database, here or as the path of FLASK_MONGO_URI"
    problem = "" if name else f"FLASK_MONGO_DB_NAME is not set; {expected}"
    return {"FLASK_MONGO_DB_NAME": Given(name or "", f"FLASK_MONGO_URI ({uri.origin})", problem)}
