"""The URIs that the drivers of MongoDB and Redis read themselves.

They are checked here first, so that a typo is named at the start and not at the first request.
Every check returns the URI as it was, or raises ValueError with a reason that quotes no secret.
"""

from urllib.parse import quote

from pydantic import Secret

from service.settings.uris import bracketed, masked_uri, split_host, split_uri

MONGODB_PORT = 27017
MONGODB_SRV = "mongodb+srv"
MONGODB_SCHEMES = frozenset({"mongodb", MONGODB_SRV})
LONGEST_NAME = 63
_NOT_IN_NAMES = frozenset('/\\. "$*<>:|?\0')

REDIS_PORT = 6379
REDIS_SCHEMES = frozenset({"redis", "rediss", "unix"})


class SecretUri(Secret[str]):
    """A URI that shows itself with its password masked; `get_secret_value()` gives all of it."""

    def _display(self) -> str:
        return masked_uri(self.get_secret_value())


def checked_mongo_uri(text: str) -> str:
    """Check a URI of one server, of several (`mongodb://a:27017,b:27017`) or of a DNS seed list."""
    uri = split_uri(text, MONGODB_SCHEMES)
    hosts = uri.hosts.split(",")
    if uri.scheme == MONGODB_SRV and (len(hosts) > 1 or ":" in uri.hosts):
        raise ValueError("has more than one host, or a port, which mongodb+srv:// finds by itself")
    for host in hosts:
        if not _is_socket(host):
            split_host(host, MONGODB_PORT)
    mongo_database(text)
    return text


def mongo_database(text: str) -> str | None:
    """The database that the path of a MongoDB URI names, None if it names none."""
    name = split_uri(text, MONGODB_SCHEMES).path.removeprefix("/")
    return checked_mongo_database(name) if name else None


def checked_mongo_database(name: str) -> str:
    """Check a database's name by MongoDB's rules."""
    if _NOT_IN_NAMES.intersection(name) or len(name.encode()) > LONGEST_NAME:
        raise ValueError("is not a database's name")
    return name


def checked_redis_uri(text: str) -> str:
    """Check the URI of a server (its path is the database's number) or of a Unix socket."""
    uri = split_uri(text, REDIS_SCHEMES)
    if uri.scheme == "unix":
        if not uri.path.removeprefix("/") or uri.hosts:
            raise ValueError("has no path of a socket")
        return text
    split_host(uri.hosts, REDIS_PORT)
    database = uri.path.removeprefix("/")
    if database and not (database.isascii() and database.isdigit()):
        raise ValueError("has a path that is not the number of a database")
    return text


def redis_uri(host: str, password: str) -> str:
    """The URI for `host` or `host:port`, and a password or the empty string."""
    name, port = split_host(host, REDIS_PORT)
    user = f":{quote(password, safe='')}@" if password else ""
    return f"redis://{user}{bracketed(name)}:{port}/0"


def _is_socket(host: str) -> bool:
    return host.lower().startswith("%2f") and host.endswith(".sock")
