"""The service over fakes, and a client of it."""

from collections.abc import AsyncIterator

import httpx
import pytest
from flask import Flask

from service.application import create_app
from service.asgi import FlaskToAsgi
from service.asgi.testing import AsyncTestClient
from service.hooks import Envelope
from service.settings import Settings, load_settings
from service.use_cases import UseCases
from tests.unit.fakes import Fakes


@pytest.fixture
def testing_settings() -> Settings:
    return load_settings({"FLASK_CONFIG": "testing"}, dotenv=None)


@pytest.fixture
def use_cases(fakes: Fakes) -> UseCases:
    return fakes.use_cases()


@pytest.fixture
def app(testing_settings: Settings, use_cases: UseCases) -> Flask:
    return create_app(testing_settings, use_cases)


@pytest.fixture
async def client(
    app: Flask, testing_settings: Settings, fakes: Fakes
) -> AsyncIterator[httpx.AsyncClient]:
    """Give an administrator's client."""
    async with AsyncTestClient(
        Envelope(FlaskToAsgi(app), testing_settings),
        base_url="http://service.test",
        headers=fakes.headers(),
    ) as client:
        yield client


@pytest.fixture(autouse=True)
def _as_operator(as_operator: None) -> None:
    """Tests may call use-cases by themselves."""


@pytest.fixture
async def client_for_pages(use_cases: UseCases) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a service that lets pages of one other origin in, with their cookies."""
    settings = load_settings(
        {
            "FLASK_CONFIG": "testing",
            "FLASK_CORS_ORIGINS": "https://app.example.org",
            "FLASK_CORS_CREDENTIALS": "1",
        },
        dotenv=None,
    )
    application = Envelope(FlaskToAsgi(create_app(settings, use_cases)), settings)
    async with AsyncTestClient(application, base_url="http://service.test") as client:
        yield client
