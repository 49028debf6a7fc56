from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from service.settings.flags import parse_flag
from service.settings.uris import MASK, Uri, bracketed, split_host, split_uri

SCHEMES = frozenset({"mysql", "mysql+aiomysql", "mysql+pymysql", "mariadb"})
PARAMETERS = frozenset({"charset", "ssl", "ssl_ca", "unix_socket"})
PORT = 3306


@dataclass(frozen=True, slots=True, kw_only=True)
class MySQLAddress:
    """A MySQL or MariaDB database and who asks for it; `str()` is a URI without the password.

    Where `unix_socket` (a path) is given, `host` and `port` are not used. `ssl_ca` is the path of
    the certificates to trust; None trusts the system's.
    """

    host: str
    port: int
    user: str
    password: SecretStr = field(repr=False)
    database: str
    unix_socket: str | None
    ssl: bool
    ssl_ca: str | None

    def __str__(self) -> str:
        password = f":{MASK}" if self.password else ""
        place = f"{bracketed(self.host)}:{self.port}/{quote(self.database, safe='')}"
        query = urlencode(self._options(), safe="/")
        return f"mysql://{quote(self.user, safe='')}{password}@{place}{'?' if query else ''}{query}"

    def _options(self) -> dict[str, str]:
        options = {
            "unix_socket": self.unix_socket,
            "ssl": "true" if self.ssl else None,
            "ssl_ca": self.ssl_ca,
        }
        return {name: value for name, value in options.items() if value}


def parse_mysql_uri(text: str) -> MySQLAddress:
    """Read an address, or raise ValueError with a reason that quotes no secret."""
    uri = split_uri(text, SCHEMES)
    if not uri.user:
        raise ValueError("has no user")
    # Checked before the parameters: a reason may quote their names, and only in a URI whose other
    # parts are right can they not be a piece of a password.
    host, port = _host_and_port(uri)
    database = _database(uri)
    options = _parameters(uri)
    return MySQLAddress(
        host=host,
        port=port,
        user=uri.user,
        password=SecretStr(uri.password),
        database=database,
        unix_socket=options.get("unix_socket"),
        ssl=_ssl(options),
        ssl_ca=options.get("ssl_ca"),
    )


def _host_and_port(uri: Uri) -> tuple[str, int]:
    has_socket = any(name == "unix_socket" for name, _ in uri.query)
    return split_host(uri.hosts or ("localhost" if has_socket else ""), PORT)


def _database(uri: Uri) -> str:
    name = uri.path.removeprefix("/")
    if not name:
        raise ValueError("has no database name")
    if "/" in name:
        raise ValueError("has more than a database name behind the host")
    return name


def _parameters(uri: Uri) -> dict[str, str]:
    options = dict(uri.query)
    if len(options) < len(uri.query):
        raise ValueError("has a query parameter twice")
    for name, value in options.items():
        if name not in PARAMETERS:
            raise ValueError(f"has the unknown query parameter {name!r}")
        if not value:
            raise ValueError(f"has the query parameter {name!r} without a value")
    if options.get("charset", "utf8mb4").lower() != "utf8mb4":
        raise ValueError("has a charset that is not utf8mb4")
    return options


def _ssl(options: dict[str, str]) -> bool:
    if "ssl" not in options:
        return "ssl_ca" in options
    try:
        ssl = parse_flag(options["ssl"])
    except ValueError:
        raise ValueError("has an ssl that is neither true nor false") from None
    if "ssl_ca" in options and not ssl:
        raise ValueError("has ssl_ca, yet ssl is off")
    return ssl
