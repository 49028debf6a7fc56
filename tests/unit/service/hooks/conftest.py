"""A small application inside the envelope, and clients of it."""

from collections.abc import Callable

import httpx
import pytest
from flask import Flask

from service.asgi import FlaskToAsgi
from service.error_responses import register_error_responses
from service.hooks import Envelope, register_hooks
from service.settings import Settings, load_settings

ClientOf = Callable[..., httpx.AsyncClient]


@pytest.fixture
def flask_app() -> Flask:
    app = Flask("hooked")
    app.config["PROPAGATE_EXCEPTIONS"] = False
    register_error_responses(app)
    return app


def settings_of(**environ: str) -> Settings:
    return load_settings({"FLASK_CONFIG": "testing", **environ}, dotenv=None)


@pytest.fixture
def client_of(flask_app: Flask) -> ClientOf:
    """Make a client of the application under these settings, and this base URL."""

    def client_of(base_url: str = "http://localhost", **environ: str) -> httpx.AsyncClient:
        settings = settings_of(**environ)
        register_hooks(flask_app, settings)
        bridge = FlaskToAsgi(flask_app, trusted_proxies=settings.trusted_proxies)
        transport = httpx.ASGITransport(Envelope(bridge, settings))
        return httpx.AsyncClient(transport=transport, base_url=base_url)

    return client_of
