"""The rules of the configuration."""

import pytest

from domain.configuration.entities import NOTICE_MAX_LENGTH, Configuration
from domain.errors import InvalidValue


def test_the_defaults_let_people_in_and_show_them_no_notice() -> None:
    defaults = Configuration()

    assert defaults.sign_ups_open
    assert defaults.maintenance_notice is None
    assert defaults.default_page_size == 20
    assert defaults.version == 0


@pytest.mark.parametrize(
    "values",
    [
        {"maintenance_notice": "x"},
        {"maintenance_notice": "x" * NOTICE_MAX_LENGTH},
        {"default_page_size": 1},
        {"default_page_size": 100},
    ],
)
def test_values_up_to_their_bounds_are_taken(values: dict[str, object]) -> None:
    assert Configuration(**values) != Configuration()


@pytest.mark.parametrize(
    "values,field,reason",
    [
        ({"maintenance_notice": ""}, "maintenance_notice", "must have 1 to 500 characters"),
        (
            {"maintenance_notice": "x" * (NOTICE_MAX_LENGTH + 1)},
            "maintenance_notice",
            "must have 1 to 500 characters",
        ),
        ({"default_page_size": 0}, "default_page_size", "must be from 1 to 100"),
        ({"default_page_size": 101}, "default_page_size", "must be from 1 to 100"),
    ],
)
def test_values_out_of_bounds_are_named(values: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        Configuration(**values)

    assert (caught.value.field, caught.value.reason) == (field, reason)
