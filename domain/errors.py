"""The family of errors that use-cases raise; each carries the data that an answer needs."""

from collections.abc import Mapping
from uuid import UUID

from domain.permissions import Permission


class DomainError(Exception):
    """Root of everything that a use-case raises on purpose."""


class NotFound(DomainError):
    """There is no such thing, or it was deleted."""

    def __init__(self, kind: str, identifier: UUID) -> None:
        super().__init__(f"There is no {kind} {identifier}.")
        self.kind = kind
        self.identifier = identifier


class InvalidValue(DomainError):
    """A value breaks a rule of its entity. `field` is the field's name in snake_case."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class NotAuthenticated(DomainError):
    """Only somebody who says who they are may do this."""

    def __init__(self, reason: str = "Sign in, or show a key.") -> None:
        super().__init__(reason)


class NotPermitted(DomainError):
    """The caller may not do this. `permission` is what they lack; None: no key may do it."""

    def __init__(self, permission: Permission | None) -> None:
        lack = "this is for people who are signed in" if permission is None else permission
        super().__init__(f"You are not permitted: {lack}.")
        self.permission = permission


class Conflict(DomainError):
    """What was asked does not go with the present state; reading it again shows why."""


class InvalidBatch(DomainError):
    """Some items of a batch were refused, so nothing of it was done.

    `faults` has the error of each refused item, by its index from 0.
    """

    def __init__(self, faults: Mapping[int, DomainError]) -> None:
        super().__init__(f"{len(faults)} items of the batch were refused.")
        self.faults = faults


class StaleVersion(DomainError):
    """What was to be changed is at another version than those that the caller knows.

    `version` is the present one. What there is only one of has no identifier.
    """

    def __init__(self, kind: str, identifier: UUID | None, version: int) -> None:
        name = kind if identifier is None else f"{kind} {identifier}"
        super().__init__(f"The {name} is at version {version} by now.")
        self.kind = kind
        self.identifier = identifier
        self.version = version


class StoreUnavailable(DomainError):
    """A store gave no answer within its deadline; nothing was changed.

    `store` is the store's technology, `reason` is for the operator's log, not for a client, and
    `retry_after` is the number of seconds after which a new try is worth it.
    """

    def __init__(self, store: str, reason: str, *, retry_after: int = 2) -> None:
        super().__init__(f"{store} is unavailable: {reason}")
        self.store = store
        self.reason = reason
        self.retry_after = retry_after


class OutcomeUnknown(StoreUnavailable):
    """The store went away while it committed: the change may have been made, or not."""


class StoreNotReady(StoreUnavailable):
    """A store refuses us, or does not hold what this code needs; `remedy` says what to do."""

    def __init__(self, store: str, reason: str, remedy: str) -> None:
        super().__init__(store, reason)
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.store} is not ready: {self.reason}. {self.remedy}"


class CorruptedValue(DomainError):
    """A store holds a value that this code can't read; changing it by hand is the likely cause."""
