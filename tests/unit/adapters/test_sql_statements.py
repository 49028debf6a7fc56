"""SQL text for each dialect."""

import pytest

from adapters.sql.statements import FOR_UPDATE, Fragment, first_rows, statement


def test_a_parameter_is_named_as_each_driver_has_it() -> None:
    translated = statement("SELECT name FROM authors WHERE id = :id AND version=:version_seen")

    assert translated.mysql == (
        "SELECT name FROM authors WHERE id = %(id)s AND version=%(version_seen)s"
    )
    assert translated.sqlite == "SELECT name FROM authors WHERE id = :id AND version=:version_seen"


def test_a_parameter_may_stand_several_times() -> None:
    assert statement("VALUES (:now, :now)").mysql == "VALUES (%(now)s, %(now)s)"


@pytest.mark.parametrize("text", ["SELECT '10:30'", "SELECT x::text", "SELECT 1:2"])
def test_other_colons_are_no_parameters(text: str) -> None:
    assert statement(text).mysql == text


def test_a_percent_sign_is_not_taken_for_a_parameter_by_the_mysql_driver() -> None:
    translated = statement("SELECT id % 7 FROM authors WHERE name LIKE 'a%' AND id > :id")

    assert translated.mysql % {"id": 3} == (
        "SELECT id % 7 FROM authors WHERE name LIKE 'a%' AND id > 3"
    )
    assert "%%" not in translated.sqlite


def test_a_fragment_is_put_in_for_each_dialect() -> None:
    translated = statement(
        "SELECT {hash} FROM authors",
        hash=Fragment(mysql="CONV(:n, 10, 16) % 2", sqlite="printf('%x', :n)"),
    )

    assert translated.mysql == "SELECT CONV(%(n)s, 10, 16) %% 2 FROM authors"
    assert translated.sqlite == "SELECT printf('%x', :n) FROM authors"


def test_space_around_a_statement_is_left_out() -> None:
    translated = statement("\n  SELECT 1\n{for_update}\n", for_update=FOR_UPDATE)

    assert translated.mysql == "SELECT 1\nFOR UPDATE"
    assert translated.sqlite == "SELECT 1"


def test_the_first_rows_are_chosen_in_the_way_of_each_dialect() -> None:
    translated = statement(
        "DELETE FROM t {oldest}", oldest=first_rows("t", where="a < :a", order_by="a")
    )

    assert translated.mysql == "DELETE FROM t WHERE a < %(a)s ORDER BY a LIMIT %(limit)s"
    assert translated.sqlite == (
        "DELETE FROM t WHERE id IN (SELECT id FROM t WHERE a < :a ORDER BY a LIMIT :limit)"
    )


def test_the_first_rows_of_a_table_without_ids_are_told_apart_by_another_key() -> None:
    assert first_rows("t", where="a < :a", order_by="a", key="rowid").sqlite == (
        "WHERE rowid IN (SELECT rowid FROM t WHERE a < :a ORDER BY a LIMIT :limit)"
    )
