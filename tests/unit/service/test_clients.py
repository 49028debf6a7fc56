"""What a request tells of where it comes from."""

import pytest
from flask import Flask, request

from domain.authentication.entities import Client
from service.clients import client_of

LONG = "Mozilla/5.0 " + "é" * 300


@pytest.mark.parametrize(
    "address,told,network",
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("[2001:db8::1]:80", "2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::1", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7", "192.0.2.7"),
        ("somewhere", "unknown", "unknown"),
        ("", "unknown", "unknown"),
        (None, "unknown", "unknown"),
    ],
)
def test_an_address_fits_where_it_is_kept(address: str | None, told: str, network: str) -> None:
    with Flask("plain").test_request_context(environ_base={"REMOTE_ADDR": address}):
        client = client_of(request)

    assert client == Client(address=told, network=network, device="")
    assert len(client.address) <= 45


@pytest.mark.parametrize(
    "sent,device",
    [
        ("Firefox", "Firefox"),
        ("  a\tb\x7fc\u2028d ", "a b c d"),
        (LONG, LONG[:200]),
        ("", ""),
    ],
)
def test_a_device_is_one_line(sent: str, device: str) -> None:
    environ = {"HTTP_USER_AGENT": sent}
    with Flask("plain").test_request_context(environ_overrides=environ):
        assert client_of(request).device == device
