"""Every error as a problem (RFC 9457)."""

import logging
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest
from flask import Flask, abort
from werkzeug.exceptions import (
    BadRequest,
    HTTPException,
    MisdirectedRequest,
    RequestEntityTooLarge,
    ServiceUnavailable,
    Unauthorized,
)

from domain.accounts.errors import EmailTaken, LastAdministrator
from domain.authentication.errors import (
    CodesUnusable,
    ConfirmationRequired,
    InvalidChallenge,
    InvalidCredentials,
    InvalidOneTimeToken,
    InvalidPasskey,
    InvalidSecondFactor,
    InvalidToken,
    SecondFactorRequired,
    SignUpsClosed,
    TooManyAttempts,
    TooManyKeys,
)
from domain.authentication.provider_errors import (
    IdentityNotLinked,
    IdentityTaken,
    LastWayIn,
    ProviderEmailNotVerified,
    ProviderSignInRefused,
    ProviderUnavailable,
    TooManyIdentities,
    UnknownProvider,
)
from domain.catalogue.errors import AuthorHasBooks, BookTitle, IsbnTaken
from domain.errors import (
    Conflict,
    CorruptedValue,
    DomainError,
    InvalidBatch,
    InvalidValue,
    NotAuthenticated,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    StaleVersion,
    StoreUnavailable,
)
from domain.idempotency.errors import KeyReused, RequestInProgress
from domain.limits.entities import Limit
from domain.permissions import Permission
from service.asgi import FlaskToAsgi
from service.asgi.testing import AsyncTestClient
from service.error_responses import register_error_responses
from service.problems import PROBLEMS
from service.request_errors import (
    CrossSiteRequest,
    Fault,
    InvalidBody,
    InvalidKey,
    InvalidQuery,
    MalformedBody,
    NotAcceptableAnswer,
    OtherVersion,
    PreconditionRequired,
    RateLimited,
    RequestError,
    UnsupportedBody,
)

SECRET = "mysql://app:hunter2@10.0.0.7/imflask"
AUTHOR_ID = UUID("01900000-0000-7000-8000-000000000001")

# Each error, and all that its answer tells.
ANSWERS = {
    MalformedBody("Invalid JSON at line 1"): {
        "type": "/problems/malformed-body",
        "title": "Malformed body",
        "status": 400,
        "detail": "Invalid JSON at line 1",
    },
    InvalidQuery([Fault("limit", "is too large")], ["limit", "cursor"]): {
        "type": "/problems/invalid-query",
        "title": "Invalid query",
        "status": 400,
        "detail": "The query does not fit; its parameters are limit, cursor.",
        "errors": [{"parameter": "limit", "detail": "is too large"}],
    },
    UnsupportedBody("The body's media type must be application/json.", {}): {
        "type": "/problems/unsupported-body",
        "title": "Unsupported body",
        "status": 415,
        "detail": "The body's media type must be application/json.",
    },
    InvalidBody([Fault("#/name", "must not be blank"), Fault("#/x", "is unknown")]): {
        "type": "/problems/invalid-body",
        "title": "Invalid body",
        "status": 422,
        "detail": "The body does not fit.",
        "errors": [
            {"pointer": "#/name", "detail": "must not be blank"},
            {"pointer": "#/x", "detail": "is unknown"},
        ],
    },
    NotAcceptableAnswer(): {
        "type": "/problems/not-acceptable",
        "title": "Not acceptable",
        "status": 406,
        "detail": "The answer is application/json, which the Accept header excludes.",
    },
    OtherVersion(): {
        "type": "/problems/stale-version",
        "title": "Stale version",
        "status": 412,
        "detail": "This is at none of the versions that If-Match names.",
    },
    PreconditionRequired(): {
        "type": "/problems/precondition-required",
        "title": "Precondition required",
        "status": 428,
        "detail": (
            "If-Match must name the ETag of the version that is changed, or * for whichever."
        ),
    },
    RateLimited(Limit("write", 30, 60), 2): {
        "type": "/problems/quota-exceeded",
        "title": "Quota exceeded",
        "status": 429,
        "detail": "You may send 30 requests of the class write in 60 s. Try again in 2 s.",
    },
    StaleVersion("author", AUTHOR_ID, 7): {
        "type": "/problems/stale-version",
        "title": "Stale version",
        "status": 412,
        "detail": f"The author {AUTHOR_ID} is at version 7 by now.",
    },
    NotFound("author", AUTHOR_ID): {
        "type": "/problems/not-found",
        "title": "Not found",
        "status": 404,
        "detail": f"There is no author {AUTHOR_ID}.",
    },
    InvalidKey("The Idempotency-Key must be one string."): {
        "type": "/problems/invalid-idempotency-key",
        "title": "Invalid idempotency key",
        "status": 400,
        "detail": "The Idempotency-Key must be one string.",
    },
    NotAuthenticated(): {
        "type": "/problems/not-authenticated",
        "title": "Not authenticated",
        "status": 401,
        "detail": "Sign in, or show a key.",
    },
    InvalidToken(): {
        "type": "/problems/invalid-token",
        "title": "Invalid token",
        "status": 401,
        "detail": "The token is not valid, has expired or was revoked.",
    },
    NotPermitted(Permission.CHANGE_CATALOGUE): {
        "type": "/problems/not-permitted",
        "title": "Not permitted",
        "status": 403,
        "detail": "You are not permitted: catalogue:change.",
    },
    KeyReused("a-key"): {
        "type": "/problems/idempotency-key-reused",
        "title": "Idempotency key reused",
        "status": 422,
        "detail": "This Idempotency-Key was used for another request; a new request needs a new"
        " key.",
    },
    RequestInProgress("a-key"): {
        "type": "/problems/request-in-progress",
        "title": "Request in progress",
        "status": 409,
        "detail": "A request with this Idempotency-Key is still at work; repeat this one to get"
        " its answer.",
    },
    InvalidBatch({3: IsbnTaken("9780553448184"), 5: InvalidValue("author_ids", "are two")}): {
        "type": "/problems/invalid-batch",
        "title": "Invalid batch",
        "status": 422,
        "detail": "2 items of the batch were refused.",
        "errors": [
            {
                "pointer": "#/items/3/isbn",
                "detail": "The ISBN 9780553448184 is that of another book.",
            },
            {"pointer": "#/items/5/authorIds", "detail": "are two"},
        ],
    },
    LastAdministrator(): {
        "type": "/problems/last-administrator",
        "title": "Last administrator",
        "status": 409,
        "detail": "This is the last administrator who can sign in. Make another one first.",
    },
    TooManyKeys(20): {
        "type": "/problems/too-many-keys",
        "title": "Too many keys",
        "status": 409,
        "detail": "An account has at most 20 API keys. Revoke one first.",
    },
    InvalidCredentials(): {
        "type": "/problems/invalid-credentials",
        "title": "Invalid credentials",
        "status": 401,
        "detail": "The address or the password is wrong, or the account can't sign in.",
    },
    SecondFactorRequired(("totp", "recovery code")): {
        "type": "/problems/second-factor-required",
        "title": "Second factor required",
        "status": 401,
        "detail": "This account asks for a second factor.",
        "methods": ["totp", "recovery code"],
    },
    InvalidSecondFactor(): {
        "type": "/problems/invalid-second-factor",
        "title": "Invalid second factor",
        "status": 401,
        "detail": "The second factor is wrong, or was used before.",
    },
    ConfirmationRequired(): {
        "type": "/problems/confirmation-required",
        "title": "Confirmation required",
        "status": 403,
        "detail": "Prove anew who you are: by the password, and the second factor if any.",
    },
    InvalidPasskey("for the log"): {
        "type": "/problems/invalid-passkey",
        "title": "Invalid passkey",
        "status": 401,
        "detail": "The passkey is unknown here, or what it answered does not hold.",
    },
    InvalidChallenge(): {
        "type": "/problems/invalid-challenge",
        "title": "Invalid challenge",
        "status": 400,
        "detail": "The challenge is unknown, was answered before, or has expired.",
    },
    TooManyAttempts(360): {
        "type": "/problems/too-many-attempts",
        "title": "Too many attempts",
        "status": 429,
        "detail": "Too many attempts. Try again in 360 s.",
    },
    InvalidOneTimeToken(): {
        "type": "/problems/invalid-one-time-token",
        "title": "Invalid one-time token",
        "status": 400,
        "detail": "The token is unknown, was used before, or has expired. Ask for another.",
    },
    SignUpsClosed(): {
        "type": "/problems/sign-ups-closed",
        "title": "Sign-ups closed",
        "status": 409,
        "detail": "Sign-ups are closed at present.",
    },
    EmailTaken(): {
        "type": "/problems/email-taken",
        "title": "Email taken",
        "status": 409,
        "detail": "Another account has this address.",
    },
    CrossSiteRequest(): {
        "type": "/problems/cross-site-request",
        "title": "Cross-site request",
        "status": 403,
        "detail": "Only pages of this origin, or of one that is let in, may send this.",
    },
    UnknownProvider(): {
        "type": "/problems/unknown-provider",
        "title": "Unknown provider",
        "status": 404,
        "detail": "There is no provider of this name.",
    },
    ProviderSignInRefused(SECRET): {
        "type": "/problems/provider-sign-in-refused",
        "title": "Provider sign-in refused",
        "status": 400,
        "detail": "The sign-in with the provider does not hold. Begin anew.",
    },
    ProviderUnavailable("acme", SECRET): {
        "type": "/problems/provider-unavailable",
        "title": "Provider unavailable",
        "status": 503,
        "detail": "The provider gives no answer that can be used. Begin anew later.",
    },
    ProviderEmailNotVerified(): {
        "type": "/problems/provider-email-not-verified",
        "title": "Provider email not verified",
        "status": 409,
        "detail": "The provider names no address that it has verified.",
    },
    IdentityNotLinked(AUTHOR_ID): {
        "type": "/problems/identity-not-linked",
        "title": "Identity not linked",
        "status": 409,
        "detail": "An account has this address, and is not linked with the provider.",
    },
    IdentityTaken(): {
        "type": "/problems/identity-taken",
        "title": "Identity taken",
        "status": 409,
        "detail": "Another account is linked with this identity.",
    },
    TooManyIdentities(10): {
        "type": "/problems/too-many-identities",
        "title": "Too many identities",
        "status": 409,
        "detail": "An account can be linked with 10 identities at most.",
    },
    CodesUnusable(): {
        "type": "/problems/codes-unusable",
        "title": "Codes unusable",
        "status": 409,
        "detail": "The codes of this account's app can't be checked any more. Use a recovery code "
        "or a passkey, or ask the operators to remove the second factors.",
    },
    LastWayIn(): {
        "type": "/problems/last-way-in",
        "title": "Last way in",
        "status": 409,
        "detail": "This is the last way into the account. Set a password first.",
    },
    AuthorHasBooks(AUTHOR_ID, [BookTitle(AUTHOR_ID, "흰")], 12): {
        "type": "/problems/author-has-books",
        "title": "Author has books",
        "status": 409,
        "detail": f"The author {AUTHOR_ID} has books (12), which are to go first.",
        "books": [{"id": str(AUTHOR_ID), "title": "흰"}],
        "count": 12,
    },
    IsbnTaken("9780553448184"): {
        "type": "/problems/isbn-taken",
        "title": "ISBN taken",
        "status": 409,
        "detail": "The ISBN 9780553448184 is that of another book.",
        "errors": [
            {"pointer": "#/isbn", "detail": "The ISBN 9780553448184 is that of another book."}
        ],
    },
    Conflict("Somebody was faster."): {
        "type": "/problems/conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "Somebody was faster.",
    },
    CorruptedValue(SECRET): {
        "type": "/problems/corrupted-value",
        "title": "Corrupted value",
        "status": 500,
        "detail": "A stored value can't be read; the service's log says which and why.",
    },
    StoreUnavailable("MySQL", SECRET, retry_after=7): {
        "type": "/problems/store-unavailable",
        "title": "Store unavailable",
        "status": 503,
        "detail": "A store that this needs gives no answer. Nothing was changed; try again later.",
    },
    OutcomeUnknown("MySQL", SECRET, retry_after=9): {
        "type": "/problems/outcome-unknown",
        "title": "Outcome unknown",
        "status": 503,
        "detail": "A store went away during the change. Read again to see whether it was made, or"
        " repeat the request if it had an Idempotency-Key.",
    },
}


@pytest.fixture
def flask_app() -> Flask:
    app = Flask("errors")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    register_error_responses(app)
    return app


@pytest.fixture
async def http(flask_app: Flask) -> AsyncIterator[httpx.AsyncClient]:
    async with AsyncTestClient(FlaskToAsgi(flask_app), base_url="http://service.test") as client:
        yield client


def raise_at_root(app: Flask, error: Exception) -> None:
    @app.get("/")
    async def fail() -> str:
        raise error


@pytest.mark.parametrize("error", ANSWERS, ids=lambda error: type(error).__name__)
async def test_each_error_has_its_problem(
    flask_app: Flask, http: httpx.AsyncClient, error: Exception
) -> None:
    raise_at_root(flask_app, error)

    response = await http.get("/")

    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == ANSWERS[error]
    assert response.status_code == ANSWERS[error]["status"]


def test_no_listed_error_is_without_a_test() -> None:
    own = {error for error in PROBLEMS if not issubclass(error, HTTPException)}
    assert {type(error) for error in ANSWERS} | {InvalidValue} == own


@pytest.mark.parametrize(
    "error",
    [kind for kind in PROBLEMS if issubclass(kind, HTTPException)],
    ids=lambda it: it.__name__,
)
async def test_each_listed_error_of_the_framework_has_its_problem(
    flask_app: Flask, http: httpx.AsyncClient, error: type[HTTPException]
) -> None:
    raise_at_root(flask_app, error())

    response = await http.get("/")

    problem = PROBLEMS[error]
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == problem.status
    assert response.json() | {"detail": ""} == {
        "type": f"/problems/{problem.slug}",
        "title": problem.title,
        "status": problem.status,
        "detail": "",
    }
    assert response.json()["detail"]


def test_each_type_of_problem_has_one_meaning() -> None:
    problems = set(PROBLEMS.values())
    assert len({problem.slug for problem in problems}) == len(problems)


async def test_a_rule_of_an_entity_is_told_by_the_name_that_clients_know(
    flask_app: Flask, http: httpx.AsyncClient
) -> None:
    raise_at_root(flask_app, InvalidValue("died_on", "must not be before the date of birth"))

    response = await http.get("/")

    assert response.status_code == 422
    assert response.json()["type"] == "/problems/invalid-body"
    assert response.json()["errors"] == [
        {"pointer": "#/diedOn", "detail": "must not be before the date of birth"}
    ]


@pytest.mark.parametrize("error_class", [StoreUnavailable, OutcomeUnknown])
async def test_a_store_that_is_away_tells_when_to_come_back(
    flask_app: Flask, http: httpx.AsyncClient, error_class: type[StoreUnavailable]
) -> None:
    raise_at_root(flask_app, error_class("Redis", "gone", retry_after=7))

    assert (await http.get("/")).headers["retry-after"] == "7"


async def test_a_request_at_work_tells_when_to_come_back(
    flask_app: Flask, http: httpx.AsyncClient
) -> None:
    raise_at_root(flask_app, RequestInProgress("a-key", retry_after=3))

    assert (await http.get("/")).headers["retry-after"] == "3"


async def test_an_error_has_the_problem_of_its_nearest_class(
    flask_app: Flask, http: httpx.AsyncClient
) -> None:
    class NameTaken(Conflict):
        pass

    raise_at_root(flask_app, NameTaken("The name is taken."))

    response = await http.get("/")

    assert (response.status_code, response.json()["detail"]) == (409, "The name is taken.")


@pytest.mark.parametrize(
    "error",
    [
        CorruptedValue(SECRET),
        StoreUnavailable("MySQL", SECRET),
        OutcomeUnknown("MySQL", SECRET),
        DomainError(SECRET),
        RequestError(SECRET),
        RuntimeError(SECRET),
        KeyError(SECRET),
        ExceptionGroup(SECRET, [ValueError(SECRET)]),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_is_internal_stands_in_the_log_and_not_in_the_answer(
    flask_app: Flask, http: httpx.AsyncClient, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    raise_at_root(flask_app, error)

    response = await http.get("/")

    assert response.status_code >= 500
    assert response.headers["content-type"] == "application/problem+json"
    answer = f"{response.headers} {response.text}"
    for internal in (SECRET, "hunter2", "Traceback", __file__, type(error).__name__):
        assert internal not in answer
    assert SECRET in caplog.text


async def test_a_bug_is_a_plain_500_and_its_traceback_stands_in_the_log(
    flask_app: Flask, http: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    raise_at_root(flask_app, LookupError("a bug"))

    problem = (await http.get("/")).json()

    assert (problem["type"], problem["title"], problem["status"]) == (
        "/problems/internal-error",
        "Internal error",
        500,
    )
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert record.exc_info is not None
    assert str(record.exc_info[1]) == "a bug"


@pytest.mark.parametrize("error", [NotFound("author", AUTHOR_ID), Conflict("x")])
async def test_what_a_client_did_is_not_logged(
    flask_app: Flask, http: httpx.AsyncClient, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    raise_at_root(flask_app, error)

    await http.get("/")

    assert caplog.records == []


@pytest.mark.parametrize("code", [401, 403, 410, 429, 502])
async def test_any_other_error_of_the_framework_is_a_problem_without_a_type(
    flask_app: Flask, http: httpx.AsyncClient, code: int
) -> None:
    @flask_app.get("/")
    async def fail() -> str:
        abort(code)

    response = await http.get("/")

    problem = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert response.status_code == problem["status"] == code
    assert problem["type"] == "about:blank"
    assert problem["title"] == httpx.codes.get_reason_phrase(code)
    assert problem["detail"]


def test_problems_of_the_framework_are_told_in_words_of_our_own() -> None:
    told_where_raised = {BadRequest, MisdirectedRequest, RequestEntityTooLarge}
    for kind, problem in PROBLEMS.items():
        if issubclass(kind, HTTPException):
            assert bool(problem.detail) != (kind in told_where_raised), kind


@pytest.mark.parametrize(
    "method,path,host,kind",
    [
        ("GET", "/nowhere", "localhost", "unknown-path"),
        ("DELETE", "/", "localhost", "method-not-allowed"),
        ("GET", "/", "local host", "bad-request"),
    ],
)
async def test_no_answer_tells_by_its_words_what_serves(
    app: Flask, method: str, path: str, host: str, kind: str
) -> None:
    async with AsyncTestClient(FlaskToAsgi(app)) as client:
        answer = await client.request(method, path, headers={"Host": host})

    assert answer.json()["type"] == f"/problems/{kind}"
    assert not any(word in answer.text for word in ("URL", "browser", "server"))


async def test_a_method_that_a_route_has_not_is_told_which_it_has(
    flask_app: Flask, http: httpx.AsyncClient
) -> None:
    raise_at_root(flask_app, LookupError())

    response = await http.delete("/")

    assert response.json()["status"] == 405
    assert set(response.headers["allow"].split(", ")) == {"GET", "HEAD", "OPTIONS"}


async def test_headers_of_the_frameworks_errors_are_kept(
    flask_app: Flask, http: httpx.AsyncClient
) -> None:
    errors = {
        "later": ServiceUnavailable(retry_after=30),
        "login": Unauthorized(www_authenticate=None),
    }

    @flask_app.get("/<name>")
    async def fail(name: str) -> str:
        raise errors[name]

    response = await http.get("/later")

    assert response.headers["retry-after"] == "30"
    assert response.headers.get_list("content-type") == ["application/problem+json"]


async def test_text_of_any_script_is_told_as_it_is(
    flask_app: Flask, http: httpx.AsyncClient
) -> None:
    raise_at_root(flask_app, Conflict('한강 🙂 "quoted"'))

    response = await http.get("/")

    assert response.json()["detail"] == '한강 🙂 "quoted"'
    assert "한강" in response.text


BEARER = 'Bearer realm="imflask-asgi"'


@pytest.mark.parametrize(
    "error,challenge",
    [
        (NotAuthenticated(), BEARER),
        (InvalidToken(), f'{BEARER}, error="invalid_token"'),
        (InvalidToken('of "another"'), f'{BEARER}, error="invalid_token"'),
        (
            NotPermitted(Permission.READ_ACTIVITY),
            f'{BEARER}, error="insufficient_scope", scope="activity:read"',
        ),
        (NotPermitted(None), f'{BEARER}, error="insufficient_scope"'),
        (NotFound("author", AUTHOR_ID), None),
    ],
)
async def test_who_is_not_let_in_is_told_what_is_asked_for(
    flask_app: Flask, http: httpx.AsyncClient, error: Exception, challenge: str | None
) -> None:
    """By RFC 6750, section 3."""

    @flask_app.get("/")
    async def fail() -> str:
        raise error

    assert (await http.get("/")).headers.get("www-authenticate") == challenge
