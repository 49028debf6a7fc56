"""The settings of who may call: hosts and origins."""

import pytest

from service.settings import Settings, SettingsError, load_settings
from service.settings.hosts import LOCAL_HOSTS
from service.settings.report import shown_settings


def load(**environ: str) -> Settings:
    return load_settings(environ, dotenv=None)


def problem(**environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load(**environ)
    (line,) = caught.value.problems
    return line


def test_outside_production_only_local_hosts_are_allowed() -> None:
    assert load().allowed_hosts == LOCAL_HOSTS
    assert load(FLASK_CONFIG="testing").allowed_hosts == LOCAL_HOSTS


@pytest.mark.parametrize(
    "text,hosts",
    [
        ("api.example.org", ("api.example.org",)),
        ("API.Example.org", ("api.example.org",)),
        ("xn--bcher-kva.example, *.example.org", ("xn--bcher-kva.example", "*.example.org")),
        ("web,my_service", ("web", "my_service")),
        ("10.1.2.3,10.0.0.0/8", ("10.1.2.3/32", "10.0.0.0/8")),
        ("::1,[2001:db8::7],2001:db8::/32", ("::1/128", "2001:db8::7/128", "2001:db8::/32")),
        ("*", ("*",)),
    ],
)
def test_hosts(text: str, hosts: tuple[str, ...]) -> None:
    assert load(FLASK_ALLOWED_HOSTS=text).allowed_hosts == hosts


@pytest.mark.parametrize(
    "text,wrong",
    [
        ("api.example.org:8000", "api.example.org:8000"),
        ("https://api.example.org", "https://api.example.org"),
        ("a..b", "a..b"),
        ("-a.org", "-a.org"),
        (".example.org", ".example.org"),
        ("a.*.org", "a.*.org"),
        ("bücher.example", "bücher.example"),
        ("10.0.0.1/8", "10.0.0.1/8"),
        ("256.0.0.1", "256.0.0.1"),
        ("a.org,", ""),
        ("a org", "a org"),
    ],
)
def test_what_is_no_host_is_named(text: str, wrong: str) -> None:
    line = problem(FLASK_ALLOWED_HOSTS=text)
    assert line.startswith(f"FLASK_ALLOWED_HOSTS has {wrong!r}, which is no host; expected names")


def test_origins() -> None:
    text = "https://app.example.org, http://localhost:3000,https://[::1]:8443"
    assert load(FLASK_CORS_ORIGINS=text).cors_origins == (
        "https://app.example.org",
        "http://localhost:3000",
        "https://[::1]:8443",
    )


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "null",
        "app.example.org",
        "https://app.example.org/",
        "https://*.example.org",
        "https://App.example.org",
        "https://user@app.example.org",
        "ftp://app.example.org",
        "https://app.example.org:443",
        "http://app.example.org:80",
        "https://app.example.org:08",
        "https://app.example.org,",
    ],
)
def test_what_no_browser_sends_as_origin_is_named(text: str) -> None:
    line = problem(FLASK_CORS_ORIGINS=text)
    assert line.startswith("FLASK_CORS_ORIGINS has '")
    assert line.endswith("expected origins like https://app.example.org, separated by commas")


def test_credentials_without_origins_are_a_slip() -> None:
    line = problem(FLASK_CORS_CREDENTIALS="1")
    assert line == "FLASK_CORS_CREDENTIALS is on without FLASK_CORS_ORIGINS; expected both"


def test_lists_are_shown_as_they_are_written() -> None:
    settings = load(FLASK_ALLOWED_HOSTS="a.org, b.org")
    origins = {str(it.validation_alias): "" for it in Settings.model_fields.values()}
    shown = {each.name: each.value for each in shown_settings(settings, origins)}
    assert (shown["FLASK_ALLOWED_HOSTS"], shown["FLASK_CORS_ORIGINS"]) == ("a.org,b.org", None)
