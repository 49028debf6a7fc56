"""Which line of the application runs, whatever it has called."""

import sysconfig
from pathlib import Path
from types import FrameType
from typing import NamedTuple

_BRIDGE = str(Path(__file__).parent)
_STANDARD_LIBRARY = tuple({sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")})
_INSTALLED = ("site-packages", "dist-packages")


class Place(NamedTuple):
    """A line of a source file."""

    filename: str
    line: int


def place_in_application(innermost: FrameType) -> Place:
    """Return where the application stands, or the innermost frame if none is the application's.

    The application's is what is neither installed, nor Python's own, nor the bridge's.
    """
    frame: FrameType | None = innermost
    while frame is not None:
        if _is_application(frame.f_code.co_filename):
            return _place(frame)
        frame = frame.f_back
    return _place(innermost)


def _is_application(filename: str) -> bool:
    installed = any(folder in filename for folder in _INSTALLED)
    return not installed and not filename.startswith(("<", _BRIDGE, *_STANDARD_LIBRARY))


def _place(frame: FrameType) -> Place:
    return Place(frame.f_code.co_filename, frame.f_lineno)
