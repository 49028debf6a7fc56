"""All that Flask calls around a view runs where the view does, and can await."""

import asyncio
import threading

import pytest
from flask import (
    Flask,
    appcontext_tearing_down,
    before_render_template,
    render_template_string,
    request_finished,
    request_started,
)

from service.asgi import FlaskToAsgi
from tests.unit.service.asgi.client import exchange

pytestmark = pytest.mark.usefixtures("each_way")

TEMPLATE = "{{ of_context }} {{ of_global() }} {{ name|of_filter }} {{ name is of_test }}"


@pytest.mark.parametrize("on_loop", [True, False], ids=["async view", "sync view"])
async def test_what_flask_calls_runs_where_the_view_does_and_can_await(
    flask_app: Flask, bridge: FlaskToAsgi, on_loop: object
) -> None:
    loop, called = asyncio.get_running_loop(), list[str]()
    places: set[bool] = set()

    async def note(name: str) -> str:
        await asyncio.sleep(0)
        assert asyncio.get_running_loop() is loop
        called.append(name)
        return name

    def wait(name: str) -> str:
        places.add(threading.current_thread() is threading.main_thread())
        return flask_app.async_to_sync(note)(name)

    def receiver(name: str) -> object:
        async def receive(_: Flask, **__: object) -> None:
            await note(name)

        return receive

    async def asynchronous() -> str:
        return render_template_string(TEMPLATE)

    def synchronous() -> str:
        return render_template_string(TEMPLATE)

    flask_app.add_url_rule("/", view_func=asynchronous if on_loop else synchronous)
    flask_app.url_value_preprocessor(lambda _endpoint, _values: wait("preprocessor") and None)
    flask_app.before_request(lambda: wait("before") and None)
    flask_app.context_processor(lambda: {"of_context": wait("of_context")})
    flask_app.add_template_global(lambda: wait("of_global"), "of_global")
    flask_app.add_template_filter(lambda _: wait("of_filter"), "of_filter")
    flask_app.add_template_test(lambda _: wait("of_test") == "of_test", "of_test")
    flask_app.after_request(lambda response: (wait("after"), response)[1])
    flask_app.teardown_request(lambda _: wait("teardown") and None)
    flask_app.teardown_appcontext(lambda _: wait("teardown of app") and None)
    signals = {
        "started": request_started,
        "rendering": before_render_template,
        "finished": request_finished,
        "tearing down": appcontext_tearing_down,
    }
    # Signals keep weak references to what receives them.
    receivers = {name: receiver(name) for name in signals}
    for name, signal in signals.items():
        signal.connect(receivers[name], flask_app)
    assert (await exchange(bridge)).body == b"of_context of_global of_filter True"
    assert called == [
        *("started", "preprocessor", "before"),
        *("of_context", "rendering", "of_global", "of_filter", "of_test"),
        *("after", "finished", "teardown", "teardown of app", "tearing down"),
    ]
    assert places == {bool(on_loop)}
