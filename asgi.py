"""`hypercorn asgi:app`: builds the application, nothing else."""

import math
from functools import partial

from service.application import create_app
from service.asgi import FlaskToAsgi
from service.hooks import Envelope
from service.lifespan import serving
from service.logs import configure_logging
from service.settings import SettingsError, load_settings
from service.wiring import wire

try:
    settings = load_settings()
except SettingsError as error:
    raise SystemExit(str(error)) from None

configure_logging(settings.log_level)
wiring = wire(settings)
flask_app = create_app(settings, wiring.use_cases)
development = settings.profile == "development"
bridge = FlaskToAsgi(
    flask_app,
    lifespan=partial(serving, wiring),
    trusted_proxies=settings.trusted_proxies,
    # A request may stand at a breakpoint for as long as its developer thinks.
    deadline=math.inf if development else 30,
    slow_callback=0.1 if development else None,
)
app = Envelope(bridge, settings)
