"""Flask behind asgiref's bridge, as shipped: one request at a time."""

from asgiref.wsgi import WsgiToAsgi

from benchmarks.apps.flask_async import flask_app

app = WsgiToAsgi(flask_app)
