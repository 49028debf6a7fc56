"""Pages for people: where to go, the documentation of the API, and what each problem means."""

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path, PurePosixPath

from flask import Blueprint, Response, abort, render_template, send_from_directory

from domain.configuration.use_cases import RuntimeConfiguration
from domain.health.use_cases import Health
from service.problems import PROBLEMS

# Scripts, styles and pictures come from the service alone. Swagger UI sets styles from its script
# and draws with `data:` pictures; it talks to this API only.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# The addresses of assets name what is in them, so that a browser asks for each once.
ASSETS_MAX_AGE = 31_536_000

NAME = "imflask-asgi"

_STATIC = "static"
_ASSETS = {".css", ".js"}


def release_of(folder: Path) -> str:
    """Give what changes with any asset of a folder, whether the version does or not."""
    assets = (file for file in sorted(folder.rglob("*")) if file.suffix in _ASSETS)
    return sha256(b"".join(asset.read_bytes() for asset in assets)).hexdigest()[:16]


SERVICE = {
    "name": NAME,
    "version": version(NAME),
    "release": release_of(Path(__file__).parents[1] / _STATIC),
}


def site_blueprint(health: Health, configuration: RuntimeConfiguration) -> Blueprint:
    """Make the pages; none of them needs a store to be there."""
    blueprint = Blueprint("site", __name__)

    @blueprint.get("/")
    async def show_landing() -> Response:
        stores = await health.check()
        notice = (await configuration.current()).maintenance_notice
        return page("landing.html", service=SERVICE, stores=stores, notice=notice)

    @blueprint.get("/docs")
    async def show_docs() -> Response:
        return page("docs.html", service=SERVICE)

    @blueprint.get("/problems")
    async def list_problems() -> Response:
        problems = {problem.slug: problem for problem in PROBLEMS.values()}
        return page("problems.html", service=SERVICE, problems=problems.values())

    @blueprint.get("/problems/<slug>")
    async def show_problem(slug: str) -> Response:
        found = next((it for it in PROBLEMS.values() if it.slug == slug), None)
        if found is None:
            abort(404)
        return page("problem.html", service=SERVICE, problem=found)

    @blueprint.get("/assets/<release>/<path:name>")
    async def send_asset(release: str, name: str) -> Response:
        if release != SERVICE["release"] or PurePosixPath(name).suffix not in _ASSETS:
            abort(404)
        response = send_from_directory(_STATIC, name, max_age=ASSETS_MAX_AGE)
        response.cache_control.immutable = True
        return response

    return blueprint


def page(template: str, **values: object) -> Response:
    """Make a page that loads nothing from elsewhere, and that no cache gives without asking."""
    response = Response(render_template(template, **values), mimetype="text/html")
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["Cache-Control"] = "no-cache"
    return response
