from collections.abc import Callable
from typing import Any

import pytest
from flask import Blueprint, Flask, Request
from flask.signals import request_tearing_down

from service.asgi import FlaskToAsgi
from tests.unit.service.asgi.client import exchange

pytestmark = pytest.mark.usefixtures("each_way")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Give a list of the requests whose blueprints were asked for."""
    asked: list[object] = []

    def blueprints(request: Request) -> list[str]:
        asked.append(request)
        return original(request)

    original: Callable[[Request], list[str]] = Request.blueprints.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(Request, "blueprints", property(blueprints))
    return asked


@pytest.mark.parametrize("bridged", [True, False])
def test_without_functions_for_it_nothing_is_looked_for(
    flask_app: Flask, asked: list[object], *, bridged: bool
) -> None:
    if bridged:
        FlaskToAsgi(flask_app)
    with flask_app.test_request_context():
        pass
    assert bool(asked) is not bridged


async def test_functions_are_called_from_when_they_are_there(
    flask_app: Flask, bridge: FlaskToAsgi
) -> None:
    blueprint = Blueprint("part", "part")
    blueprint.add_url_rule("/", "view", lambda: "answer")
    torn_down: list[str] = []

    @blueprint.teardown_request
    async def of_part(error: BaseException | None) -> None:
        torn_down.append(f"part {error}")

    flask_app.register_blueprint(blueprint)
    await exchange(bridge)
    assert torn_down == ["part None"]


async def test_a_signal_is_sent_to_who_listens(flask_app: Flask, bridge: FlaskToAsgi) -> None:
    def listen(sender: Flask, **_: Any) -> None:  # noqa: ANN401
        heard.append(sender)

    heard: list[Flask] = []
    with request_tearing_down.connected_to(listen):
        await exchange(bridge)
    await exchange(bridge)
    assert heard == [flask_app]


async def test_an_application_that_overrides_it_is_called() -> None:
    class Own(Flask):
        def do_teardown_request(self, *error: Any) -> None:  # noqa: ANN401
            called.append(error)

    called: list[object] = []
    await exchange(FlaskToAsgi(Own("own")))
    assert called == [(None,)]
