"""Who wants to change a credential proves anew who they are."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Confirmation:
    """What somebody proves it with. No text form of it shows a secret."""

    password: str | None = None
    code: str | None = None


class Confirmations(Protocol):
    """Judges confirmations, as often as one may guess."""

    async def confirm(self, account_id: UUID, confirmation: Confirmation) -> None:
        """Return where it holds; raises ConfirmationRequired, CodesUnusable and TooManyAttempts."""
        ...
