"""What the server writes to its log."""

import logging


def configure_logging(level: str) -> None:
    """Write records of `level` and above to the standard error, a line each."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    for handler in logging.getLogger().handlers:
        handler.addFilter(_is_not_hypercorn)
    # Migrations tell by themselves what they do.
    logging.getLogger("alembic").setLevel(logging.WARNING)


def _is_not_hypercorn(record: logging.LogRecord) -> bool:
    """Leave out what Hypercorn writes by handlers of its own."""
    return not record.name.startswith("hypercorn.")
