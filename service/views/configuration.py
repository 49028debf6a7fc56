"""The runtime configuration over HTTP."""

from flask import Blueprint

from domain.configuration.entities import Configuration
from domain.configuration.use_cases import RuntimeConfiguration
from domain.entities import Expected
from domain.errors import Conflict, CorruptedValue
from domain.permissions import Permission
from service.arguments import JSON, MERGE_PATCH
from service.routes import RateClass, route
from service.schemas.configuration import ConfigurationPatch, ConfigurationResponse


def configuration_blueprint(configuration: RuntimeConfiguration) -> Blueprint:
    """Make the routes of the configuration over its use-cases."""
    blueprint = Blueprint("configuration", __name__, url_prefix="/v1/configuration")

    @route(
        blueprint,
        "GET",
        "",
        callers=Permission.READ_CONFIGURATION,
        rate=RateClass.READ,
        answer=ConfigurationResponse,
        conditional=ConfigurationResponse,
    )
    async def get_configuration() -> Configuration:
        """Read the configuration."""
        return await configuration.read()

    @route(
        blueprint,
        "PATCH",
        "",
        callers=Permission.CHANGE_CONFIGURATION,
        rate=RateClass.WRITE,
        body=ConfigurationPatch,
        media_types=(MERGE_PATCH, JSON),
        answer=ConfigurationResponse,
        conditional=ConfigurationResponse,
        errors=(CorruptedValue, Conflict),
    )
    async def change_configuration(body: ConfigurationPatch, expected: Expected) -> Configuration:
        """Change some values."""
        return await configuration.change(body, expected)

    return blueprint
