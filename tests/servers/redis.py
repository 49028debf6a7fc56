"""Redis, which keeps nothing: whatever the project puts into it can be rebuilt."""

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.process import Server


class Redis(Server):
    """A server without persistence: empty after every start."""

    name = "Redis"
    programs = ("redis-server",)
    remedy = "apt-get install redis-server"

    @property
    def uri(self) -> str:
        """The address of its database 0."""
        return f"redis://127.0.0.1:{self.port}/0"

    def command(self) -> list[str]:
        """Return the command line; an empty `--save` turns snapshots off."""
        options = ["--bind", "127.0.0.1", "--port", str(self.port), "--save", ""]
        return [self.program(), *options, "--appendonly", "no", "--dir", str(self.directory)]

    def answers(self) -> bool:
        """Tell whether it answers a PING."""
        once = Retry(NoBackoff(), 0)
        try:
            with redis.Redis.from_url(self.uri, socket_timeout=1, retry=once) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
