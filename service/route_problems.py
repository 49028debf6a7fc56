"""Which problems a route can have: those that it declares, and those that follow from the rest."""

from collections.abc import Iterator

from werkzeug import exceptions as framework
from werkzeug.routing import Rule

from domain import errors as domain
from domain.authentication.errors import InvalidToken
from domain.idempotency.errors import KeyReused, RequestInProgress
from service import request_errors as request
from service.problems import Problem, problem_of
from service.routes import PUBLIC, Route

Kinds = tuple[type[Exception], ...]

# Whatever is asked, the bridge or the first thing that looks at a request can refuse it.
OF_EACH: Kinds = (
    request.InvalidQuery,
    framework.BadRequest,
    framework.RequestHeaderFieldsTooLarge,
    framework.RequestEntityTooLarge,
    framework.InternalServerError,
    framework.ServiceUnavailable,
    domain.StoreUnavailable,
    framework.MisdirectedRequest,
    request.RateLimited,
    InvalidToken,
)
OF_ANSWERS: Kinds = (request.NotAcceptableAnswer,)
OF_CALLERS: Kinds = (domain.NotAuthenticated, domain.NotPermitted)
OF_VARIABLE_PATHS: Kinds = (framework.NotFound,)
OF_BODIES: Kinds = (
    request.MalformedBody,
    request.UnsupportedBody,
    request.InvalidBody,
    framework.RequestTimeout,
)
OF_CHANGES: Kinds = (domain.OutcomeUnknown,)
OF_KEYS: Kinds = (request.InvalidKey, KeyReused, RequestInProgress)
OF_SECRETS: Kinds = (request.InvalidKey,)
OF_CONDITIONAL_READS: Kinds = (request.OtherVersion,)
OF_CONDITIONAL_CHANGES: Kinds = (request.PreconditionRequired, domain.StaleVersion)


def problems_of(rule: Rule, declared: Route) -> list[Problem]:
    """Give each problem of a route once, in the order of their statuses."""
    found = {_problem(kind) for kind in _kinds(rule, declared)}
    return sorted(found, key=lambda problem: (problem.status, problem.slug))


def _kinds(rule: Rule, declared: Route) -> Iterator[type[Exception]]:
    yield from declared.errors
    yield from OF_EACH
    if declared.answer is not None:
        yield from OF_ANSWERS
    if declared.callers != PUBLIC:
        yield from OF_CALLERS
    if declared.secret:
        yield from OF_SECRETS
    if rule.arguments:
        yield from OF_VARIABLE_PATHS
    if declared.body is not None:
        yield from OF_BODIES
    if declared.changes:
        yield from OF_CHANGES
    if declared.bears_key:
        yield from OF_KEYS
    if declared.secret:
        yield from OF_SECRETS
    if declared.conditional is not None:
        yield from OF_CONDITIONAL_CHANGES if declared.changes else OF_CONDITIONAL_READS


def _problem(kind: type[Exception]) -> Problem:
    problem = problem_of(kind)
    if problem is None:
        raise LookupError(f"{kind.__name__} has no problem.")
    return problem
