from collections.abc import Iterable


class SettingsError(Exception):
    """The settings can't be used.

    `problems` holds a line for each thing that is wrong: the variable, what is wrong with it and
    what was expected. No line quotes a secret.
    """

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n  ".join(("The settings are wrong:", *self.problems))
