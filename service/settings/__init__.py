"""What the operator decides: read once at start, checked as a whole, frozen.

A setting comes from the environment, else from `.env`, else from the profile's defaults; see
`service.settings.sources` for the exact order.
"""

from service.settings.errors import SettingsError
from service.settings.loading import load_settings, load_with_origins
from service.settings.model import Profile, Settings
from service.settings.mysql_address import MySQLAddress
from service.settings.rates import Rate

__all__ = [
    "MySQLAddress",
    "Profile",
    "Rate",
    "Settings",
    "SettingsError",
    "load_settings",
    "load_with_origins",
]
