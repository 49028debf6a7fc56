"""A sync Flask application with sync extensions, unchanged, through the bridge."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from tests.integration.serving import hypercorn

# What the tests ask beyond the application's own routes is told by the module that serves it.
APP = """
import threading
from flask_login import login_required
from service.asgi import FlaskToAsgi
from tests.integration.sync_flask_app import Note, create_app, db

flask_app = create_app()
app = FlaskToAsgi(flask_app, sync_workers=15)
meeting = threading.Barrier(15)

@flask_app.get("/meet")
@login_required
def meet():
    db.session.scalars(db.select(Note)).all()
    meeting.wait(timeout=10)
    first = id(db.session())
    meeting.wait(timeout=10)
    return str(first)

@flask_app.get("/left-open")
async def left_open():
    return {
        "sessions": len(db.session.registry.registry),
        "connections": db.engine.pool.checkedout(),
    }
"""


@pytest.fixture(scope="module", params=["asyncio", "uvloop"])
def port(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with hypercorn(tmp_path_factory.mktemp("served"), APP, request.param) as port:
        yield port


@pytest.fixture
async def stranger(port: int) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20) as client:
        yield client


@pytest.fixture
async def ann(stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    answer = await submit(stranger, "/login", name="ann", password="secret")
    assert answer.headers["location"] == "/notes"
    return stranger


async def token_of(client: httpx.AsyncClient, path: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', (await client.get(path)).text)
    assert found is not None
    return found[1]


async def submit(client: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """Fetch a form and post it, as a browser does."""
    return await client.post(path, data=fields | {"csrf_token": await token_of(client, path)})


async def test_a_stranger_is_sent_to_the_login(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get("/notes")
    assert answer.status_code == 302
    assert answer.headers["location"] == "/login?next=%2Fnotes"


async def test_a_wrong_password_is_refused(stranger: httpx.AsyncClient) -> None:
    answer = await submit(stranger, "/login", name="ann", password="guess")
    assert answer.status_code == 401


async def test_a_form_without_its_token_is_refused(ann: httpx.AsyncClient) -> None:
    answer = await ann.post("/notes", data={"text": "forged"})
    assert answer.status_code == 400
    assert "CSRF token is missing" in answer.text
    assert "forged" not in (await ann.get("/notes")).text


async def test_a_note_is_committed_and_its_message_flashed_once(ann: httpx.AsyncClient) -> None:
    assert (await submit(ann, "/notes", text="milk")).status_code == 302
    first, second = await ann.get("/notes"), await ann.get("/notes")
    assert "<li>milk</li>" in first.text
    assert "Noted by ann." in first.text
    assert "<li>milk</li>" in second.text
    assert "Noted by ann." not in second.text


async def test_twenty_forms_at_once_are_all_committed(ann: httpx.AsyncClient) -> None:
    token = await token_of(ann, "/notes")
    texts = [f"note {number}" for number in range(20)]
    answers = await asyncio.gather(
        *(ann.post("/notes", data={"text": text, "csrf_token": token}) for text in texts)
    )
    assert {answer.status_code for answer in answers} == {302}
    page = (await ann.get("/notes")).text
    assert all(f"<li>{text}</li>" in page for text in texts)


async def test_requests_at_once_have_a_session_each(ann: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(ann.get("/meet") for _ in range(15)))
    assert len({answer.text for answer in answers if answer.status_code == 200}) == 15


async def test_a_failed_commit_leaves_nothing_to_the_next_request(ann: httpx.AsyncClient) -> None:
    assert (await submit(ann, "/notes", text="once")).status_code == 302
    assert (await submit(ann, "/notes", text="once")).status_code == 500
    assert (await submit(ann, "/notes", text="again")).status_code == 302


async def test_teardown_removes_each_session(ann: httpx.AsyncClient) -> None:
    await asyncio.gather(*(ann.get("/notes") for _ in range(20)))
    assert (await ann.get("/left-open")).json() == {"sessions": 0, "connections": 0}
