"""What was sealed comes back for its purpose and its owner alone."""

from uuid import UUID

import pytest

from adapters.security.keys import derived_keys
from adapters.security.sealer import AESSealer
from domain.errors import CorruptedValue

SEALER = AESSealer(derived_keys(["secret"], "sealing"))
OTHER = AESSealer(derived_keys(["other secret"], "sealing"))
ANN, BEN = UUID(int=1), UUID(int=2)
DATA = b"twenty bytes of data"


def test_what_was_sealed_comes_back() -> None:
    assert SEALER.unseal(SEALER.seal(DATA, "totp", ANN), "totp", ANN) == DATA


def test_nothing_shows_what_was_sealed_nor_that_it_was_the_same() -> None:
    sealed = [SEALER.seal(DATA, "totp", ANN) for _ in range(2)]

    assert sealed[0] != sealed[1]
    assert not any(DATA in it for it in sealed)


@pytest.mark.parametrize(
    "sealer, purpose, owner",
    [
        (SEALER, "totp", BEN),
        (SEALER, "other", ANN),
        (OTHER, "totp", ANN),
    ],
    ids=["owner", "purpose", "key"],
)
def test_it_comes_back_for_nothing_else(sealer: AESSealer, purpose: str, owner: UUID) -> None:
    sealed = SEALER.seal(DATA, "totp", ANN)

    with pytest.raises(CorruptedValue):
        sealer.unseal(sealed, purpose, owner)


def test_no_bit_of_it_can_be_changed_and_none_left_out() -> None:
    sealed = SEALER.seal(DATA, "totp", ANN)
    changed = [
        sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))
    ]

    for other in [*changed, *(sealed[:size] for size in range(len(sealed)))]:
        with pytest.raises(CorruptedValue, match="FLASK_SECRET_KEY"):
            SEALER.unseal(other, "totp", ANN)


def test_keys_are_changed_and_what_was_sealed_is_read_still() -> None:
    both = AESSealer(derived_keys(["other secret", "secret"], "sealing"))

    assert both.unseal(SEALER.seal(DATA, "totp", ANN), "totp", ANN) == DATA
    assert OTHER.unseal(both.seal(DATA, "totp", ANN), "totp", ANN) == DATA
    with pytest.raises(CorruptedValue):
        both.unseal(SEALER.seal(DATA, "totp", ANN), "totp", BEN)
