"""The browser of the tests."""

import shutil

# As root in a container there is no sandbox; the rest keeps Chromium from calling home.
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium() -> str | None:
    """Give the program's path, if it is installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser")
