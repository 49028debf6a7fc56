"""What second factors and passkeys ask of the outside."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.authentication.challenges import Challenges
from domain.authentication.factors import Credential, Passkey, TOTPSecret
from domain.authentication.identities import Identities
from domain.authentication.ports import AuthenticationStores


class Sealer(Protocol):
    """Encrypts what a store must not give away, and notices what was changed or moved."""

    def seal(self, data: bytes, purpose: str, owner: UUID) -> bytes:
        """Give what only `unseal` can read, for the same purpose and owner."""
        ...

    def unseal(self, sealed: bytes, purpose: str, owner: UUID) -> bytes:
        """Give what was sealed; raises CorruptedValue for what was not, or by another key."""
        ...


class TOTPSecrets(Protocol):
    """The secret for codes of each account, which has at most one."""

    async def get(self, account_id: UUID) -> TOTPSecret | None:
        """Give it, or None."""
        ...

    async def get_for_change(self, account_id: UUID) -> TOTPSecret | None:
        """Give it, or None; nobody else can change it before this unit of work ends."""
        ...

    async def put(self, secret: TOTPSecret, now: datetime) -> None:
        """Keep it in place of another one; the account must exist."""
        ...

    async def remove(self, account_id: UUID) -> bool:
        """Forget it; tells whether there was one."""
        ...

    async def purge_unconfirmed(self, created_before: datetime, limit: int) -> int:
        """Forget at most `limit` that were created before then and never confirmed; oldest first.

        Gives how many.
        """
        ...


class RecoveryCodes(Protocol):
    """The hashes of the recovery codes that each account has left."""

    async def replace(self, account_id: UUID, hashes: Sequence[bytes], now: datetime) -> None:
        """Keep these, of 32 bytes each, in place of all others; the account must exist."""
        ...

    async def use(self, account_id: UUID, hashed: bytes) -> bool:
        """Forget one; tells whether it was there. Of several at once, one is told so."""
        ...

    async def count(self, account_id: UUID) -> int:
        """Tell how many are left."""
        ...


class Passkeys(Protocol):
    """The passkeys of all accounts."""

    async def add(self, passkey: Passkey) -> None:
        """Keep a new one; its account must exist. Raises Conflict when its credential is kept."""
        ...

    async def find_for_change(self, credential_id: bytes) -> Passkey | None:
        """Give the one of a credential, or None; nobody else can change it before the end."""
        ...

    async def of(self, account_id: UUID) -> list[Passkey]:
        """Give those of an account, oldest first."""
        ...

    async def used(self, passkey_id: UUID, sign_count: int, now: datetime) -> None:
        """Keep what its authenticator counted, and when."""
        ...

    async def remove(self, account_id: UUID, passkey_id: UUID) -> bool:
        """Forget one of an account's; tells whether it was there."""
        ...


class FactorStores(AuthenticationStores, Protocol):
    """The stores of second factors that share a unit of work with those of authentication."""

    @property
    def totp_secrets(self) -> TOTPSecrets:
        """The secrets for codes."""
        ...

    @property
    def recovery_codes(self) -> RecoveryCodes:
        """The recovery codes that are left."""
        ...

    @property
    def passkeys(self) -> Passkeys:
        """The passkeys."""
        ...

    @property
    def identities(self) -> Identities:
        """Who the accounts are at providers."""
        ...

    @property
    def challenges(self) -> Challenges:
        """The challenges that wait."""
        ...


class PasskeyVerifier(Protocol):
    """WebAuthn, as the party that people sign in to.

    Options and responses are JSON values, as `PublicKeyCredential` of browsers reads and gives
    them (WebAuthn level 3, 5.1). The user must have been verified, by a PIN or a look at a finger,
    so a passkey is two factors in one.
    """

    def registration_options(
        self, account_id: UUID, email: str, challenge: bytes, known: Sequence[Credential]
    ) -> Mapping[str, object]:
        """Give what a browser needs to make a passkey, by no authenticator that has a known one."""
        ...

    def verify_registration(self, response: Mapping[str, object], challenge: bytes) -> Credential:
        """Give the credential that was made; raises InvalidPasskey."""
        ...

    def sign_in_options(self, challenge: bytes) -> Mapping[str, object]:
        """Give what a browser needs to sign in by whichever passkey its user chooses."""
        ...

    def claim(self, response: Mapping[str, object]) -> tuple[bytes, UUID]:
        """Give the credential and the account that a response claims to be of; nothing is proved.

        Raises InvalidPasskey for no such response.
        """
        ...

    def verify_sign_in(
        self, response: Mapping[str, object], challenge: bytes, credential: Credential
    ) -> int:
        """Give the count of the authenticator; raises InvalidPasskey, also for one that went back.

        A count that does not rise tells of a copied key.
        """
        ...
