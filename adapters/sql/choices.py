"""Choosing rows by any number of keys: `WHERE id IN (:key_0, :key_1, …)`."""

from collections.abc import Iterator, Sequence

from adapters.sql.values import Parameter

# More would make one statement long to parse; SQLite takes 32,766 parameters.
KEYS_AT_ONCE = 512


def chosen_by(keys: Sequence[Parameter]) -> Iterator[tuple[str, dict[str, Parameter]]]:
    """Give, for each KEYS_AT_ONCE keys, the names of parameters for a list, and the parameters.

    A list has 1, 2, 4, … names, so that there are few statements: the last key is repeated.
    """
    for start in range(0, len(keys), KEYS_AT_ONCE):
        part = keys[start : start + KEYS_AT_ONCE]
        size = 1 << (len(part) - 1).bit_length()
        parameters = {f"key_{place}": part[min(place, len(part) - 1)] for place in range(size)}
        yield ", ".join(f":{name}" for name in parameters), parameters
