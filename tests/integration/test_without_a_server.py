"""Test clients and commands share one loop, and so its pools, with no server around them."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from uuid import uuid4

import click
import pytest
from asgiref.sync import async_to_sync
from flask import Flask, current_app

from adapters.mysql.address import MySQLAddress
from adapters.mysql.database import MySQLDatabase
from adapters.sql.statements import statement
from domain.catalogue.queries import AuthorQuery
from domain.pagination import PageRequest
from domain.permissions import Role
from service.application import create_app
from service.asgi import (
    FlaskToAsgi,
    run_in_greenlet,
    start_background_task,
    started,
    with_started_app,
)
from service.asgi.testing import AsyncTestClient
from service.lifespan import serving
from service.settings import load_settings
from service.wiring import wire
from tests.acceptance.administrators import authorization

CONNECTION_ID = statement("SELECT CONNECTION_ID() AS id")


@pytest.fixture(params=["embedded", pytest.param("mysql", marks=pytest.mark.mysql)])
def product(request: pytest.FixtureRequest, tmp_path: Path) -> FlaskToAsgi:
    """What asgi.py builds, with a command beside."""
    environ = {"FLASK_SQLITE_PATH": str(tmp_path / "test.sqlite3")}
    if request.param == "mysql":
        request.getfixturevalue("mysql_address")
        environ["FLASK_MYSQL_URI"] = request.getfixturevalue("mysql_database")
    settings = load_settings(environ, None)
    wiring = wire(settings)
    app = create_app(settings, wiring.use_cases)
    # Others have authors in the same database.
    app.config["SURNAME"] = surname = f"of{uuid4().hex}"
    app.config["EDITOR"] = authorization(environ, Role.EDITOR)

    @app.cli.command("count-authors")
    @with_started_app
    async def count_authors() -> None:
        query = AuthorQuery(search=surname)
        page = await wiring.use_cases.catalogue.list_authors(PageRequest(limit=100), query)
        click.echo(len(page.items))

    return FlaskToAsgi(app, lifespan=partial(serving, wiring))


def create_author(app: Flask, number: int) -> str:
    client = app.test_client()
    name = f"Author {number} {app.config['SURNAME']}"
    created = client.post("/v1/authors", json={"name": name}, headers=app.config["EDITOR"])
    assert created.status_code == 201, created.text
    found = client.get(created.headers["Location"])
    return f"{found.status_code} {found.get_json()['name'].removesuffix(app.config['SURNAME'])}"


def test_the_sync_test_client_and_a_command_share_the_products_stores(
    product: FlaskToAsgi,
) -> None:
    app = product.flask_app
    with started(app):
        for number in range(3):
            assert create_author(app, number) == f"200 Author {number} "
        with ThreadPoolExecutor(3) as threads:
            answers = threads.map(partial(create_author, app), range(3, 9))
            assert list(answers) == [f"200 Author {number} " for number in range(3, 9)]
        assert int(app.test_cli_runner().invoke(args=["count-authors"]).output) == 9

    # The stores have been closed, so the command opens them itself.
    result = app.test_cli_runner().invoke(args=["count-authors"])
    assert result.exception is None, result.exc_info
    assert (result.exit_code, int(result.output)) == (0, 9)


async def test_the_async_client_shares_them_with_all_of_these(product: FlaskToAsgi) -> None:
    app = product.flask_app
    async with AsyncTestClient(product, headers=app.config["EDITOR"]) as client:
        created = await client.post("/v1/authors", json={"name": "Han Kang"})
        path = created.headers["Location"]
        answers = await asyncio.gather(*(client.get(path) for _ in range(20)))
        assert {answer.json()["name"] for answer in answers} == {"Han Kang"}
        assert await run_in_greenlet(create_author, app, 1) == "200 Author 1 "
        assert await asyncio.to_thread(create_author, app, 2) == "200 Author 2 "
        result = await asyncio.to_thread(app.test_cli_runner().invoke, args=["count-authors"])
        assert int(result.output) == 2


@pytest.fixture
def bridge(mysql_address: MySQLAddress) -> FlaskToAsgi:
    """An app that tells which connection of a pool of one answers."""
    pool = MySQLDatabase(mysql_address, pool_size=1, timeout=10.0, pool_timeout=2.0)
    app = Flask("connections")

    async def connection() -> str:
        async with pool.reading() as connection:
            row = await connection.fetch_one(CONNECTION_ID, {})
        assert row is not None
        return str(row["id"])

    app.add_url_rule("/async", "async", connection)

    @app.get("/sync")
    def synchronous() -> str:
        return current_app.async_to_sync(connection)()

    @app.get("/asgiref")
    def by_asgiref() -> str:
        return async_to_sync(connection)()

    @app.get("/stream")
    async def stream() -> AsyncIterator[str]:
        async def chunks() -> AsyncIterator[str]:
            yield await connection()

        return chunks()

    @app.get("/background")
    def background() -> str:
        async def note() -> None:
            app.config["NOTED"] = await connection()

        start_background_task(note)
        return "started"

    @app.cli.command("connection")
    @with_started_app
    def command() -> None:
        click.echo(current_app.async_to_sync(connection)(), nl=False)

    return FlaskToAsgi(app, lifespan=pool.opened)


@pytest.mark.mysql
def test_one_connection_serves_all_that_sync_code_asks(bridge: FlaskToAsgi) -> None:
    app = bridge.flask_app
    client = app.test_client()
    paths = ["/async", "/sync", "/asgiref", "/stream"]
    with started(app):
        used = [client.get(path).text for path in paths * 2]
        with ThreadPoolExecutor(3) as threads:
            used += [answer.text for answer in threads.map(client.get, ["/async", "/sync"] * 3)]
        used.append(app.test_cli_runner().invoke(args=["connection"]).output)
        client.get("/background")
    used.append(app.config["NOTED"])
    assert len(set(used)) == 1
    assert used[0].isdecimal()


@pytest.mark.mysql
async def test_one_connection_serves_all_that_async_code_asks(bridge: FlaskToAsgi) -> None:
    app = bridge.flask_app
    paths = ["/async", "/sync", "/asgiref", "/stream"] * 2
    async with AsyncTestClient(bridge) as client:
        used = [(await client.get(path)).text for path in paths]
        used.append((await run_in_greenlet(app.test_client().get, "/async")).text)
        used.append((await asyncio.to_thread(app.test_client().get, "/sync")).text)
        await client.get("/background")
    used.append(app.config["NOTED"])
    assert len(set(used)) == 1
    assert used[0].isdecimal()
