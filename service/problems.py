"""Every problem that an answer can be (RFC 9457): the one table from errors to HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from werkzeug import exceptions as framework

from domain import errors as domain
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
from domain.catalogue.errors import AuthorHasBooks, IsbnTaken
from domain.idempotency.errors import KeyReused, RequestInProgress
from service import request_errors as request


@dataclass(frozen=True, slots=True)
class Problem:
    """What all problems of one kind have in common.

    `slug` ends the type's URI, which never changes. `remedy` is what its page tells a client's
    developer to do. `detail` is what an answer tells; None tells the error's own text.
    """

    status: HTTPStatus
    slug: str
    title: str
    remedy: str
    detail: str | None = None

    @property
    def type(self) -> str:
        """The URI that names this kind of problem, and where its page is."""
        return f"/problems/{self.slug}"


_INVALID_BODY = Problem(
    HTTPStatus.UNPROCESSABLE_ENTITY,
    "invalid-body",
    "Invalid body",
    "The body is JSON, but not what this takes. `errors` points at each field that does not fit "
    "(RFC 6901) and says why.",
    "The body does not fit.",
)

_STALE_VERSION = Problem(
    HTTPStatus.PRECONDITION_FAILED,
    "stale-version",
    "Stale version",
    "Somebody changed the resource since you read it. Read it again, and decide anew.",
)

# An error has the problem of the nearest of its classes that is listed.
PROBLEMS: Mapping[type[Exception], Problem] = {
    request.MalformedBody: Problem(
        HTTPStatus.BAD_REQUEST,
        "malformed-body",
        "Malformed body",
        "The body is no JSON text (RFC 8259), or names a key of an object twice. The detail says "
        "at which line and column. Send UTF-8 without a byte order mark, nested at most 200 deep.",
    ),
    request.InvalidKey: Problem(
        HTTPStatus.BAD_REQUEST,
        "invalid-idempotency-key",
        "Invalid idempotency key",
        "Send one string of 1 to 255 visible ASCII characters in double quotes, say a UUID; and "
        "none where the answer has a secret, which is kept for nobody.",
    ),
    request.InvalidQuery: Problem(
        HTTPStatus.BAD_REQUEST,
        "invalid-query",
        "Invalid query",
        "A parameter of the query is unknown, repeated or does not fit. `errors` names each, and "
        "the detail lists the parameters that there are.",
    ),
    request.NotAcceptableAnswer: Problem(
        HTTPStatus.NOT_ACCEPTABLE,
        "not-acceptable",
        "Not acceptable",
        "Send no Accept header, or one that takes application/json.",
    ),
    request.UnsupportedBody: Problem(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        "unsupported-body",
        "Unsupported body",
        "Send the body as one of the media types that the detail names, and uncompressed.",
    ),
    request.InvalidBody: _INVALID_BODY,
    request.PreconditionRequired: Problem(
        HTTPStatus.PRECONDITION_REQUIRED,
        "precondition-required",
        "Precondition required",
        "Read the resource, and send the ETag of the version that you change as If-Match. So "
        "nobody's change is overwritten unseen. `If-Match: *` changes whichever version there is.",
    ),
    request.RateLimited: Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "quota-exceeded",
        "Quota exceeded",
        "Nothing was done. Send the request again after the seconds that Retry-After names, and "
        "fewer of them from then on: RateLimit-Policy tells how many in how many seconds, and "
        "RateLimit how many are left.",
    ),
    domain.StaleVersion: _STALE_VERSION,
    request.OtherVersion: _STALE_VERSION,
    domain.InvalidValue: _INVALID_BODY,
    domain.NotAuthenticated: Problem(
        HTTPStatus.UNAUTHORIZED,
        "not-authenticated",
        "Not authenticated",
        "Send an access token or an API key: `Authorization: Bearer …`.",
    ),
    InvalidToken: Problem(
        HTTPStatus.UNAUTHORIZED,
        "invalid-token",
        "Invalid token",
        "What the Authorization header has is no access token and no API key that holds now. "
        "Refresh the session, sign in anew, or make another key.",
    ),
    domain.NotPermitted: Problem(
        HTTPStatus.FORBIDDEN,
        "not-permitted",
        "Not permitted",
        "The account's role, or the API key, has not the permission that the detail names. An "
        "administrator can change the role.",
    ),
    domain.NotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "not-found",
        "Not found",
        "There is no such thing, or it was deleted.",
    ),
    domain.InvalidBatch: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid-batch",
        "Invalid batch",
        "Some items were refused, so nothing was done. `errors` points at each of them and says "
        "why. Mend or leave out these, and send the batch again.",
    ),
    LastAdministrator: Problem(
        HTTPStatus.CONFLICT,
        "last-administrator",
        "Last administrator",
        "Somebody has to be able to make administrators. Make another one first, who can sign in.",
    ),
    TooManyKeys: Problem(
        HTTPStatus.CONFLICT,
        "too-many-keys",
        "Too many keys",
        "The account has as many API keys as it may have. Revoke one that nobody uses any more: "
        "`lastUsedAt` tells.",
    ),
    AuthorHasBooks: Problem(
        HTTPStatus.CONFLICT,
        "author-has-books",
        "Author has books",
        "An author can't be deleted before its books. `books` names the first of them, and `count` "
        "says how many there are.",
    ),
    IsbnTaken: Problem(
        HTTPStatus.CONFLICT,
        "isbn-taken",
        "ISBN taken",
        "Another book has this ISBN. Change that one, or correct the number.",
    ),
    domain.Conflict: Problem(
        HTTPStatus.CONFLICT,
        "conflict",
        "Conflict",
        "What you ask does not go with what there is; the detail says why. Read it again.",
    ),
    ConfirmationRequired: Problem(
        HTTPStatus.FORBIDDEN,
        "confirmation-required",
        "Confirmation required",
        "Send a `confirmation`: the account's password and, where it asks for a second factor, a "
        "code, which counts once. An account without a password signs in anew before; so does one "
        "whose second factor is a passkey, by that.",
    ),
    InvalidPasskey: Problem(
        HTTPStatus.UNAUTHORIZED,
        "invalid-passkey",
        "Invalid passkey",
        "Nobody has the passkey, its answer does not hold, or its account can't sign in: it is not "
        "told which. Get new options, and sign in by another one or by the password.",
    ),
    InvalidChallenge: Problem(
        HTTPStatus.BAD_REQUEST,
        "invalid-challenge",
        "Invalid challenge",
        "A challenge is answered once, within five minutes, and by whom it was put to. Get new "
        "options.",
    ),
    InvalidCredentials: Problem(
        HTTPStatus.UNAUTHORIZED,
        "invalid-credentials",
        "Invalid credentials",
        "The address or the password is wrong, or the account can't sign in: it may be neither "
        "verified nor enabled. It is not told which.",
    ),
    SecondFactorRequired: Problem(
        HTTPStatus.UNAUTHORIZED,
        "second-factor-required",
        "Second factor required",
        "What came first is right. `methods` names what else the account asks for: sign in again "
        "with a `code` (`otp` of an app, `rcv` to recover), which is `secondFactor` where a "
        "provider has named you, or by a passkey (`swk`).",
    ),
    InvalidSecondFactor: Problem(
        HTTPStatus.UNAUTHORIZED,
        "invalid-second-factor",
        "Invalid second factor",
        "The code is wrong, or was used before. Wait for the app's next one.",
    ),
    CodesUnusable: Problem(
        HTTPStatus.CONFLICT,
        "codes-unusable",
        "Codes unusable",
        "The service has lost what it checks the app's codes by, so none will do any more. Sign "
        "in with a recovery code (as `code`) or by a passkey. Then remove the app, which takes a "
        "recovery code, and add it anew. Who has none asks the operators.",
    ),
    TooManyAttempts: Problem(
        HTTPStatus.TOO_MANY_REQUESTS,
        "too-many-attempts",
        "Too many attempts",
        "Somebody guesses, or mistypes. Try again after the seconds that Retry-After names, or on "
        "a device on which you were signed in before, with its `deviceToken`.",
    ),
    request.CrossSiteRequest: Problem(
        HTTPStatus.FORBIDDEN,
        "cross-site-request",
        "Cross-site request",
        "A request by a cookie must come from a page of this origin, or of one that the service's "
        "operators let in. A client that is no browser sends its refresh token in the body.",
    ),
    InvalidOneTimeToken: Problem(
        HTTPStatus.BAD_REQUEST,
        "invalid-one-time-token",
        "Invalid one-time token",
        "The token from the mail is unknown, was used before, or has expired. Ask for another.",
    ),
    SignUpsClosed: Problem(
        HTTPStatus.CONFLICT,
        "sign-ups-closed",
        "Sign-ups closed",
        "The operators take no new accounts at present.",
    ),
    EmailTaken: Problem(
        HTTPStatus.CONFLICT,
        "email-taken",
        "Email taken",
        "Another account has the address by now. Sign in to that one, or use another address.",
    ),
    UnknownProvider: Problem(
        HTTPStatus.NOT_FOUND,
        "unknown-provider",
        "Unknown provider",
        "`GET /v1/providers` lists those that there are.",
    ),
    ProviderSignInRefused: Problem(
        HTTPStatus.BAD_REQUEST,
        "provider-sign-in-refused",
        "Provider sign-in refused",
        "What came back from the provider was handed in before, or too late, or does not belong to "
        "the ticket; or the provider takes its word back; or the account can't sign in. It is not "
        "told which. Begin anew.",
    ),
    ProviderUnavailable: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "provider-unavailable",
        "Provider unavailable",
        "The provider gives no answer that can be used. Begin anew after the seconds that "
        "Retry-After names, or sign in by another way.",
        "The provider gives no answer that can be used. Begin anew later.",
    ),
    ProviderEmailNotVerified: Problem(
        HTTPStatus.CONFLICT,
        "provider-email-not-verified",
        "Provider email not verified",
        "A new account needs an address that the provider says it has verified. Sign up with one "
        "here; then link the provider: `POST /v1/me/identities/authorizations`.",
    ),
    IdentityNotLinked: Problem(
        HTTPStatus.CONFLICT,
        "identity-not-linked",
        "Identity not linked",
        "Sign in to the account with this address by another way, and link the provider: "
        "`POST /v1/me/identities/authorizations`.",
    ),
    IdentityTaken: Problem(
        HTTPStatus.CONFLICT,
        "identity-taken",
        "Identity taken",
        "Sign in to the other account with the provider, and unlink it there.",
    ),
    TooManyIdentities: Problem(
        HTTPStatus.CONFLICT,
        "too-many-identities",
        "Too many identities",
        "Unlink one that you no longer use.",
    ),
    LastWayIn: Problem(
        HTTPStatus.CONFLICT,
        "last-way-in",
        "Last way in",
        "Set a password, add a passkey, or link another provider, and remove this one then.",
    ),
    KeyReused: Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency-key-reused",
        "Idempotency key reused",
        "The key was used for another method, path, query or body. A new request needs a new key.",
        "This Idempotency-Key was used for another request; a new request needs a new key.",
    ),
    RequestInProgress: Problem(
        HTTPStatus.CONFLICT,
        "request-in-progress",
        "Request in progress",
        "The same request is still at work. Repeat it after the seconds that Retry-After names, "
        "with the same key, to get its answer.",
        "A request with this Idempotency-Key is still at work; repeat this one to get its answer.",
    ),
    domain.CorruptedValue: Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "corrupted-value",
        "Corrupted value",
        "Only an operator can mend this; tell them the time and the request's id.",
        "A stored value can't be read; the service's log says which and why.",
    ),
    domain.StoreUnavailable: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "store-unavailable",
        "Store unavailable",
        "Nothing was changed. Try again after the seconds that Retry-After names.",
        "A store that this needs gives no answer. Nothing was changed; try again later.",
    ),
    domain.OutcomeUnknown: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "outcome-unknown",
        "Outcome unknown",
        "The change was made, or it was not. A POST that had an Idempotency-Key may be sent again "
        "with the same key; before anything else, read what there is.",
        "A store went away during the change. Read again to see whether it was made, or repeat the "
        "request if it had an Idempotency-Key.",
    ),
    framework.NotFound: Problem(
        HTTPStatus.NOT_FOUND,
        "unknown-path",
        "Unknown path",
        "Nothing is at this address. An id in it must be a UUID, and there is no slash at its end.",
        "Nothing is at this address.",
    ),
    framework.BadRequest: Problem(
        HTTPStatus.BAD_REQUEST,
        "bad-request",
        "Bad request",
        "HTTP asks for something else: the detail says what. Most often the Host header is wrong.",
    ),
    framework.MisdirectedRequest: Problem(
        HTTPStatus.MISDIRECTED_REQUEST,
        "unknown-host",
        "Unknown host",
        "Call the service by the host that its operators name; they list it in "
        "FLASK_ALLOWED_HOSTS.",
    ),
    framework.MethodNotAllowed: Problem(
        HTTPStatus.METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "Method not allowed",
        "The Allow header lists the methods that this address has.",
        "This address has other methods: those that the Allow header lists.",
    ),
    framework.RequestTimeout: Problem(
        HTTPStatus.REQUEST_TIMEOUT,
        "request-timeout",
        "Request timeout",
        "The body did not come in time. Send it again, faster.",
        "The body did not come in time.",
    ),
    framework.RequestEntityTooLarge: Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body-too-large",
        "Body too large",
        "Send less at once; the detail says how much is taken.",
    ),
    framework.RequestHeaderFieldsTooLarge: Problem(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        "headers-too-large",
        "Headers too large",
        "Send fewer header fields, or shorter ones.",
        "The request has too many header fields, or they are too long.",
    ),
    framework.InternalServerError: Problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal-error",
        "Internal error",
        "This is a fault of the service. Tell its operators the time and the request's id.",
        "The service failed, and its log says why.",
    ),
    framework.ServiceUnavailable: Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "overloaded",
        "Overloaded",
        "The service has too much to do, or took too long. Try again later, and less often.",
        "The service is overloaded, or could not answer in time.",
    ),
}


def problem_of(kind: type[Exception]) -> Problem | None:
    """Give the problem of a kind of error; None for one of the framework's that is not listed."""
    return next((PROBLEMS[base] for base in kind.__mro__ if base in PROBLEMS), None)
