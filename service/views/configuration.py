"""The runtime configuration over HTTP."""

from flask import Blueprint, Response
from pydantic import TypeAdapter

from domain.configuration.use_cases import RuntimeConfiguration
from service.schemas.configuration import ConfigurationPatch, ConfigurationResponse
from service.views.messages import JSON, MERGE_PATCH, json_response, read_body

_PATCH = TypeAdapter(ConfigurationPatch)


def configuration_blueprint(configuration: RuntimeConfiguration) -> Blueprint:
    """Make the routes of the configuration over its use-cases."""
    blueprint = Blueprint("configuration", __name__, url_prefix="/v1/configuration")

    @blueprint.get("")
    async def get_configuration() -> Response:
        return json_response(ConfigurationResponse.model_validate(await configuration.current()))

    @blueprint.patch("")
    async def change_configuration() -> Response:
        changed = await configuration.change(read_body(_PATCH, MERGE_PATCH, JSON))
        return json_response(ConfigurationResponse.model_validate(changed))

    return blueprint
