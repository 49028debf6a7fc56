"""The indexes that the queries of this folder need, beside the one that each `_id` has."""

from pymongo import ASCENDING

ACTIVITY = "activity"
CONFIGURATION = "configuration"

Keys = tuple[tuple[str, int], ...]

# A filter by kind and subject uses the subject's index: one subject has few events.
INDEXES: dict[str, tuple[Keys, ...]] = {
    ACTIVITY: (
        (("kind", ASCENDING), ("_id", ASCENDING)),
        (("subject", ASCENDING), ("_id", ASCENDING)),
        (("occurred_at", ASCENDING),),
    ),
}
