"""The Flask application factory."""

from flask import Flask, Response, request

from service.error_responses import register_error_responses
from service.hooks import register_hooks
from service.hooks.entrance import let_in
from service.hooks.rate_limits import rate_limits, tell_limits
from service.hooks.retirement import announce_declarations
from service.routes import route_of
from service.sessions import CookieSessions
from service.settings import Settings
from service.use_cases import UseCases
from service.views.account_administration import account_administration_blueprint
from service.views.activity import activity_blueprint
from service.views.api_keys import api_keys_blueprint
from service.views.authors import authors_blueprint
from service.views.books import books_blueprint
from service.views.configuration import configuration_blueprint
from service.views.contract import contract_blueprint
from service.views.emails import emails_blueprint
from service.views.lists import Lists
from service.views.me import me_blueprint
from service.views.my_identities import my_identities_blueprint
from service.views.passkey_sign_in import passkey_sign_in_blueprint
from service.views.passkeys import passkeys_blueprint
from service.views.passwords import passwords_blueprint
from service.views.providers import providers_blueprint
from service.views.second_factors import second_factors_blueprint
from service.views.sessions import sessions_blueprint
from service.views.sign_in import sign_in_blueprint
from service.views.sign_in_pages import sign_in_pages_blueprint
from service.views.sign_up import sign_up_blueprint
from service.views.site import site_blueprint
from service.views.token_keys import token_keys_blueprint


class Application(Flask):
    """A Flask application whose answers to OPTIONS say what they can say."""

    def make_default_options_response(self) -> Response:
        """Tell the methods of an address, and how its resource is changed (RFC 5789, 3.1)."""
        response = super().make_default_options_response()
        del response.headers["Content-Type"]
        adapter = self.create_url_adapter(request)
        if adapter is not None and "PATCH" in response.allow:
            endpoint, _ = adapter.match(method="PATCH")
            if (declared := route_of(self, endpoint)) is not None:
                response.headers["Accept-Patch"] = ", ".join(declared.media_types)
        return response


def create_app(settings: Settings, use_cases: UseCases) -> Flask:
    """Make the application over use-cases whose adapters somebody else opens and closes."""
    app = Application(__name__, static_folder=None)
    app.config.from_mapping(
        DEBUG=settings.debug,
        MAX_CONTENT_LENGTH=settings.max_body_size,
        PROPAGATE_EXCEPTIONS=False,
        SECRET_KEY=settings.secret_keys[0],
        SECRET_KEY_FALLBACKS=settings.secret_keys[1:],
        TESTING=settings.profile == "testing",
    )
    app.session_interface = CookieSessions()
    # A redirect is no answer for an API: an address with a slash too many is unknown.
    app.url_map.merge_slashes = False
    register_error_responses(app)
    register_hooks(app, settings)
    let_in(app, rate_limits(settings), use_cases.entrance)
    tell_limits(app)
    announce_declarations(app)
    lists = Lists(use_cases.configuration, *settings.secret_keys)
    app.register_blueprint(authors_blueprint(use_cases.catalogue, lists))
    app.register_blueprint(books_blueprint(use_cases.catalogue, lists))
    app.register_blueprint(account_administration_blueprint(use_cases.accounts, lists))
    app.register_blueprint(
        me_blueprint(use_cases.me, use_cases.own_data, use_cases.activity, lists)
    )
    app.register_blueprint(api_keys_blueprint(use_cases.authentication.keys))
    app.register_blueprint(second_factors_blueprint(use_cases.authentication.totp))
    app.register_blueprint(passkeys_blueprint(use_cases.authentication.passkeys))
    # Those whose pages may use the cookies of this origin.
    origins = settings.cors_origins if settings.cors_credentials else ()
    app.register_blueprint(
        sign_in_blueprint(
            use_cases.authentication.sign_in,
            use_cases.authentication.sessions,
            origins,
        )
    )
    app.register_blueprint(
        passkey_sign_in_blueprint(use_cases.authentication.passkey_sign_in, origins)
    )
    app.register_blueprint(sign_up_blueprint(use_cases.authentication.sign_up))
    app.register_blueprint(passwords_blueprint(use_cases.authentication.passwords))
    app.register_blueprint(emails_blueprint(use_cases.authentication.emails))
    app.register_blueprint(providers_blueprint(use_cases.authentication.providers, origins))
    app.register_blueprint(my_identities_blueprint(use_cases.authentication.my_identities, origins))
    app.register_blueprint(sign_in_pages_blueprint(use_cases.authentication.providers))
    app.register_blueprint(sessions_blueprint(use_cases.authentication.sessions))
    app.register_blueprint(activity_blueprint(use_cases.activity, lists))
    app.register_blueprint(configuration_blueprint(use_cases.configuration))
    app.register_blueprint(token_keys_blueprint(use_cases.access_tokens))
    app.register_blueprint(site_blueprint(use_cases.health, use_cases.configuration))
    app.register_blueprint(contract_blueprint())
    return app
