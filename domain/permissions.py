"""What callers may be allowed to do."""

from collections.abc import Mapping
from enum import StrEnum


class Permission(StrEnum):
    """The name of something that not everybody may do; roles are sets of these."""

    CHANGE_CATALOGUE = "catalogue:change"
    READ_ACTIVITY = "activity:read"
    READ_CONFIGURATION = "configuration:read"
    CHANGE_CONFIGURATION = "configuration:change"
    READ_ACCOUNTS = "accounts:read"
    CHANGE_ACCOUNTS = "accounts:change"


class Role(StrEnum):
    """What an account is to the system. Each role may all that the one before it may."""

    READER = "reader"
    EDITOR = "editor"
    ADMIN = "admin"


PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.READER: frozenset(),
    Role.EDITOR: frozenset({Permission.CHANGE_CATALOGUE}),
    Role.ADMIN: frozenset(Permission),
}
