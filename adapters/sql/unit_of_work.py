"""The unit of work over any SQL technology."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from adapters.sql.accesses import SQLAccesses
from adapters.sql.accounts import SQLAccounts, SQLPasswords
from adapters.sql.api_keys import SQLApiKeys
from adapters.sql.authors import SQLAuthors
from adapters.sql.books import SQLBooks
from adapters.sql.challenges import SQLChallenges
from adapters.sql.connection import Connection, Database
from adapters.sql.identities import SQLIdentities
from adapters.sql.kept_answers import SQLKeptAnswers
from adapters.sql.mails import SQLMails
from adapters.sql.one_time_tokens import SQLOneTimeTokens
from adapters.sql.outbox import SQLOutbox
from adapters.sql.passkeys import SQLPasskeys
from adapters.sql.second_factors import SQLRecoveryCodes, SQLTOTPSecrets
from adapters.sql.sessions import SQLSessions
from adapters.sql.transactions import repeated, transaction

Result = TypeVar("Result")
Store = TypeVar("Store")


class _Store(Generic[Store]):
    """A store over the connection, made when it is asked for: most units need two or three."""

    def __init__(self, make: Callable[[Connection], Store]) -> None:
        self._make = make

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, stores: "SQLStores", _owner: type) -> Store:
        store = self._make(stores.connection)
        # From now on this is what Python finds under the name, before it looks at the class.
        vars(stores)[self._name] = store
        return store


class SQLStores:
    """The stores that share one connection. A new resource adds its line here."""

    accesses = _Store(SQLAccesses)
    accounts = _Store(SQLAccounts)
    api_keys = _Store(SQLApiKeys)
    authors = _Store(SQLAuthors)
    books = _Store(SQLBooks)
    challenges = _Store(SQLChallenges)
    identities = _Store(SQLIdentities)
    kept_answers = _Store(SQLKeptAnswers)
    mails = _Store(SQLMails)
    one_time_tokens = _Store(SQLOneTimeTokens)
    outbox = _Store(SQLOutbox)
    passkeys = _Store(SQLPasskeys)
    passwords = _Store(SQLPasswords)
    pending_events = _Store(SQLOutbox)
    pending_mails = _Store(SQLMails)
    recovery_codes = _Store(SQLRecoveryCodes)
    sessions = _Store(SQLSessions)
    totp_secrets = _Store(SQLTOTPSecrets)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection


class SQLUnitOfWork:
    """Runs units in transactions; `on_events` is called after a commit that left events.

    `on_mails` likewise, after one that left mails.
    """

    def __init__(
        self,
        database: Database,
        on_events: Callable[[], None],
        on_mails: Callable[[], None] = lambda: None,
    ) -> None:
        self._database = database
        self._on_events = on_events
        self._on_mails = on_mails

    async def run(self, unit: Callable[[SQLStores], Awaitable[Result]]) -> Result:
        """Run `unit` in a transaction, again where the store aborts it."""
        return await repeated(lambda: self._run_once(unit))

    async def read(self, query: Callable[[SQLStores], Awaitable[Result]]) -> Result:
        """Run `query` outside a transaction, again where its connection is lost."""
        return await repeated(lambda: self._read_once(query))

    async def _run_once(self, unit: Callable[[SQLStores], Awaitable[Result]]) -> Result:
        async with transaction(self._database) as connection:
            stores = SQLStores(connection)
            result = await unit(stores)
        if stores.outbox.has_added:
            self._on_events()
        if stores.mails.has_added:
            self._on_mails()
        return result

    async def _read_once(self, query: Callable[[SQLStores], Awaitable[Result]]) -> Result:
        async with self._database.reading() as connection:
            return await query(SQLStores(connection))
