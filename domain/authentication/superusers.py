"""Administrators who are made without a mail: the first one, above all."""

from domain.accounts.entities import Account
from domain.accounts.values import email_address
from domain.authentication.account_changes import AccountUseCases
from domain.authentication.entities import Access
from domain.authentication.events import ACCOUNT_CREATED
from domain.authentication.passwords import check_password
from domain.authentication.ports import AuthenticationStores, PasswordHasher
from domain.callers import requires
from domain.permissions import Permission, Role
from domain.ports import Cache, Clock, Identifiers, UnitOfWork


class Superusers(AccountUseCases):
    """The use-case of whoever has the command line."""

    def __init__(
        self,
        unit_of_work: UnitOfWork[AuthenticationStores],
        access_cache: Cache[Access],
        clock: Clock,
        identifiers: Identifiers,
        hasher: PasswordHasher,
    ) -> None:
        super().__init__(unit_of_work, access_cache, clock, identifiers)
        self._hasher = hasher

    @requires(Permission.CHANGE_ACCOUNTS)
    async def create(self, email: str, password: str) -> Account:
        """Add an administrator, whose address is taken for verified.

        Raises InvalidValue, for a password as for that of any account, and EmailTaken; so nobody
        gets a new password by it, however often it is repeated.
        """
        address = email_address(email)
        check_password(password, address)
        hashed, now = await self._hasher.hash(password), self._clock.now()
        account = Account(
            id=self._identifiers.new(),
            email=address,
            name=None,
            role=Role.ADMIN,
            verified_at=now,
            disabled_at=None,
            version=1,
            created_at=now,
            updated_at=now,
        )

        async def create(stores: AuthenticationStores) -> Account:
            await stores.accounts.add(account)
            await stores.passwords.put(account.id, hashed, now)
            event = self._event(ACCOUNT_CREATED, account.id, now, role=account.role)
            await stores.outbox.add(event)
            return account

        return await self._run_and_forget(account.id, create)
