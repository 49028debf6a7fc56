import pytest
from flask import Flask

from service.asgi import FlaskToAsgi


@pytest.fixture
def flask_app() -> Flask:
    return Flask("bridged")


@pytest.fixture
def bridge(flask_app: Flask) -> FlaskToAsgi:
    return FlaskToAsgi(flask_app)
