"""Chooses the adapters of signed tokens; a part of the wiring."""

from adapters.security.access_tokens import JWTAccessTokens, access_token_keys, new_key_set
from adapters.security.development_tokens import JWTDevelopmentTokens
from adapters.system.clock import SystemClock
from domain.authentication.development import DevelopmentTokens
from domain.authentication.ports import AccessTokens
from service.settings import Settings
from service.settings.model import TokenAlgorithm


def access_tokens(settings: Settings) -> AccessTokens:
    """Give the access tokens that the settings ask for."""
    given = settings.access_token_keys
    keys = access_token_keys(given.get_secret_value() if given else None, *settings.secret_keys)
    return JWTAccessTokens(
        settings.access_token_algorithm, keys, settings.public_url, SystemClock()
    )


def development_tokens(settings: Settings) -> DevelopmentTokens | None:
    """Give the tokens of roles; None in production, which neither gives nor takes any."""
    if settings.profile == "production":
        return None
    secret = settings.secret_key.get_secret_value()
    return JWTDevelopmentTokens(secret, settings.public_url, SystemClock())


def new_access_token_keys(algorithm: TokenAlgorithm) -> str:
    """Give a new value of FLASK_ACCESS_TOKEN_KEYS."""
    return new_key_set(algorithm)
