"""Flask's sessions, which this service has no use for yet."""

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface


class CookieSessions(SecureCookieSessionInterface):
    """Signed cookies, whose serializer is made for those requests only that bring a cookie.

    Flask makes it for each request, before it looks for the cookie.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Give the session that the request brings, or a new one."""
        if app.secret_key and "HTTP_COOKIE" not in request.environ:
            return self.session_class()
        return super().open_session(app, request)
