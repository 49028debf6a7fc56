"""Which problems follow from a declaration."""

from flask import Flask

from service.route_problems import problems_of
from service.routes import declared_rules


def slugs(app: Flask, endpoint: str) -> set[str]:
    (found,) = [(rule, it) for rule, it in declared_rules(app) if rule.endpoint == endpoint]
    return {problem.slug for problem in problems_of(*found)}


OF_EACH = {
    "bad-request",
    "headers-too-large",
    "invalid-query",
    "invalid-token",
    "body-too-large",
    "internal-error",
    "overloaded",
    "quota-exceeded",
    "unknown-host",
    "store-unavailable",
}


def test_what_is_read_can_be_in_no_form_that_the_client_takes(app: Flask) -> None:
    assert slugs(app, "authors.list_authors") == OF_EACH | {"not-acceptable"}


def test_what_has_no_content_is_in_no_form(app: Flask) -> None:
    assert "not-acceptable" not in slugs(app, "authors.delete_author")


def test_a_read_can_miss(app: Flask) -> None:
    assert slugs(app, "authors.get_author") == OF_EACH | {
        "not-acceptable",
        "not-found",
        "stale-version",
        "unknown-path",
    }


def test_a_conditional_change_can_fail_in_most_ways(app: Flask) -> None:
    assert slugs(app, "authors.change_author") == OF_EACH | {
        "invalid-body",
        "not-authenticated",
        "not-permitted",
        "malformed-body",
        "not-acceptable",
        "not-found",
        "outcome-unknown",
        "precondition-required",
        "request-timeout",
        "stale-version",
        "unknown-path",
        "unsupported-body",
    }


def test_a_problem_is_there_once_and_in_the_order_of_the_statuses(app: Flask) -> None:
    for rule, declared in declared_rules(app):
        problems = problems_of(rule, declared)
        assert len(problems) == len(set(problems))
        assert [it.status for it in problems] == sorted(it.status for it in problems)


def test_a_post_can_have_a_wrong_key(app: Flask) -> None:
    assert slugs(app, "authors.create_author") >= {
        "idempotency-key-reused",
        "invalid-idempotency-key",
        "request-in-progress",
    }
