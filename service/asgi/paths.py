"""Which paths some rules can have, without a match."""

import re
from collections.abc import Iterable

from werkzeug.routing import Rule


class Paths:
    """The paths of some rules, as far as they can be known without a match.

    Slashes around them are not looked at: Werkzeug takes any number at the beginning for one, and a
    rule may do with or without one at its end. Within a rule it may take several for one, too.
    """

    def __init__(self, rules: Iterable[Rule]) -> None:
        split = [re.split("<|//", _encoded(rule.rule).strip("/")) for rule in rules]
        self._whole = {parts[0] for parts in split if len(parts) == 1}
        self._beginnings = tuple({parts[0].rstrip("/") for parts in split if len(parts) > 1})
        self.none = not split

    def may_have(self, path: str) -> bool:
        """Tell whether a PATH_INFO can be one of these; False is certain."""
        bare = path.strip("/")
        return bare in self._whole or bare.startswith(self._beginnings)


def _encoded(rule: str) -> str:
    """Return a rule as PATH_INFO spells it (PEP 3333)."""
    return rule.encode().decode("latin-1")
