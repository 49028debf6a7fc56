"""Codes by the time, against the vectors of RFC 6238 and RFC 4226."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from domain.authentication.totp import (
    STEP_SECONDS,
    code_at,
    enrolment_uri,
    matching_step,
    step_at,
    text_of_secret,
)

# RFC 6238, appendix B, and RFC 4226, appendix D.
SECRET = b"12345678901234567890"
NOW = datetime(2026, 3, 4, 5, 6, 10, tzinfo=UTC)
STEP = step_at(NOW)
NONE_USED = 0


@pytest.mark.parametrize(
    "seconds, code",
    [
        (59, "94287082"),
        (1_111_111_109, "07081804"),
        (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"),
        (2_000_000_000, "69279037"),
        (20_000_000_000, "65353130"),
    ],
)
def test_codes_are_the_last_digits_of_those_in_rfc_6238(seconds: int, code: str) -> None:
    now = datetime.fromtimestamp(seconds, UTC)

    assert code_at(SECRET, step_at(now)) == code[-6:]


def test_codes_are_those_of_rfc_4226() -> None:
    codes = "755224 287082 359152 969429 338314 254676 287922 162583 399871 520489"

    assert " ".join(code_at(SECRET, counter) for counter in range(10)) == codes


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_the_code_before_and_the_one_after_are_taken_too(drift: int) -> None:
    assert matching_step(SECRET, code_at(SECRET, STEP + drift), NOW, NONE_USED) == STEP + drift


@pytest.mark.parametrize("drift", [-3, -2, 2, 3])
def test_no_code_of_another_time_is_taken(drift: int) -> None:
    assert matching_step(SECRET, code_at(SECRET, STEP + drift), NOW, NONE_USED) is None


@pytest.mark.parametrize(
    "code", ["", "0", "\N{ARABIC-INDIC DIGIT ZERO}" * 6, "0000000", "not a code"]
)
def test_no_other_text_is_taken(code: str) -> None:
    assert matching_step(SECRET, code, NOW, NONE_USED) is None


def test_a_code_counts_once_and_none_before_it_counts_any_more() -> None:
    codes = [code_at(SECRET, STEP + drift) for drift in (-1, 0, 1)]

    assert [matching_step(SECRET, code, NOW, STEP) for code in codes] == [None, None, STEP + 1]


def test_a_step_has_thirty_seconds() -> None:
    start = NOW - timedelta(seconds=NOW.timestamp() % STEP_SECONDS)

    assert step_at(start) == step_at(start + timedelta(seconds=29, microseconds=999_999))
    assert step_at(start + timedelta(seconds=30)) == step_at(start) + 1


def test_the_uri_says_all_that_an_app_has_to_know() -> None:
    uri = urlsplit(enrolment_uri(SECRET, "ann+1@example.org", "My Service"))

    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert uri.path == "/My%20Service:ann%2B1%40example.org"
    assert unquote(uri.path) == "/My Service:ann+1@example.org"
    assert "+" not in uri.query
    assert parse_qs(uri.query) == {
        "secret": [text_of_secret(SECRET)],
        "issuer": ["My Service"],
        "algorithm": ["SHA1"],
        "digits": ["6"],
        "period": ["30"],
    }
