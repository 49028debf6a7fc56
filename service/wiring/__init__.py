"""The one place that chooses adapters and gives them to use-cases."""

from service.wiring.adapters import Opened
from service.wiring.initialisation import initialise, migrations
from service.wiring.stores import mysql_address
from service.wiring.whole import Wiring, wire

__all__ = ["Opened", "Wiring", "initialise", "migrations", "mysql_address", "wire"]
