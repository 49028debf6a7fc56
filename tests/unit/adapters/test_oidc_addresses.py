"""Which addresses of a provider may be asked."""

import pytest

from adapters.oidc.addresses import is_safe


@pytest.mark.parametrize(
    "url",
    ["https://acme.test", "https://acme.test:8443/a?b=c", "https://127.0.0.1/", "https://[::1]"],
)
@pytest.mark.parametrize("loopback", [False, True])
def test_with_tls_each_may(url: str, *, loopback: bool) -> None:
    assert is_safe(url, loopback=loopback)


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:9000/",
        "http://a.localhost",
        "http://127.0.0.1:9000/keys",
        "http://127.1.2.3",
        "http://[::1]:9000",
    ],
)
def test_without_tls_this_machine_may_where_that_is_allowed(url: str) -> None:
    assert is_safe(url, loopback=True)
    assert not is_safe(url, loopback=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "acme.test",
        "//acme.test",
        "http://acme.test",
        "http://localhost.acme.test",
        "http://127.0.0.1.acme.test",
        "http://127.0.0.1@acme.test",
        "http://10.0.0.1",
        "http://0.0.0.0",
        "http://169.254.169.254/latest/meta-data",
        "http://[::ffff:10.0.0.1]",
        "https://",
        "https:///keys",
        "https://user@acme.test",
        "https://user:password@acme.test",
        "https://acme.test/#fragment",
        "https://acme.test:99999",
        "ftp://127.0.0.1",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://[::1",
        "https://acme\n.test",
    ],
)
def test_nothing_else_may(url: str) -> None:
    assert not is_safe(url, loopback=True)
