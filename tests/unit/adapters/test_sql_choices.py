"""Choosing rows by any number of keys."""

from itertools import chain

import pytest

from adapters.sql.choices import KEYS_AT_ONCE, chosen_by
from adapters.sql.statements import statement


@pytest.mark.parametrize("count", [1, 2, 3, 5, 500, KEYS_AT_ONCE, KEYS_AT_ONCE + 1, 1500])
def test_all_keys_are_asked_for_and_no_others(count: int) -> None:
    keys = [f"key {number}" for number in range(count)]

    parts = [*chosen_by(keys)]

    assert len(parts) == -(-count // KEYS_AT_ONCE)
    assert {*chain.from_iterable(it.values() for _, it in parts)} == {*keys}
    for names, parameters in parts:
        assert names.split(", ") == [f":{name}" for name in parameters]


def test_there_are_few_different_statements() -> None:
    sizes = {len(it) for n in range(1, 2000) for _, it in chosen_by(["x"] * n)}

    assert sizes == {1, 2, 4, 8, 16, 32, 64, 128, 256, 512}


def test_no_keys_ask_for_nothing() -> None:
    assert [*chosen_by([])] == []


def test_the_names_are_parameters_in_every_dialect() -> None:
    [(names, parameters)] = chosen_by([1, 2])

    asked = statement(f"SELECT 1 WHERE 1 IN ({names})")

    assert asked.sqlite == "SELECT 1 WHERE 1 IN (:key_0, :key_1)"
    assert asked.mysql % parameters == "SELECT 1 WHERE 1 IN (1, 2)"
