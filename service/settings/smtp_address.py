"""Where mails are handed over, and from whom they are."""

import re
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from service.settings.uris import MASK, Uri, bracketed, split_host, split_uri

# How a connection is encrypted, by the scheme of the address; `tls=none` overrides it.
_TLS = {"smtp": "starttls", "smtps": "implicit"}
_PORTS = {"smtp": 587, "smtps": 465}
_PARAMETERS = frozenset({"ca", "tls"})
_LOCAL = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class SMTPAddress:
    """A server that takes mails; `str()` is a URI without the password.

    `tls` is `implicit`, `starttls` or `none`. `ca` is the path of the certificates to trust; None
    trusts the system's. Without a user nobody signs in.
    """

    host: str
    port: int
    tls: str
    user: str | None
    password: SecretStr | None = field(repr=False)
    ca: str | None

    def __str__(self) -> str:
        scheme = "smtps" if self.tls == "implicit" else "smtp"
        options = {"tls": self.tls if self.tls == "none" else None, "ca": self.ca}
        query = urlencode({name: value for name, value in options.items() if value}, safe="/")
        user = f"{quote(self.user, safe='')}:{MASK}@" if self.user else ""
        place = f"{bracketed(self.host)}:{self.port}"
        return f"{scheme}://{user}{place}{'?' if query else ''}{query}"


def parse_smtp_uri(text: str) -> SMTPAddress:
    """Read an address, or raise ValueError with a reason that quotes no secret."""
    uri = split_uri(text, frozenset(_TLS))
    host, port = split_host(uri.hosts, _PORTS[uri.scheme])
    if uri.path.strip("/"):
        raise ValueError("has a path, which means nothing here")
    if bool(uri.user) != bool(uri.password):
        raise ValueError("has a user without a password, or a password without a user")
    options = _options(uri)
    if options.get("tls") == "none" and uri.user and not _LOCAL.fullmatch(host):
        raise ValueError("has a password that it would send unencrypted (tls=none)")
    return SMTPAddress(
        host=host,
        port=port,
        tls=options.get("tls", _TLS[uri.scheme]),
        user=uri.user or None,
        password=SecretStr(uri.password) if uri.password else None,
        ca=options.get("ca"),
    )


def _options(uri: Uri) -> dict[str, str]:
    options = dict(uri.query)
    if len(options) < len(uri.query):
        raise ValueError("has a query parameter twice")
    for name, value in options.items():
        if name not in _PARAMETERS:
            raise ValueError(f"has the unknown query parameter {name!r}")
        if not value:
            raise ValueError(f"has the query parameter {name!r} without a value")
    if options.get("tls", "none") != "none" or ("tls" in options and uri.scheme == "smtps"):
        raise ValueError("has a tls that is not none, or stands behind smtps://")
    return options


@dataclass(frozen=True, slots=True)
class MailSender:
    """From whom mails are: an address, and a name to show with it."""

    address: str
    name: str

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def parse_mail_sender(text: str) -> MailSender:
    """Read `name@example.org` or `A name <name@example.org>`; raises ValueError."""
    name, address = parseaddr(text)
    local, _, host = address.rpartition("@")
    if not (local and host and text.isprintable()) or re.search(r"[\s<>\"]", address):
        raise ValueError(f"is {text!r}")
    return MailSender(address, name)
