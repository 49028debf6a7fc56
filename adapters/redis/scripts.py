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


@dataclass(frozen=True, slots=True)
class Call:
    """A script with the keys and the arguments of one call."""

    script: Script
    keys: Sequence[str]
    arguments: Sequence[str | bytes | int]


async def run(redis: Redis, *calls: Call) -> list[Any]:
    """Run scripts in their order and one round trip; gives the answer of each.

    A server that was started anew is sent those that it does not know. A `Script` of redis-py in a
    pipeline would cost a trip of its own, SCRIPT EXISTS.
    """
    if len(calls) == 1:
        return [await _run(redis, calls[0])]
    answers = await _send(redis, calls)
    unknown = [place for place, it in enumerate(answers) if isinstance(it, NoScriptError)]
    if unknown:
        again = await _send(redis, [calls[place] for place in unknown], known=False)
        for place, answer in zip(unknown, again, strict=True):
            answers[place] = answer
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers


async def _run(redis: Redis, call: Call) -> Any:  # noqa: ANN401  # What the script returns.
    """Run one script, which needs no pipeline."""
    count, sent = len(call.keys), (*call.keys, *call.arguments)
    try:
        return await redis.evalsha(call.script.sha, count, *sent)
    except NoScriptError:
        return await redis.eval(call.script.text, count, *sent)


async def _send(redis: Redis, calls: Sequence[Call], *, known: bool = True) -> list[Any]:
    async with redis.pipeline(transaction=False) as pipeline:
        for call in calls:
            count, sent = len(call.keys), (*call.keys, *call.arguments)
            if known:
                pipeline.evalsha(call.script.sha, count, *sent)
            else:
                pipeline.eval(call.script.text, count, *sent)
        return await pipeline.execute(raise_on_error=False)
