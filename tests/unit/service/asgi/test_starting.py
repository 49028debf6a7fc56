"""An application that is started without a server, for sync code."""

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar

import click
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from flask import Blueprint, Flask, Response, current_app, g

from service.asgi import (
    FlaskToAsgi,
    StartupFailed,
    run_in_greenlet,
    started,
    with_started_app,
)
from service.asgi.testing import AsyncTestClient
from tests.unit.service.asgi.client import exchange
from tests.unit.service.asgi.loop_bound import LoopBound

pytestmark = pytest.mark.usefixtures("each_way")

colour: ContextVar[str] = ContextVar("colour", default="none")


@pytest.fixture
def loop_bound() -> LoopBound:
    return LoopBound()


@pytest.fixture
def bridge(flask_app: Flask, loop_bound: LoopBound) -> FlaskToAsgi:
    return FlaskToAsgi(flask_app, lifespan=loop_bound.lifespan)


@pytest.fixture
def pool(loop_bound: LoopBound, bridge: FlaskToAsgi) -> LoopBound:
    return loop_bound


@pytest.fixture
def view_of_pool(flask_app: Flask, pool: LoopBound) -> None:
    flask_app.add_url_rule("/", "view", pool.use)


def test_all_that_is_async_in_a_request_shares_the_loop_of_the_lifespan(
    flask_app: Flask, pool: LoopBound
) -> None:
    used: list[str] = []

    @flask_app.before_request
    async def before() -> None:
        used.append(f"before {await pool.use()}")

    @flask_app.get("/")
    async def view() -> str:
        raise LookupError(await pool.use())

    @flask_app.errorhandler(LookupError)
    async def handle(error: LookupError) -> AsyncIterator[str]:
        async def stream() -> AsyncIterator[str]:
            yield f"view {error} "
            yield f"stream {await pool.use()}"

        return stream()

    @flask_app.after_request
    async def after(response: Response) -> Response:
        used.append(f"after {await pool.use()}")
        return response

    @flask_app.teardown_request
    async def tear_down(_: BaseException | None) -> None:
        used.append(f"teardown {await pool.use()}")

    with started(flask_app):
        answers = [flask_app.test_client().get("/").text for _ in range(2)]

    assert answers == ["view used stream used"] * 2
    # Flask tears a request down again when its stream has ended.
    assert used == ["before used", "after used", "teardown used", "teardown used"] * 2
    assert pool.steps == ["opened", "closed"]


def test_context_variables_come_back(flask_app: Flask, pool: LoopBound) -> None:
    seen: list[str] = []

    @flask_app.get("/")
    async def view() -> str:
        g.found = await pool.use()
        colour.set("green")
        return "done"

    @flask_app.teardown_request
    def tear_down(_: BaseException | None) -> None:
        seen.append(f"{g.found} {colour.get()}")

    @flask_app.teardown_appcontext
    async def tear_down_later(_: BaseException | None) -> None:
        seen.append(f"{g.found} {colour.get()}")

    with started(flask_app), ThreadPoolExecutor(1) as thread:
        flask_app.test_client().get("/")
        thread.submit(flask_app.test_client().get, "/").result()

    assert seen == ["used green"] * 4


def test_many_threads_share_it(flask_app: Flask, view_of_pool: None) -> None:
    meeting = threading.Barrier(4)

    def ask(_: int) -> str:
        meeting.wait(timeout=10)
        return flask_app.test_client().get("/").text

    with started(flask_app), ThreadPoolExecutor(4) as threads:
        assert list(threads.map(ask, range(8))) == ["used"] * 8


@pytest.mark.parametrize(
    "to_sync",
    [async_to_sync, lambda function: current_app.async_to_sync(function)],  # noqa: PLW0108
    ids=["asgiref", "flask"],
)
def test_sync_views_reach_the_loop(
    flask_app: Flask, pool: LoopBound, to_sync: Callable[..., Callable[[], str]]
) -> None:
    @flask_app.get("/")
    def view() -> str:
        return to_sync(pool.use)()

    with started(flask_app):
        assert [flask_app.test_client().get("/").text for _ in range(2)] == ["used"] * 2


def test_a_thread_that_starts_it_again_reaches_the_loop_by_asgiref_too(
    flask_app: Flask, pool: LoopBound
) -> None:
    def ask() -> str:
        with started(flask_app):
            return async_to_sync(pool.use)()

    with started(flask_app) as outer, ThreadPoolExecutor(1) as thread:
        with started(flask_app) as inner:
            assert inner is outer
        assert thread.submit(ask).result() == "used"
        assert async_to_sync(pool.use)() == "used"
    assert pool.steps == ["opened", "closed"]


def test_afterwards_sync_code_has_a_loop_of_its_own_again(flask_app: Flask) -> None:
    async def view() -> str:
        return str(asyncio.get_running_loop() in loops)

    FlaskToAsgi(flask_app)
    flask_app.add_url_rule("/", "view", view)
    loops = []
    with started(flask_app) as loop:
        loops.append(loop)
        assert flask_app.test_client().get("/").text == "True"
    assert loop.is_closed()
    assert flask_app.test_client().get("/").text == "False"
    assert async_to_sync(view)() == "False"


def test_it_can_be_started_one_time_after_the_other(flask_app: Flask, view_of_pool: None) -> None:
    for _ in range(2):
        with started(flask_app):
            assert flask_app.test_client().get("/").text == "used"


def test_two_applications_keep_to_their_own(pool: LoopBound, flask_app: Flask) -> None:
    other_app, other_pool = Flask("other"), LoopBound()
    FlaskToAsgi(other_app, lifespan=other_pool.lifespan)
    flask_app.add_url_rule("/", "view", pool.use)
    other_app.add_url_rule("/", "view", other_pool.use)
    with started(flask_app), started(other_app):
        for app in (flask_app, other_app, flask_app):
            assert app.test_client().get("/").text == "used"


def test_what_an_async_view_sends_to_a_thread_comes_back(flask_app: Flask, pool: LoopBound) -> None:
    def work() -> str:
        return f"{current_app.async_to_sync(pool.use)()} {async_to_sync(pool.use)()}"

    @flask_app.get("/<int:sensitive>")
    async def view(sensitive: int) -> str:
        return await sync_to_async(work, thread_sensitive=bool(sensitive))()

    with started(flask_app), ThreadPoolExecutor(1) as thread:
        for path in ("/0", "/1"):
            assert flask_app.test_client().get(path).text == "used used"
            assert thread.submit(flask_app.test_client().get, path).result().text == "used used"


def test_an_expected_failure_of_the_start_is_raised_with_its_message(flask_app: Flask) -> None:
    @asynccontextmanager
    async def unreachable() -> AsyncIterator[None]:
        raise StartupFailed("The store is away: start it.")
        yield

    FlaskToAsgi(flask_app, lifespan=unreachable)
    with pytest.raises(StartupFailed, match=r"^The store is away: start it\.$"), started(flask_app):
        pytest.fail("It must not start.")
    with pytest.raises(StartupFailed), started(flask_app):
        pytest.fail("It must not start the second time.")


def test_a_start_that_hangs_is_given_up(flask_app: Flask) -> None:
    @asynccontextmanager
    async def hanging() -> AsyncIterator[None]:
        await asyncio.Event().wait()
        yield

    FlaskToAsgi(flask_app, lifespan=hanging, startup_timeout=0.05)
    with pytest.raises(StartupFailed, match=r"given up after 0\.05 seconds"), started(flask_app):
        pytest.fail("It must not start.")


def test_a_failed_shutdown_is_raised_and_logged(
    flask_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    @asynccontextmanager
    async def broken_at_end() -> AsyncIterator[None]:
        yield
        raise LookupError("a bug")

    FlaskToAsgi(flask_app, lifespan=broken_at_end)
    with caplog.at_level(logging.ERROR, "service.asgi"):  # noqa: SIM117  # The second one raises.
        with pytest.raises(RuntimeError, match="Shutdown failed"), started(flask_app):
            pass
    assert "LookupError: a bug" in caplog.text


@pytest.mark.parametrize("stubborn", [False, True], ids=["once", "again and again"])
def test_a_shutdown_that_hangs_is_given_up(
    flask_app: Flask, stubborn: object, caplog: pytest.LogCaptureFixture
) -> None:
    released = threading.Event()

    @asynccontextmanager
    async def hanging() -> AsyncIterator[None]:
        yield
        while not released.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.sleep(0.01 if stubborn else 3600)
            if not stubborn:
                return

    FlaskToAsgi(flask_app, lifespan=hanging, shutdown_timeout=0.05)
    with pytest.raises(RuntimeError, match=r"given up after 0\.05 seconds"), started(flask_app):
        pass
    released.set()


@pytest.mark.parametrize("at_start", [True, False])
def test_an_exit_in_the_lifespan_is_raised(flask_app: Flask, at_start: object) -> None:
    @asynccontextmanager
    async def exiting() -> AsyncIterator[None]:
        if at_start:
            raise SystemExit(3)
        yield
        raise SystemExit(3)

    FlaskToAsgi(flask_app, lifespan=exiting)
    with pytest.raises(SystemExit, match="3"), started(flask_app):
        assert not at_start


def test_an_error_in_the_block_shuts_it_down_and_is_raised(
    flask_app: Flask, pool: LoopBound
) -> None:
    with pytest.raises(LookupError), started(flask_app):
        raise LookupError
    assert pool.steps == ["opened", "closed"]


@pytest.fixture
def ctrl_c() -> Iterator[Callable[[], None]]:
    # What a shell starts in the background ignores it, these tests too.
    handler = signal.signal(signal.SIGINT, signal.default_int_handler)
    main = threading.main_thread().ident
    assert main is not None
    yield lambda: signal.pthread_kill(main, signal.SIGINT)
    signal.signal(signal.SIGINT, handler)


def test_ctrl_c_ends_a_start_that_hangs(flask_app: Flask, ctrl_c: Callable[[], None]) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def hanging() -> AsyncIterator[None]:
        try:
            ctrl_c()
            await asyncio.Event().wait()
            yield
        finally:
            steps.append("cleaned up")

    FlaskToAsgi(flask_app, lifespan=hanging)
    with pytest.raises(KeyboardInterrupt), started(flask_app):
        pytest.fail("It must not start.")
    assert steps == ["cleaned up"]


def test_ctrl_c_ends_a_view_that_hangs(
    flask_app: Flask, pool: LoopBound, ctrl_c: Callable[[], None]
) -> None:
    @flask_app.get("/")
    async def view() -> str:
        ctrl_c()
        await asyncio.Event().wait()
        return "never"

    with pytest.raises(KeyboardInterrupt), started(flask_app):
        flask_app.test_client().get("/")
    assert pool.steps == ["opened", "closed"]


def test_an_application_without_a_bridge_is_refused() -> None:
    with pytest.raises(RuntimeError, match="'bare' has no lifespan"), started(Flask("bare")):
        pytest.fail("It must not start.")


async def test_on_a_running_loop_it_is_refused(flask_app: Flask, pool: LoopBound) -> None:
    with pytest.raises(RuntimeError, match="AsyncTestClient"), started(flask_app):
        pytest.fail("It must not start.")
    assert pool.steps == []


async def test_a_second_loop_is_refused(
    flask_app: Flask, bridge: FlaskToAsgi, pool: LoopBound
) -> None:
    with ThreadPoolExecutor(1) as thread:
        stack = contextlib.ExitStack()
        await asyncio.wrap_future(thread.submit(stack.enter_context, started(flask_app)))

        with pytest.raises(StartupFailed, match="already, on another event loop"):
            async with AsyncTestClient(bridge):
                pytest.fail("It must not start.")
        await asyncio.wrap_future(thread.submit(stack.close))
    assert pool.steps == ["opened", "closed"]


def test_a_loop_that_stands_still_is_refused(
    flask_app: Flask, bridge: FlaskToAsgi, pool: LoopBound, view_of_pool: None
) -> None:
    client = AsyncTestClient(bridge)
    with asyncio.Runner() as runner:
        runner.run(client.__aenter__())
        with pytest.raises(RuntimeError, match="does not run now"), started(flask_app):
            pytest.fail("It must not start.")
        flask_app.testing = True
        with pytest.raises(RuntimeError, match="does not run now"):
            flask_app.test_client().get("/")
        runner.run(client.__aexit__())
    assert pool.steps == ["opened", "closed"]


async def test_sync_code_on_a_running_loop_is_told_what_to_do(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    flask_app.testing = True

    @flask_app.get("/")
    async def view() -> str:
        await asyncio.sleep(0)
        return "answer"

    client = flask_app.test_client()
    with pytest.raises(RuntimeError, match=r"await run_in_greenlet\(client\.get, '/'\)"):
        client.get("/")
    assert (await run_in_greenlet(client.get, "/")).text == "answer"


@pytest.fixture
def commands(flask_app: Flask, pool: LoopBound) -> Flask:
    books = Blueprint("books", "books")

    @books.cli.command()
    @click.argument("name")
    @click.option("--twice", is_flag=True)
    @with_started_app
    async def add(name: str, *, twice: bool) -> None:
        """Add a book."""
        assert current_app.name == flask_app.name
        click.echo(f"{name} {await pool.use()} {twice}")

    @flask_app.cli.command()
    @with_started_app
    def count() -> None:
        click.echo(f"{current_app.async_to_sync(pool.use)()} {async_to_sync(pool.use)()}")

    @flask_app.cli.command()
    def plain() -> None:
        with started(current_app):
            click.echo(current_app.async_to_sync(pool.use)())

    flask_app.register_blueprint(books)
    return flask_app


@pytest.mark.parametrize(
    "arguments,output",
    [
        (["books", "add", "Human Acts", "--twice"], "Human Acts used True\n"),
        (["count"], "used used\n"),
        (["plain"], "used\n"),
    ],
    ids=["async", "sync", "by the context manager"],
)
def test_commands_use_the_loop_of_the_lifespan(
    commands: Flask, pool: LoopBound, arguments: list[str], output: str
) -> None:
    runner = commands.test_cli_runner()
    alone = runner.invoke(args=arguments)
    assert (alone.output, alone.exit_code) == (output, 0)
    assert pool.steps == ["opened", "closed"]
    with started(commands):
        assert runner.invoke(args=arguments).output == output
    assert pool.steps == ["opened", "closed"] * 2


async def test_commands_run_in_an_async_test_too(commands: Flask, bridge: FlaskToAsgi) -> None:
    runner = commands.test_cli_runner()
    async with AsyncTestClient(bridge):
        result = await run_in_greenlet(runner.invoke, args=["books", "add", "Human Acts"])
        assert result.output == "Human Acts used False\n"
        result = await asyncio.to_thread(runner.invoke, args=["count"])
        assert result.output == "used used\n"


def test_a_command_keeps_its_help(commands: Flask) -> None:
    result = commands.test_cli_runner().invoke(args=["books", "add", "--help"])
    assert "Add a book." in result.output


def test_a_command_shows_why_the_application_cannot_start(flask_app: Flask) -> None:
    @asynccontextmanager
    async def unreachable() -> AsyncIterator[None]:
        raise StartupFailed("The store is away: start it.")
        yield

    FlaskToAsgi(flask_app, lifespan=unreachable)
    flask_app.cli.command("greet")(with_started_app(lambda: click.echo("never")))
    result = flask_app.test_cli_runner().invoke(args=["greet"])
    assert (result.output, result.exit_code) == ("Error: The store is away: start it.\n", 1)


async def test_a_thread_of_the_apps_own_reaches_the_servers_loop(
    flask_app: Flask, bridge: FlaskToAsgi, pool: LoopBound
) -> None:
    def work() -> str:
        with flask_app.app_context():
            return current_app.async_to_sync(pool.use)()

    async with AsyncTestClient(bridge):
        assert await asyncio.to_thread(work) == "used"
        assert (await exchange(bridge)).status == 404
