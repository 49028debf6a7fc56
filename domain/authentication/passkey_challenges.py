"""What browsers are asked to do with passkeys."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes
from uuid import UUID

from domain.authentication.challenges import Challenge
from domain.authentication.factors import CHALLENGE_LIFE, CHALLENGE_SIZE, Purpose
from domain.ports import Clock

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class PasskeyOptions:
    """What a browser is asked, and under which id its answer is expected."""

    challenge_id: UUID
    public_key: Json


def new_challenge(
    challenge_id: UUID, purpose: Purpose, account_id: UUID | None, clock: Clock
) -> Challenge:
    """Give one that nobody can foresee."""
    now = clock.now()
    return Challenge(
        id=challenge_id,
        purpose=purpose,
        account_id=account_id,
        details={"challenge": token_bytes(CHALLENGE_SIZE).hex()},
        expires_at=now + CHALLENGE_LIFE,
        created_at=now,
    )


def asked(challenge: Challenge) -> bytes:
    """Give what the authenticator signs."""
    return bytes.fromhex(challenge.details["challenge"])
