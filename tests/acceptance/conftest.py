"""Fixtures: the project, running."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack

import pytest
from playwright.async_api import Browser, async_playwright

from tests.acceptance.clients import client_of
from tests.acceptance.deployments import Deployment, Form, Settings, initialise, own_databases
from tests.acceptance.server import Hypercorn
from tests.servers.browser import CHROMIUM_OPTIONS, chromium
from tests.servers.fixtures import unavailable


@pytest.fixture(scope="module")
def settings_on_servers(mysql_uri: str, mongo_uri: str, redis_uri: str) -> Iterator[Settings]:
    """Settings of production, on databases of this module's own that are ready."""
    with own_databases(mysql_uri, mongo_uri, redis_uri) as settings:
        initialise(settings)
        yield settings


@pytest.fixture(scope="module")
def deployment(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    """The project running in the form that is this fixture's parameter."""
    form: Form = request.param
    folder = tmp_path_factory.mktemp("deployment")
    if form.on_servers:
        settings = request.getfixturevalue("settings_on_servers")
    else:
        settings = {"FLASK_SQLITE_PATH": str(folder / "embedded.sqlite3")}
    with ExitStack() as stack:
        servers = [
            stack.enter_context(Hypercorn(folder, settings, *form.options))
            for _ in range(form.processes)
        ]
        client = stack.enter_context(client_of(*servers))
        yield Deployment(settings, servers, client)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Chromium; as nobody asks it for anything else, it calls nobody."""
    program = chromium()
    if program is None:
        unavailable("Chromium is not installed")
    async with (
        async_playwright() as playwright,
        await playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS) as browser,
    ):
        yield browser
