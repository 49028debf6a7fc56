"""What accounts refuse."""

from domain.errors import Conflict


class EmailTaken(Conflict):
    """Another account has the address. Only its owner and administrators may be told so."""

    def __init__(self) -> None:
        super().__init__("Another account has this address.")


class LastAdministrator(Conflict):
    """Nobody could make an administrator any more, if this one did not stay one."""

    def __init__(self) -> None:
        super().__init__("This is the last administrator who can sign in. Make another one first.")
