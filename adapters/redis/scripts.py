"""Scripts, which Redis knows by the hashes of their texts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import NoScriptError


@dataclass(frozen=True, slots=True)
class Script:
    """A script in Lua."""

    text: str
    sha: str = field(init=False)

    def __post_init__(self) -> None:
        # It names the script to the server, and protects nothing.
        sha = sha1(self.text.encode(), usedforsecurity=False).hexdigest()
        object.__setattr__(self, "sha", sha)


async def run(
    redis: Redis, script: Script, keys: Sequence[str], arguments: Sequence[str | bytes | int]
) -> Any:  # noqa: ANN401  # Whatever the script returns.
    """Run a script in one round trip; a server that was started anew is sent it again."""
    sent = (*keys, *arguments)
    try:
        return await redis.evalsha(script.sha, len(keys), *sent)
    except NoScriptError:
        return await redis.eval(script.text, len(keys), *sent)
