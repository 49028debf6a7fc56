"""Device tokens: which are known again."""

from datetime import timedelta
from uuid import UUID

from adapters.memory.clock import FixedClock
from adapters.security.device_tokens import LIFE, HMACDeviceTokens
from domain.authentication.entities import KnownDevice

KEY, OTHER = b"k" * 32, b"K" * 32
DEVICE = KnownDevice(id=UUID(int=1), account_id=UUID(int=2**128 - 1))
SECOND = timedelta(seconds=1)


def test_a_token_is_that_of_its_device_for_its_life() -> None:
    clock = FixedClock()
    tokens = HMACDeviceTokens([KEY], clock)

    token = tokens.issue(DEVICE)

    assert token.startswith("dt_")
    assert tokens.read(token) == DEVICE
    clock.advance(LIFE)
    assert tokens.read(token) == DEVICE
    clock.advance(SECOND)
    assert tokens.read(token) is None


def test_any_byte_that_differs_makes_it_no_token() -> None:
    tokens = HMACDeviceTokens([KEY], FixedClock())
    token = tokens.issue(DEVICE)

    for place in range(len(token)):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert tokens.read(other) is None


def test_what_another_key_signed_or_nobody_is_no_token() -> None:
    tokens = HMACDeviceTokens([KEY], FixedClock())
    token = tokens.issue(DEVICE)

    assert HMACDeviceTokens([OTHER], FixedClock()).read(token) is None
    for text in ("", "dt_", token[3:], token + "A", token[:-1], "dt_é", "dt_" + "A" * 100_000):
        assert tokens.read(text) is None


def test_keys_are_changed_and_devices_known_still() -> None:
    by_old = HMACDeviceTokens([KEY], FixedClock()).issue(DEVICE)
    both = HMACDeviceTokens([OTHER, KEY], FixedClock())

    assert both.read(by_old) == DEVICE
    assert HMACDeviceTokens([OTHER], FixedClock()).read(both.issue(DEVICE)) == DEVICE
