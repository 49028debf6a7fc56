"""What the garbage collector need not look at."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 2000
"""How many more objects may come than go before the young ones are looked at, as from Python 3.13
on. It was 700: a few requests at once have as many, most of them in use when they are looked at."""


@contextmanager
def lasting_objects_left_alone() -> Iterator[None]:
    """Leave all that is there now out of the collections of garbage, until the block ends.

    A full collection looks at each object of the process, most of which came with its imports and
    stay, and holds up the event loop and all threads meanwhile: 10 ms and more, several times a
    second where requests leave cycles behind, as Werkzeug's matcher does. What was garbage already
    stays until the end, too.
    """
    before = gc.get_threshold()
    gc.freeze()
    # Where it is 0, somebody wants no collections.
    if 0 < before[0] < YOUNG:
        gc.set_threshold(YOUNG, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
