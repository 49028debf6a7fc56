"""What all entities that people change have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from domain.errors import NotFound, StaleVersion

# The versions that a caller knows, one of which must be the present one; None: any may be.
Expected = frozenset[int] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A thing with an identity. `version` starts at 1 and grows by one with each change."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime


AnyEntity = TypeVar("AnyEntity", bound=Entity)


def present(kind: str, identifier: UUID, found: AnyEntity | None) -> AnyEntity:
    """Give what was found; raises NotFound where that is nothing."""
    if found is None:
        raise NotFound(kind, identifier)
    return found


def at_version(
    kind: str, identifier: UUID, found: AnyEntity | None, expected: Expected
) -> AnyEntity:
    """Give what was found at a version that was expected; raises NotFound and StaleVersion."""
    entity = present(kind, identifier, found)
    if expected is not None and entity.version not in expected:
        raise StaleVersion(kind, identifier, entity.version)
    return entity


def changed(
    entity: AnyEntity, changes: Mapping[str, Any], updated_at: datetime
) -> tuple[AnyEntity, list[str]]:
    """Give the entity with the changes, one version on, and the names of the fields that differ."""
    after = replace(entity, version=entity.version + 1, updated_at=updated_at, **changes)
    return after, [name for name in changes if getattr(after, name) != getattr(entity, name)]
