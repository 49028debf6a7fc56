"""Flask behind this project's bridge."""

from benchmarks.apps.flask_async import flask_app
from service.asgi import FlaskToAsgi

app = FlaskToAsgi(flask_app)
