"""The numbers of the revisions, read from the names of their files: `0001_create_authors.py`."""

from pathlib import Path

VERSIONS = Path(__file__).with_name("versions")


def latest_revision(versions: Path = VERSIONS) -> str:
    """Give the number of the last revision in the folder, `0000` where there is none."""
    return max((file.name[:4] for file in versions.glob("[0-9]*_*.py")), default="0000")


def next_revision(versions: Path) -> str:
    """Give the number that a new revision in the folder takes."""
    return f"{int(latest_revision(versions)) + 1:04}"
