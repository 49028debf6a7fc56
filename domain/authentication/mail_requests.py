"""How often somebody may ask for a mail, and try what it brought."""

from hashlib import sha256
from math import ceil

from domain.accounts.values import email_key
from domain.authentication.entities import Client
from domain.authentication.errors import TooManyAttempts
from domain.authentication.mails import MailKind
from domain.authentication.one_time_tokens import hash_of
from domain.limits.entities import Charge, Limit
from domain.limits.ports import RateLimiter

# To one address: nobody's mailbox is flooded. Who is at this limit has as many mails already.
BY_ADDRESS = Limit("mail", 5, 3600)
# By one network, which may be that of an office.
BY_NETWORK = Limit("mails", 60, 3600)
# By all together: more would make other mail servers take this one for a sender of junk.
IN_ALL = Limit("allmails", 6000, 3600, burst=1000)

# A token itself can't be guessed; it is tried with a password, which takes time to compare.
TRIES_OF_TOKEN = Limit("token", 10, 3600)
TRIES_BY_NETWORK = Limit("tokens", 200, 3600)

_EVERYBODY = "everybody"


class MailRequests:
    """Counts requests for mails, and tries of their tokens. Each kind of mail is counted apart.

    Nothing is looked up for it, so each address is counted alike.
    """

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    async def asked(self, kind: MailKind, email: str, client: Client) -> None:
        """Count a request for a mail; raises TooManyAttempts."""
        address = sha256(email_key(email).encode()).hexdigest()
        await self._take(
            Charge(BY_ADDRESS, f"{kind}:{address}"),
            Charge(BY_NETWORK, f"{kind}:{client.network}"),
            Charge(IN_ALL, f"{kind}:{_EVERYBODY}"),
        )

    async def tried(self, token: str, client: Client) -> None:
        """Count a try of a token; raises TooManyAttempts."""
        await self._take(
            Charge(TRIES_OF_TOKEN, hash_of(token).hex()), Charge(TRIES_BY_NETWORK, client.network)
        )

    async def _take(self, *charges: Charge) -> None:
        verdicts = await self._limiter.take(charges)
        if not all(verdict.allowed for verdict in verdicts):
            raise TooManyAttempts(ceil(max(verdict.retry_after for verdict in verdicts)))
