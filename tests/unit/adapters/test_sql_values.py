"""Values on their way into SQL and back."""

from datetime import UTC, date, datetime, timedelta, timezone
from uuid import UUID

import pytest

from adapters.sql.values import (
    decode_date,
    decode_details,
    decode_id,
    decode_time,
    encode,
    encode_details,
)

SEOUL = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    "value,encoded",
    [
        (None, None),
        (7, 7),
        ("한강 ' %s", "한강 ' %s"),
        (b"\0\xff", b"\0\xff"),
        (UUID(int=1), b"\0" * 15 + b"\1"),
        (date(33, 4, 3), "0033-04-03"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02 03:04:05.000000"),
        (datetime(2026, 1, 2, 3, 4, 5, 67, tzinfo=UTC), "2026-01-02 03:04:05.000067"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=SEOUL), "2026-01-01 18:04:05.000000"),
    ],
)
def test_each_value_has_one_form_for_all_drivers(value: object, encoded: object) -> None:
    assert encode({"x": value}) == {"x": encoded}


def test_encoded_times_sort_as_times_do() -> None:
    start = datetime(2025, 12, 31, 23, 59, 59, 999_990, tzinfo=UTC)
    times = [start + timedelta(microseconds=step) for step in range(20)]

    encoded = [encode({"x": time})["x"] for time in times]

    assert encoded == sorted(encoded)


@pytest.mark.parametrize(
    "time", [datetime(2026, 1, 2, tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
def test_a_time_comes_back_to_the_microsecond_and_in_utc(time: datetime) -> None:
    decoded = decode_time(str(encode({"x": time})["x"]))

    assert decoded == time
    assert decoded.tzinfo is UTC


@pytest.mark.parametrize("day", [None, date.min, date(1970, 11, 27), date.max])
def test_a_date_comes_back(day: date | None) -> None:
    assert decode_date(encode({"x": day})["x"]) == day


def test_an_identifier_comes_back() -> None:
    identifier = UUID("01900000-0000-7000-8000-0000000000ff")

    assert decode_id(encode({"x": identifier})["x"]) == identifier


def test_details_come_back() -> None:
    details = {
        "name": '한강 "\\ \n🙂',
        "fields": ["a", "b"],
        "version": 2,
        "new": True,
        "old": None,
    }

    text = encode_details(details)

    assert decode_details(text) == details
    assert "한강" in text
