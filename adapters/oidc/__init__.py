"""Sign-in with OpenID Connect providers: httpx for HTTP, joserfc for what they sign."""
