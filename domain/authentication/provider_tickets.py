"""What ties a sign-in at a provider to the one who began it.

Who begins gets a ticket, a secret that nobody else has: not the provider, and not a store. The
state (against forged answers), the nonce (against injected codes) and the verifier of PKCE are all
derived from it. So an answer can be handed in by who has the ticket alone: a browser by a cookie,
another client by keeping it. Who reads a store, a log or the address of an answer can't finish what
somebody else began.
"""

import base64
import hmac
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_urlsafe
from uuid import UUID

from domain.authentication.entities import SECRET_SIZE
from domain.authentication.provider_errors import ProviderSignInRefused
from domain.authentication.providers import Proofs

_ID_SIZE = 16
# 64 characters of base64url, without padding.
_STATE_SIZE = _ID_SIZE + 32


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class ProviderAnswer:
    """What comes back from a provider, and the ticket of who hands it in.

    No text form of it shows a secret.
    """

    provider: str
    state: str
    code: str
    issuer: str | None
    ticket: str


def new_ticket() -> str:
    """Make one that nobody can guess."""
    return token_urlsafe(SECRET_SIZE)


def proofs_of(ticket: str, challenge_id: UUID) -> Proofs:
    """Give the proofs of the sign-in with this id."""
    return Proofs(
        state=_text(challenge_id.bytes + _derived(ticket, challenge_id, "state")),
        nonce=_text(_derived(ticket, challenge_id, "nonce")),
        verifier=_text(_derived(ticket, challenge_id, "verifier")),
    )


def challenge_of(answer: ProviderAnswer) -> tuple[UUID, Proofs]:
    """Give the id and the proofs of the sign-in that an answer with its ticket belongs to.

    Raises ProviderSignInRefused where the one does not belong to the other.
    """
    try:
        read = base64.b64decode(answer.state.encode("ascii"), b"-_", validate=True)
        ticket = answer.ticket.encode("ascii").decode()
    except ValueError:
        raise ProviderSignInRefused("a state or a ticket that is none") from None
    if len(read) != _STATE_SIZE:
        raise ProviderSignInRefused("a state that is none")
    challenge_id = UUID(bytes=read[:_ID_SIZE])
    proofs = proofs_of(ticket, challenge_id)
    if not hmac.compare_digest(proofs.state.encode(), answer.state.encode()):
        raise ProviderSignInRefused("a state of another's ticket")
    return challenge_id, proofs


def hash_of_state(state: str) -> str:
    """Give what is kept of a state: the store does not do to make one."""
    return sha256(state.encode()).hexdigest()


def _derived(ticket: str, challenge_id: UUID, use: str) -> bytes:
    return hmac.digest(ticket.encode(), f"{use} {challenge_id}".encode(), "sha256")


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
