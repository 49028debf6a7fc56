"""The providers that people may sign in with."""

import json
from typing import Any

import pytest

from service.settings import Settings, SettingsError, load_settings, load_with_origins
from service.settings.report import shown_settings

PROVIDERS = "FLASK_OIDC_PROVIDERS"
SECRET = "hunter2-hunter2"
ACME: dict[str, Any] = {
    "name": "acme",
    "issuer": "https://id.acme.test",
    "clientId": "imflask",
    "clientSecret": SECRET,
}
PRODUCTION = {
    "FLASK_CONFIG": "production",
    "FLASK_SECRET_KEY": "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe",
    "FLASK_ALLOWED_HOSTS": "api.example.org",
    "FLASK_ALLOW_EMBEDDED": "1",
    "FLASK_PUBLIC_URL": "https://api.example.org",
}


def load(*providers: object, **environ: str) -> Settings:
    return load_settings({PROVIDERS: json.dumps(providers), **environ}, dotenv=None)


def problem(text: str, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings({PROVIDERS: text, **environ}, dotenv=None)
    (line,) = caught.value.problems
    assert SECRET not in line
    return line


def test_none_are_the_default() -> None:
    assert load_settings({}, dotenv=None).oidc_providers is None


def test_providers_are_read_in_order() -> None:
    other = {
        **ACME,
        "name": "other-1",
        "issuer": "http://127.0.0.1:9000/realm",
        "scopes": ["openid"],
        "redirectUri": "https://app.example.org/back",
    }

    settings = load(ACME, other)

    assert settings.oidc_providers is not None
    first, second = settings.oidc_providers.providers
    assert (first.name, first.issuer, first.client_id) == ("acme", ACME["issuer"], "imflask")
    assert first.client_secret.get_secret_value() == SECRET
    assert first.scopes == ("openid", "email", "profile")
    assert (first.redirect_uri, first.is_local) == (None, False)
    assert (second.scopes, second.is_local) == (("openid",), True)
    assert second.redirect_uri == "https://app.example.org/back"


def test_no_text_shows_a_secret() -> None:
    environ = {PROVIDERS: json.dumps([ACME])}
    settings, origins = load_with_origins(environ, None)

    (shown,) = [it for it in shown_settings(settings, origins) if it.name == PROVIDERS]
    assert shown.value == "acme (https://id.acme.test, imflask:****)"
    assert SECRET not in repr(settings)
    assert SECRET not in str(settings)


@pytest.mark.parametrize(
    "text,reason",
    [
        (SECRET, "is not JSON"),
        ("[" * 100_000, "is not JSON"),
        (json.dumps(ACME), "is no list"),
        ("[]", "is no list"),
        (json.dumps([ACME] * 21), "is no list"),
        (json.dumps([SECRET]), "number 1, whose "),
        (json.dumps([ACME, {}]), "number 2, whose name: Field required"),
        (json.dumps([ACME, ACME]), "two providers of one name"),
        (json.dumps([ACME, {**ACME, "name": "b"}]), "two providers of one issuer"),
        (
            json.dumps(
                [
                    {**ACME, "redirectUri": "https://a.test"},
                    {
                        **ACME,
                        "name": "b",
                        "issuer": "https://b.test",
                        "redirectUri": "https://a.test",
                    },
                ]
            ),
            "two providers of one redirectUri",
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_list_that_does_not_fit(text: str, reason: str) -> None:
    line = problem(text)

    assert line.startswith(f"{PROVIDERS} ")
    assert reason in line
    assert line.endswith(
        "expected a JSON list of objects with name, issuer, clientId and clientSecret"
    )


@pytest.mark.parametrize(
    "member,value",
    [
        ("name", "Acme"),
        ("name", ""),
        ("name", "a/b"),
        ("name", "a" * 33),
        ("name", 7),
        ("issuer", "id.acme.test"),
        ("issuer", "http://id.acme.test"),
        ("issuer", "http://localhost.acme.test"),
        ("issuer", "http://127.0.0.1@acme.test"),
        ("issuer", "https://user:password@acme.test"),
        ("issuer", "https://acme.test?tenant=1"),
        ("issuer", "https://acme.test#fragment"),
        ("issuer", "https://acme.test/" + "a" * 250),
        ("issuer", "https://acmé.test"),
        ("issuer", None),
        ("clientId", ""),
        ("clientId", "a\nb"),
        ("clientSecret", ""),
        ("clientSecret", 7),
        ("scopes", ["email"]),
        ("scopes", ["openid", "two words"]),
        ("scopes", "openid"),
        ("redirectUri", "http://app.example.org"),
        ("redirectUri", "javascript:alert(1)"),
        ("unknown", "x"),
    ],
)
def test_a_provider_that_does_not_fit(member: str, value: object) -> None:
    line = problem(json.dumps([{**ACME, member: value}]))

    assert f"{PROVIDERS} has a provider, number 1, whose {member}" in line


def test_production_takes_providers_that_are_reached_by_tls() -> None:
    assert load(ACME, **PRODUCTION).oidc_providers is not None
    local = json.dumps([{**ACME, "issuer": "http://localhost:9000"}])

    assert "has acme without TLS; expected https in production" in problem(local, **PRODUCTION)


def test_production_has_to_be_found_by_those_who_come_back() -> None:
    environ = {**PRODUCTION, "FLASK_PUBLIC_URL": "http://api.example.org"}

    assert problem(json.dumps([ACME]), **environ).startswith("FLASK_PUBLIC_URL is no address")
    assert load({**ACME, "redirectUri": "https://app.example.org/back"}, **environ)


@pytest.mark.parametrize("own", [{}, {"redirectUri": "https://app.example.org/back"}])
def test_production_with_providers_says_where_it_is(own: dict[str, str]) -> None:
    environ = {**PRODUCTION, "FLASK_PUBLIC_URL": ""}

    assert problem(json.dumps([{**ACME, **own}]), **environ) == (
        "FLASK_PUBLIC_URL is not set; expected where people find the service, in production "
        "with FLASK_OIDC_PROVIDERS, who send people back there"
    )


def test_production_without_mails_and_providers_needs_no_address() -> None:
    assert load_settings({**PRODUCTION, "FLASK_PUBLIC_URL": ""}, dotenv=None)
