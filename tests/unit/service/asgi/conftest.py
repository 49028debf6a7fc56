import pytest
from flask import Flask

from service.asgi import FlaskToAsgi
from service.asgi.steps import FlaskSteps


@pytest.fixture
def flask_app() -> Flask:
    return Flask("bridged")


@pytest.fixture
def bridge(flask_app: Flask) -> FlaskToAsgi:
    return FlaskToAsgi(flask_app)


@pytest.fixture(params=["as the first", "as a later one"])
def each_way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Serve requests by Flask's own methods, as the first is served; then stepwise, as others."""
    may_be_taken = FlaskSteps.may_be_taken

    def as_the_first(_: FlaskSteps) -> bool:
        return False

    def as_a_later_one(steps: FlaskSteps) -> bool:
        return may_be_taken(steps) or may_be_taken(steps)

    ways = {"as the first": as_the_first, "as a later one": as_a_later_one}
    monkeypatch.setattr(FlaskSteps, "may_be_taken", ways[request.param])
