"""`hypercorn asgi:app`: builds the application, nothing else."""

from functools import partial

from service.application import create_app
from service.asgi import FlaskToAsgi
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
app = FlaskToAsgi(
    flask_app,
    lifespan=partial(serving, wiring),
    trusted_proxies=settings.trusted_proxies,
    slow_callback=0.1 if settings.profile == "development" else None,
)
