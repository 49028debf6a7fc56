"""The page to which a provider leads people back."""

from flask import Blueprint, Response, abort

from domain.authentication.provider_sign_in import ProviderSignIn
from service.views.site import SERVICE, page


def sign_in_pages_blueprint(providers: ProviderSignIn) -> Blueprint:
    """Make the page of each provider; one of its own is what tells apart whose answer it gets."""
    blueprint = Blueprint("sign_in_pages", __name__)

    @blueprint.get("/sign-in/<name>")
    async def show_sign_in(name: str) -> Response:
        if name not in providers.names():
            abort(404)
        return page("sign-in.html", service=SERVICE, provider=name)

    return blueprint
