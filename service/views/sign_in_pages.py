"""The page to which a provider leads people back."""

from collections.abc import Collection

from flask import Blueprint, Response, abort

from service.views.site import SERVICE, page


def sign_in_pages_blueprint(names: Collection[str]) -> Blueprint:
    """Make the page of each provider; one of its own is what tells apart whose answer it gets."""
    blueprint = Blueprint("sign_in_pages", __name__)

    @blueprint.get("/sign-in/<name>")
    async def show_sign_in(name: str) -> Response:
        if name not in names:
            abort(404)
        return page("sign-in.html", service=SERVICE, provider=name)

    return blueprint
