"""What the garbage collector need not look at."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting_objects_left_alone() -> Iterator[None]:
    """Leave all that is there now out of the collections of garbage, until the block ends.

    A full collection looks at each object of the process, most of which came with its imports and
    stay, and holds up the event loop and all threads meanwhile: 10 ms and more, several times a
    second where requests leave cycles behind, as Werkzeug's matcher does. What was garbage already
    stays until the end, too.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
