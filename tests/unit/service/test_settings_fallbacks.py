"""The secrets that FLASK_SECRET_KEY was before."""

import json

import pytest

from service.settings import Settings, SettingsError, load_settings, load_with_origins
from service.settings.report import shown_settings

FALLBACKS = "FLASK_SECRET_KEY_FALLBACKS"
KEY = "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe"
OLD, OLDER = KEY[::-1], KEY.swapcase()
PRODUCTION = {
    "FLASK_CONFIG": "production",
    "FLASK_ALLOWED_HOSTS": "api.example.org",
    "FLASK_ALLOW_EMBEDDED": "1",
}


def load(*fallbacks: str, **environ: str) -> Settings:
    given = {"FLASK_SECRET_KEY": KEY, FALLBACKS: json.dumps(fallbacks), **environ}
    return load_settings(given, dotenv=None)


def problem(text: str, **environ: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings({"FLASK_SECRET_KEY": KEY, FALLBACKS: text, **environ}, dotenv=None)
    (line,) = caught.value.problems
    assert "hunter2" not in line
    return line


def test_without_any_there_is_the_one_secret() -> None:
    settings = load_settings({"FLASK_SECRET_KEY": KEY}, dotenv=None)

    assert settings.secret_key_fallbacks is None
    assert settings.secret_keys == (KEY,)


@pytest.mark.parametrize("profile", [{}, PRODUCTION], ids=["development", "production"])
def test_they_stand_behind_the_secret_in_their_order(profile: dict[str, str]) -> None:
    assert load(OLD, OLDER, **profile).secret_keys == (KEY, OLD, OLDER)


def test_no_text_shows_them() -> None:
    settings, origins = load_with_origins({FALLBACKS: json.dumps([OLD])}, None)

    (shown,) = [it for it in shown_settings(settings, origins) if it.name == FALLBACKS]
    assert (shown.value, shown.origin) == ("****", "environment")
    assert OLD not in repr(settings) + str(settings)


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        '"hunter2"',
        '{"hunter2": 1}',
        "[]",
        '["hunter2", ""]',
        '["hunter2", 7]',
        r'["hunter2\ud800"]',
        json.dumps([f"hunter2 {number}" for number in range(11)]),
        "[" * 100_000,
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_list_of_secrets_is_told_without_them(text: str) -> None:
    line = problem(text)

    assert line.startswith(f"{FALLBACKS} is no JSON list of 1 to 10 texts; expected ")


def test_a_secret_stands_there_once() -> None:
    assert problem(json.dumps([OLD, OLD])).startswith(f"{FALLBACKS} has a key twice; ")
    assert problem(json.dumps([OLD, KEY])) == (
        f"{FALLBACKS} has FLASK_SECRET_KEY itself; expected those of before alone"
    )


@pytest.mark.parametrize(
    "weak,fault",
    [("hunter2", "is too short"), ("change-me" * 9, "is a default"), ("x" * 32, "repeats")],
)
def test_production_takes_no_weak_one(weak: str, fault: str) -> None:
    assert load(OLD, weak)

    line = problem(json.dumps([OLD, weak]), **PRODUCTION)

    assert line.startswith(f"{FALLBACKS} has a key, number 2, that {fault}")
    assert weak not in line
