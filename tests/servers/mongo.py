"""MongoDB, or the small server of its protocol that is built from the folder `mongodb`."""

from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from tests.servers.host import find_program
from tests.servers.process import Server

BUILT = Path(__file__).parents[2] / "var" / "servers" / "bin" / "mongodb-server"


class Mongo(Server):
    """A stand-alone server without authentication."""

    name = "MongoDB"
    programs = ("mongod", str(BUILT))
    remedy = "`make mongodb-server` builds a stand-in where Go 1.24 or newer is installed"

    @property
    def uri(self) -> str:
        """The address of the server; it names no database."""
        return f"mongodb://127.0.0.1:{self.port}/"

    def prepare(self) -> None:
        """Make the folder of the data, which both kinds want to exist."""
        super().prepare()
        (self.directory / "data").mkdir(exist_ok=True)

    def command(self) -> list[str]:
        """Return the command line of the kind that is installed."""
        data = str(self.directory / "data")
        if mongod := find_program("mongod"):
            address = ["--bind_ip", "127.0.0.1", "--port", str(self.port), "--nounixsocket"]
            return [mongod, *address, "--dbpath", data, "--wiredTigerCacheSizeGB", "0.25"]
        return [self.program(), "-listen", f"127.0.0.1:{self.port}", "-directory", data]

    def answers(self) -> bool:
        """Tell whether it answers a ping."""
        try:
            with connect(self.uri, timeout=0.5) as client:
                client.admin.command("ping")
        except PyMongoError:
            return False
        return True


def connect(uri: str, timeout: float = 10) -> MongoClient[dict[str, Any]]:
    """Make a client that gives up each operation after `timeout` seconds."""
    milliseconds = int(timeout * 1000)
    return MongoClient(uri, timeoutMS=milliseconds, serverSelectionTimeoutMS=milliseconds)
