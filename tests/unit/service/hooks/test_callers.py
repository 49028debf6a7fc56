import pytest

from service.hooks.callers import NOBODY_KNOWN, caller_at


@pytest.mark.parametrize(
    "address,caller",
    [
        ("192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:50123", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:DB8:1:2::7", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]:50123", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::7]", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::7", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::1", "::/64"),
    ],
)
def test_an_address_names_its_client(address: str, caller: str) -> None:
    assert caller_at(address) == caller


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "unix:",
        "/run/imflask.sock",
        "unknown",
        "_hidden",
        "300.1.1.1",
        "a" * 9999,
        "[",
        ":",
    ],
)
def test_what_is_no_address_is_one_client(address: str | None) -> None:
    assert caller_at(address) == NOBODY_KNOWN
