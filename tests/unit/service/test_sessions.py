"""Sessions of requests with a cookie and without."""

import pytest
from flask import Flask, session

from service.sessions import CookieSessions


@pytest.fixture
def app() -> Flask:
    app = Flask(__name__)
    app.session_interface = CookieSessions()
    app.secret_key = "a key of the tests"

    @app.get("/count")
    def count() -> str:
        session["count"] = session.get("count", 0) + 1
        return str(session["count"])

    return app


def test_what_a_session_holds_comes_back(app: Flask) -> None:
    client = app.test_client()
    assert [client.get("/count").text for _ in range(3)] == ["1", "2", "3"]


def test_a_session_is_its_own_clients(app: Flask) -> None:
    assert app.test_client().get("/count").text == app.test_client().get("/count").text == "1"


def test_a_forged_cookie_opens_a_new_session(app: Flask) -> None:
    client = app.test_client()
    client.set_cookie("session", "eyJjb3VudCI6NX0.forged.forged")
    assert client.get("/count").text == "1"


def test_without_a_key_nothing_can_be_kept(app: Flask) -> None:
    app.secret_key = None
    assert app.test_client().get("/count").status_code == 500


def test_what_a_former_key_has_signed_comes_back(app: Flask) -> None:
    client = app.test_client()
    client.get("/count")
    app.config["SECRET_KEY_FALLBACKS"] = (app.secret_key,)
    app.secret_key = "another key of the tests"

    assert client.get("/count").text == "2"
    app.config["SECRET_KEY_FALLBACKS"] = ()
    # The answer was signed by the new one.
    assert client.get("/count").text == "3"
