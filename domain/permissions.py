"""What callers may be allowed to do."""

from enum import StrEnum


class Permission(StrEnum):
    """The name of something that not everybody may do; roles are sets of these."""

    CHANGE_CATALOGUE = "catalogue:change"
    READ_ACTIVITY = "activity:read"
    READ_CONFIGURATION = "configuration:read"
    CHANGE_CONFIGURATION = "configuration:change"
