from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    AliasGenerator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
)

from service.settings.fallbacks import SecretKeys, parse_fallbacks
from service.settings.flags import parse_flag
from service.settings.hosts import LOCAL_HOSTS, HostPatterns, parse_hosts
from service.settings.mysql_address import MySQLAddress, parse_mysql_uri
from service.settings.oidc_providers import TrustedProviders, parse_providers
from service.settings.origins import parse_origins
from service.settings.public_url import parse_public_url
from service.settings.rates import Off, Rate, parse_rate
from service.settings.smtp_address import (
    MailSender,
    SMTPAddress,
    parse_mail_sender,
    parse_smtp_uri,
)
from service.settings.store_uris import (
    SecretUri,
    checked_mongo_database,
    checked_mongo_uri,
    checked_redis_uri,
)

DEVELOPMENT_KEY = "development-only-secret-key-never-for-production"

Profile = Literal["development", "testing", "production"]
TokenAlgorithm = Literal["HS256", "EdDSA", "ES256", "RS256"]
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"]
Flag = Annotated[
    bool,
    BeforeValidator(parse_flag),
    Field(description="1, true or yes, or 0, false or no"),
]
RateLimit = Annotated[
    Rate | Off,
    BeforeValidator(parse_rate),
    Field(description="requests/seconds, like 600/60, up to 10000 a second and 86400 s, or off"),
]
Days = Annotated[int, Field(ge=1, le=36_500, description="days, 1 to 36500")]


def _environment_name(field: str) -> str:
    return f"FLASK_{field.upper()}"


def _file_path(text: str) -> str:
    if text == ":memory:" or text.startswith("file:"):
        raise ValueError("is not the path of a file")
    return text


class Settings(BaseModel):
    """All that the operator decides, checked; made by `load_settings` only.

    A field's description is what an error says was expected. A store without an address is
    embedded: in the SQLite file (development, production) or in memory (testing). Neither `repr`
    nor `str` shows a secret.
    """

    model_config = ConfigDict(
        frozen=True,
        hide_input_in_errors=True,
        alias_generator=AliasGenerator(validation_alias=_environment_name),
    )

    profile: Profile = Field(
        default="development",
        validation_alias="FLASK_CONFIG",
        description="development, testing or production",
    )
    debug: Flag = False
    log_level: Annotated[LogLevel, BeforeValidator(str.upper)] = Field(
        default="INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL"
    )
    secret_key: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_KEY), description="a secret that signs sessions"
    )
    secret_key_fallbacks: Annotated[SecretKeys, BeforeValidator(parse_fallbacks)] | None = Field(
        default=None, description='the secrets of before, as a JSON list: ["…", "…"]'
    )

    allowed_hosts: Annotated[HostPatterns, BeforeValidator(parse_hosts)] = Field(
        default=LOCAL_HOSTS,
        description="names, *.names, addresses or networks, without ports, separated by commas",
    )
    trusted_proxies: int = Field(default=0, ge=0, le=10, description="proxies in a row, 0 to 10")
    cors_origins: Annotated[tuple[str, ...], BeforeValidator(parse_origins)] = Field(
        default=(), description="origins like https://app.example.org, separated by commas"
    )
    cors_credentials: Flag = False

    public_url: Annotated[str, BeforeValidator(parse_public_url)] = Field(
        default="http://127.0.0.1:8000",
        description="where the service is found, like https://api.example.org, without a slash",
    )
    access_token_algorithm: TokenAlgorithm = Field(
        default="HS256", description="HS256, EdDSA, ES256 or RS256"
    )
    access_token_keys: SecretStr | None = Field(
        default=None, description="a JWK set, as `flask token key` prints it"
    )
    oidc_providers: Annotated[TrustedProviders, BeforeValidator(parse_providers)] | None = Field(
        default=None,
        description="a JSON list of objects with name, issuer, clientId and clientSecret",
    )

    mysql: Annotated[MySQLAddress, BeforeValidator(parse_mysql_uri)] | None = Field(
        default=None,
        validation_alias="FLASK_MYSQL_URI",
        description="mysql://user:password@host:3306/database",
    )
    mongo_uri: Annotated[SecretUri, BeforeValidator(checked_mongo_uri)] | None = Field(
        default=None, description="mongodb://user:password@host:27017"
    )
    mongo_db_name: Annotated[str, AfterValidator(checked_mongo_database)] | None = Field(
        default=None, description='at most 63 bytes without spaces or any of /\\."$*<>:|?'
    )
    redis_uri: Annotated[SecretUri, BeforeValidator(checked_redis_uri)] | None = Field(
        default=None, description="redis://:password@host:6379/0"
    )
    sqlite_path: Annotated[Path, BeforeValidator(_file_path)] = Field(
        default=Path("var/imflask.sqlite3"), description="where the SQLite file is or shall be"
    )
    allow_embedded: Flag = False

    smtp: Annotated[SMTPAddress, BeforeValidator(parse_smtp_uri)] | None = Field(
        default=None,
        validation_alias="FLASK_SMTP_URI",
        description="smtp://user:password@host:587 or smtps://user:password@host:465",
    )
    mail_from: Annotated[MailSender, BeforeValidator(parse_mail_sender)] = Field(
        default=MailSender("no-reply@localhost", "imflask-asgi"),
        description="an address, or a name and an address: The Service <no-reply@example.org>",
    )

    mysql_pool_size: int = Field(default=10, ge=1, le=200, description="1 to 200 connections")
    store_timeout: float = Field(
        default=5.0, gt=0, le=60, description="seconds for one call to a store, above 0, at most 60"
    )
    pool_timeout: float = Field(
        default=2.0,
        gt=0,
        le=2,
        description="seconds to wait for a free connection, above 0, at most 2",
    )
    cache_ttl: int = Field(
        default=60, ge=1, le=3600, description="seconds that an entry is cached, 1 to 3600"
    )
    max_body_size: int = Field(
        default=1_048_576, ge=1, le=1_073_741_824, description="bytes, 1 to 1073741824"
    )
    slow_request: float = Field(
        default=1.0,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="seconds until a request counts as slow, up to 3600, or 0 for never",
    )
    rate_limit_read: RateLimit = Rate(1200, 60)
    rate_limit_write: RateLimit = Rate(300, 60)
    rate_limit_batch: RateLimit = Rate(60, 60)
    activity_retention_days: Days = 365
    deleted_retention_days: Days = 30

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The secret that signs and seals, and behind it those that check and unseal as well."""
        fallbacks = self.secret_key_fallbacks
        others = () if fallbacks is None else fallbacks.get_secret_value()
        return (self.secret_key.get_secret_value(), *others)
