"""A Python console whose statements run on an event loop, and can await."""

import ast
import asyncio
import inspect
from code import InteractiveConsole
from contextlib import suppress
from types import CodeType, FunctionType, TracebackType
from typing import Any

Names = dict[str, Any]


class AsyncConsole(InteractiveConsole):
    """Reads on the thread that calls it and runs each statement on the loop of another.

    So Ctrl-C ends a statement that awaits, and neither the console nor the loop.
    """

    def __init__(self, names: Names, loop: asyncio.AbstractEventLoop) -> None:
        names = {"__name__": "__console__", **names}
        super().__init__(names)
        self.compile.compiler.flags |= ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self._names = names
        self._loop = loop

    def runcode(self, code: CodeType) -> None:
        """Run a statement that was typed; an error is shown, SystemExit is raised."""
        self._shows_no_error(code)

    def run_script(self, source: str) -> None:
        """Run a whole program; an error is shown and raises SystemExit with status 1."""
        try:
            code = compile(source, "<stdin>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        except (SyntaxError, ValueError):
            self.showsyntaxerror("<stdin>")
            raise SystemExit(1) from None
        if not self._shows_no_error(code):
            raise SystemExit(1)

    def complete_with_tab(self) -> None:
        """Let the tab key complete names, where Python was built with readline."""
        with suppress(ImportError):
            import readline  # noqa: PLC0415  # Some platforms have none.
            import rlcompleter  # noqa: PLC0415

            readline.set_completer(rlcompleter.Completer(self._names).complete)
            readline.parse_and_bind("tab: complete")

    def _shows_no_error(self, code: CodeType) -> bool:
        try:
            self._run(code)
        except KeyboardInterrupt:
            self.write("\nKeyboardInterrupt\n")
        except Exception as error:  # noqa: BLE001  # Whatever a statement raises is shown.
            error.__traceback__ = _from_before(code, error.__traceback__)
            self.showtraceback()
        else:
            return True
        return False

    def _run(self, code: CodeType) -> None:
        future = asyncio.run_coroutine_threadsafe(_evaluate(code, self._names), self._loop)
        try:
            stop = future.result()
        except KeyboardInterrupt:
            future.cancel()
            raise
        if stop is not None:
            raise stop


async def _evaluate(code: CodeType, names: Names) -> SystemExit | None:
    """Run the code; gives its SystemExit, which would end the loop if it were raised here."""
    try:
        outcome = FunctionType(code, names)()
        if inspect.iscoroutine(outcome):
            await outcome
    except SystemExit as stop:
        return stop
    return None


def _from_before(code: CodeType, trace: TracebackType | None) -> TracebackType | None:
    """Leave out the frames of this module, but for the last, which `showtraceback` leaves out."""
    while trace and trace.tb_next and trace.tb_next.tb_frame.f_code is not code:
        trace = trace.tb_next
    return trace
