import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from service.settings import (
    Rate,
    Settings,
    SettingsError,
    load_settings,
    load_with_origins,
)
from service.settings.model import DEVELOPMENT_KEY
from service.settings.names import SETTINGS

ROOT = Path(__file__).parents[3]

KEY = "q8Zr1vXw5NcT0yBd7LkJ3mHs6PfG9aUe"
MYSQL = "mysql://app:hunter2@db/imflask"
PRODUCTION = {
    "FLASK_CONFIG": "production",
    "FLASK_SECRET_KEY": KEY,
    "FLASK_ALLOWED_HOSTS": "api.example.org",
    "FLASK_PUBLIC_URL": "https://api.example.org",
    "FLASK_MYSQL_URI": MYSQL,
    "FLASK_MONGO_URI": "mongodb://app:hunter2@docs",
    "FLASK_MONGO_DB_NAME": "imflask",
    "FLASK_REDIS_URI": "redis://:hunter2@cache",
    "FLASK_SMTP_URI": "smtp://app:hunter2@mail",
    "FLASK_MAIL_FROM": "no-reply@example.org",
}


def load(**environ: str) -> Settings:
    return load_settings(environ, dotenv=None)


def problems(environ: dict[str, str], dotenv: Path | None = None) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, dotenv)
    return caught.value.problems


def dotenv_of(folder: Path, *lines: str) -> Path:
    path = folder / ".env"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


class TestDefaults:
    def test_an_empty_environment_is_development_with_embedded_stores(self) -> None:
        settings = load()
        assert settings.profile == "development"
        assert settings.secret_key.get_secret_value() == DEVELOPMENT_KEY
        assert (settings.mysql, settings.mongo_uri, settings.redis_uri) == (None, None, None)
        assert settings.sqlite_path == Path("var/imflask.sqlite3")
        assert not settings.debug
        assert not settings.allow_embedded

    @pytest.mark.parametrize(
        "field,default",
        [
            ("mysql_pool_size", 10),
            ("store_timeout", 5),
            ("pool_timeout", 2),
            ("cache_ttl", 60),
            ("max_body_size", 1_048_576),
            ("activity_retention_days", 365),
            ("deleted_retention_days", 30),
            ("log_level", "INFO"),
            ("trusted_proxies", 0),
            ("slow_request", 1),
            ("cors_origins", ()),
            ("cors_credentials", False),
            ("rate_limit_read", Rate(1200, 60)),
            ("rate_limit_write", Rate(300, 60)),
            ("rate_limit_batch", Rate(60, 60)),
        ],
    )
    def test_limits(self, field: str, default: object) -> None:
        assert getattr(load(), field) == default

    def test_settings_are_frozen(self) -> None:
        with pytest.raises(ValidationError):
            load().debug = True

    def test_the_example_names_every_setting_and_no_other(self) -> None:
        example = (ROOT / ".env.example").read_text(encoding="utf-8")
        assert set(re.findall(r"^#(FLASK_\w+)=", example, re.MULTILINE)) == set(SETTINGS)


class TestSources:
    def test_the_environment_goes_before_dotenv_before_the_default(self, tmp_path: Path) -> None:
        dotenv = dotenv_of(tmp_path, "FLASK_CACHE_TTL=7", "FLASK_STORE_TIMEOUT=7")
        settings, origins = load_with_origins({"FLASK_CACHE_TTL": "9"}, dotenv)
        assert (settings.cache_ttl, origins["FLASK_CACHE_TTL"]) == (9, "environment")
        assert (settings.store_timeout, origins["FLASK_STORE_TIMEOUT"]) == (7, str(dotenv))
        assert origins["FLASK_POOL_TIMEOUT"] == "default of development"

    def test_a_variable_that_the_flask_command_copied_counts_as_from_dotenv(
        self, tmp_path: Path
    ) -> None:
        dotenv = dotenv_of(tmp_path, "FLASK_CACHE_TTL=7")
        _, origins = load_with_origins({"FLASK_CACHE_TTL": "7"}, dotenv)
        assert origins["FLASK_CACHE_TTL"] == str(dotenv)

    def test_an_empty_string_counts_as_not_set(self, tmp_path: Path) -> None:
        dotenv = dotenv_of(tmp_path, "FLASK_CACHE_TTL=7", "FLASK_STORE_TIMEOUT=", "FLASK_DEBUG")
        settings = load_settings({"FLASK_CACHE_TTL": "", "FLASK_MYSQL_URI_FILE": ""}, dotenv)
        assert (settings.cache_ttl, settings.store_timeout) == (7, 5)

    @pytest.mark.parametrize("skip,cache_ttl", [("1", 60), ("off", 60), ("0", 7), ("", 7)])
    def test_flask_skip_dotenv_means_what_it_means_to_flask(
        self, tmp_path: Path, skip: str, cache_ttl: int
    ) -> None:
        dotenv = dotenv_of(tmp_path, "FLASK_CACHE_TTL=7")
        assert load_settings({"FLASK_SKIP_DOTENV": skip}, dotenv).cache_ttl == cache_ttl

    def test_a_missing_dotenv_is_no_problem(self, tmp_path: Path) -> None:
        assert load_settings({}, tmp_path / ".env").profile == "development"

    def test_a_dotenv_that_is_not_text_is_a_problem(self, tmp_path: Path) -> None:
        path = tmp_path / ".env"
        path.write_bytes(b"FLASK_SECRET_KEY=\xff\xfe")
        (line,) = problems({}, path)
        assert (
            line == f"{path} holds settings, which can't be read (not UTF-8); expected a text file"
        )

    def test_dotenv_values_are_not_expanded(self, tmp_path: Path) -> None:
        plain = dotenv_of(tmp_path, "FLASK_SECRET_KEY=pa$HOME")
        assert load_settings({}, plain).secret_key.get_secret_value() == "pa$HOME"
        (line,) = problems({}, dotenv_of(tmp_path, "FLASK_SECRET_KEY='pa${HOME}'"))
        assert "FLASK_SECRET_KEY in " in line
        assert "${…}" in line
        assert "HOME" not in line

    def test_text_that_is_not_utf_8_is_a_problem(self) -> None:
        assert problems({"FLASK_SECRET_KEY": "\udcff"}) == (
            "FLASK_SECRET_KEY is not UTF-8; expected text",
        )


class TestFiles:
    @pytest.mark.parametrize("end", ["", "\n", "\r\n"])
    def test_a_file_holds_the_setting(self, tmp_path: Path, end: str) -> None:
        path = tmp_path / "key"
        path.write_bytes(f" {KEY} {end}".encode())
        settings, origins = load_with_origins({"FLASK_SECRET_KEY_FILE": str(path)}, None)
        assert settings.secret_key.get_secret_value() == f" {KEY} "
        assert origins["FLASK_SECRET_KEY"] == f"file {path}"

    @pytest.mark.parametrize("name", SETTINGS)
    def test_every_setting_can_stand_in_a_file(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / "missing"
        (line,) = (each for each in problems({f"{name}_FILE": str(path)}) if str(path) in each)
        assert line.startswith(f"{name}_FILE names {path}, which can't be read (No such file")

    def test_dotenv_may_name_the_file(self, tmp_path: Path) -> None:
        (tmp_path / "ttl").write_text("7\n", encoding="utf-8")
        dotenv = dotenv_of(tmp_path, f"FLASK_CACHE_TTL_FILE={tmp_path / 'ttl'}")
        assert load_settings({}, dotenv).cache_ttl == 7
        assert load_settings({"FLASK_CACHE_TTL": "8"}, dotenv).cache_ttl == 8

    def test_both_forms_are_a_problem(self) -> None:
        assert problems({"FLASK_SECRET_KEY": "hunter2", "FLASK_SECRET_KEY_FILE": "/key"}) == (
            "FLASK_SECRET_KEY and FLASK_SECRET_KEY_FILE are both set; expected one of them",
        )

    @pytest.mark.parametrize("content,reason", [(b"\n", "is empty"), (b"\xff", "not UTF-8")])
    def test_a_file_without_a_usable_text_is_a_problem(
        self, tmp_path: Path, content: bytes, reason: str
    ) -> None:
        path = tmp_path / "key"
        path.write_bytes(content)
        (line,) = problems({"FLASK_SECRET_KEY_FILE": str(path)})
        assert reason in line

    def test_a_file_that_cannot_be_read_does_not_also_count_as_missing(self) -> None:
        environ = {**PRODUCTION, "FLASK_REDIS_HOST_FILE": "/no/host", "FLASK_REDIS_PW": "hunter2"}
        del environ["FLASK_REDIS_URI"]
        environ["FLASK_SECRET_KEY_FILE"] = environ.pop("FLASK_SECRET_KEY")
        host, key = problems(environ)
        assert host.startswith("FLASK_REDIS_HOST_FILE names /no/host")
        assert key.startswith("FLASK_SECRET_KEY_FILE names ")


class TestNames:
    @pytest.mark.parametrize(
        "name,hint",
        [
            ("FLASK_MYSQL_URL", "did you mean FLASK_MYSQL_URI?"),
            ("FLASK_SECRETKEY", "did you mean FLASK_SECRET_KEY?"),
            ("FLASK_SECRET_KEY_FIEL", "did you mean FLASK_SECRET_KEY_FILE?"),
            ("FLASK_REDIS_PASSWORD", "did you mean FLASK_REDIS_PW?"),
            ("FLASK_UNHEARD_OF", ".env.example lists the settings"),
        ],
    )
    def test_an_unknown_name_is_a_problem_with_a_hint(self, name: str, hint: str) -> None:
        assert problems({name: "hunter2"}) == (f"{name} is not a setting; {hint}",)

    def test_an_unknown_name_in_dotenv_is_a_problem(self, tmp_path: Path) -> None:
        assert len(problems({}, dotenv_of(tmp_path, "FLASK_TYPO=1", "OTHER=2"))) == 1

    @pytest.mark.parametrize(
        "name",
        [
            "FLASK_APP",
            "FLASK_ENV",
            "FLASK_ENV_FILE",
            "FLASK_RUN_FROM_CLI",
            "FLASK_RUN_PORT",
            "FLASK_SHELL_X",
            "FLASK_ROUTES_SORT",
            "PATH",
        ],
    )
    def test_names_that_flask_or_nobody_here_reads_are_left_alone(self, name: str) -> None:
        assert load(**{name: "x"}).profile == "development"


class TestValues:
    @pytest.mark.parametrize(
        "name,value",
        [
            ("FLASK_CONFIG", "prod"),
            ("FLASK_DEBUG", "off"),
            ("FLASK_LOG_LEVEL", "LOUD"),
            ("FLASK_ALLOW_EMBEDDED", "maybe"),
            ("FLASK_SQLITE_PATH", ":memory:"),
            ("FLASK_MYSQL_POOL_SIZE", "0"),
            ("FLASK_MYSQL_POOL_SIZE", "201"),
            ("FLASK_MYSQL_POOL_SIZE", "ten"),
            ("FLASK_STORE_TIMEOUT", "0"),
            ("FLASK_STORE_TIMEOUT", "60.1"),
            ("FLASK_STORE_TIMEOUT", "nan"),
            ("FLASK_POOL_TIMEOUT", "0"),
            ("FLASK_POOL_TIMEOUT", "2.1"),
            ("FLASK_CACHE_TTL", "0"),
            ("FLASK_CACHE_TTL", "3601"),
            ("FLASK_MAX_BODY_SIZE", "0"),
            ("FLASK_ACTIVITY_RETENTION_DAYS", "0"),
            ("FLASK_DELETED_RETENTION_DAYS", "36501"),
            ("FLASK_TRUSTED_PROXIES", "-1"),
            ("FLASK_TRUSTED_PROXIES", "11"),
            ("FLASK_SLOW_REQUEST", "-1"),
            ("FLASK_SLOW_REQUEST", "nan"),
            ("FLASK_SLOW_REQUEST", "inf"),
            ("FLASK_RATE_LIMIT_READ", "600"),
            ("FLASK_RATE_LIMIT_READ", "0/60"),
            ("FLASK_RATE_LIMIT_READ", "60/0"),
            ("FLASK_RATE_LIMIT_READ", "-1/60"),
            ("FLASK_RATE_LIMIT_READ", "1/86401"),
            ("FLASK_RATE_LIMIT_READ", "10001/1"),
            ("FLASK_RATE_LIMIT_WRITE", "1.5/60"),
            ("FLASK_RATE_LIMIT_BATCH", "no"),
            ("FLASK_MAIL_FROM", "The Service"),
            ("FLASK_MAIL_FROM", "a@example.org\nBcc: b@example.org"),
            ("FLASK_MAIL_FROM", "a b@example.org"),
            ("FLASK_PUBLIC_URL", "https://api.example.org/"),
        ],
    )
    def test_a_malformed_value_is_named_with_what_was_expected(self, name: str, value: str) -> None:
        (line,) = problems({name: value})
        assert re.match(rf"{name} is .+; expected \S+", line)

    def test_flags(self) -> None:
        assert all(load(FLASK_DEBUG=text).debug for text in ("1", "true", "YES"))
        assert not any(load(FLASK_DEBUG=text).debug for text in ("0", "False", "no"))
        assert load(FLASK_ALLOW_EMBEDDED="1").allow_embedded

    def test_rates(self) -> None:
        assert load(FLASK_RATE_LIMIT_READ="864000000/86400").rate_limit_read == Rate(
            864_000_000, 86_400
        )
        assert load(FLASK_RATE_LIMIT_WRITE="1/1").rate_limit_write == Rate(1, 1)
        assert load(FLASK_RATE_LIMIT_BATCH="off").rate_limit_batch == "off"

    @pytest.mark.parametrize(
        "text,address,name",
        [
            ("no-reply@example.org", "no-reply@example.org", ""),
            ("The Service <no-reply@example.org>", "no-reply@example.org", "The Service"),
        ],
    )
    def test_senders(self, text: str, address: str, name: str) -> None:
        sender = load(FLASK_MAIL_FROM=text).mail_from
        assert (sender.address, sender.name, str(sender)) == (address, name, text)

    def test_the_log_level_may_be_lower_case(self) -> None:
        assert load(FLASK_LOG_LEVEL="debug").log_level == "DEBUG"


class TestProduction:
    def test_all_that_it_needs(self) -> None:
        assert load(**PRODUCTION).profile == "production"

    @pytest.mark.parametrize(
        "missing",
        [
            "FLASK_SECRET_KEY",
            "FLASK_ALLOWED_HOSTS",
            "FLASK_PUBLIC_URL",
            "FLASK_MYSQL_URI",
            "FLASK_REDIS_URI",
            "FLASK_MONGO_URI",
            "FLASK_SMTP_URI",
        ],
    )
    def test_each_is_needed(self, missing: str) -> None:
        environ = {name: value for name, value in PRODUCTION.items() if name != missing}
        if missing == "FLASK_MONGO_URI":
            del environ["FLASK_MONGO_DB_NAME"]
        (line,) = problems(environ)
        assert re.match(rf"{missing}\b.* is not set; expected .*production", line)

    def test_one_machine_may_be_enough(self) -> None:
        settings = load(
            FLASK_CONFIG="production",
            FLASK_SECRET_KEY=KEY,
            FLASK_ALLOWED_HOSTS="api.example.org",
            FLASK_ALLOW_EMBEDDED="1",
        )
        assert settings.mysql is None

    def test_mails_lead_people_to_an_address_that_somebody_has_set(self) -> None:
        """The default is that of a machine for development, where no reader of a mail gets."""
        environ = {name: it for name, it in PRODUCTION.items() if name != "FLASK_PUBLIC_URL"}

        (line,) = problems(environ)

        assert line == (
            "FLASK_PUBLIC_URL is not set; expected where people find the service, in production "
            "with FLASK_SMTP_URI, whose mails lead there"
        )

    def test_an_address_that_can_not_be_read_does_not_also_count_as_missing(self) -> None:
        environ = {name: it for name, it in PRODUCTION.items() if name != "FLASK_PUBLIC_URL"}
        (line,) = problems({**environ, "FLASK_PUBLIC_URL_FILE": "/no/url"})
        assert line.startswith("FLASK_PUBLIC_URL_FILE names /no/url")

    @pytest.mark.parametrize("profile", ["development", "testing"])
    def test_elsewhere_there_is_a_default(self, profile: str) -> None:
        mail = {} if profile == "testing" else {"FLASK_SMTP_URI": "smtp://mail"}
        settings = load(FLASK_CONFIG=profile, FLASK_MAIL_FROM="a@example.org", **mail)
        assert settings.public_url == "http://127.0.0.1:8000"

    @pytest.mark.parametrize(
        "key,fault",
        [
            (KEY[1:], "is too short"),
            (DEVELOPMENT_KEY, "is a default or a placeholder"),
            ("please-Change-Me-please-change-me-", "is a default or a placeholder"),
            ("your_secret_key_goes_here_your_secret_key", "is a default or a placeholder"),
            ("x" * 32, "repeats a few characters"),
            ("abcdefg" * 6, "repeats a few characters"),
        ],
    )
    def test_a_weak_key_is_refused_and_not_shown(self, key: str, fault: str) -> None:
        (line,) = problems(PRODUCTION | {"FLASK_SECRET_KEY": key})
        assert line == (
            f"FLASK_SECRET_KEY {fault}; expected 32 random characters or more in production"
        )

    def test_a_weak_key_will_do_in_development(self) -> None:
        assert load(FLASK_SECRET_KEY="dev").secret_key.get_secret_value() == "dev"

    def test_debug_is_refused(self) -> None:
        (line,) = problems(PRODUCTION | {"FLASK_DEBUG": "yes"})
        assert line.startswith("FLASK_DEBUG is on; expected it off in production")
        assert load(FLASK_DEBUG="yes").debug


class TestTesting:
    def test_it_needs_nothing(self) -> None:
        settings, origins = load_with_origins({"FLASK_CONFIG": "testing"}, None)
        assert settings.profile == "testing"
        assert origins["FLASK_SECRET_KEY"] == "default of testing"

    @pytest.mark.parametrize(
        "name,value",
        [
            ("FLASK_MYSQL_URI", MYSQL),
            ("FLASK_MONGO_URI", "mongodb://docs/books"),
            ("FLASK_REDIS_URI", "redis://cache"),
            ("FLASK_REDIS_HOST", "cache"),
            ("FLASK_SQLITE_PATH", "var/x"),
        ],
    )
    def test_addresses_are_refused(self, name: str, value: str) -> None:
        (line,) = problems({"FLASK_CONFIG": "testing", name: value})
        assert line == f"{name} is set; expected none in testing, which keeps everything in memory"


class TestErrors:
    def test_all_problems_are_told_at_once(self) -> None:
        environ = {
            "FLASK_CONFIG": "production",
            "FLASK_CACHE_TTL": "soon",
            "FLASK_MYSQL_URI": "mysql://app:hunter2@db",
            "FLASK_MONGO_URI": "mongodb://docs",
            "FLASK_REDIS_HOST": "cache:0",
            "FLASK_SECRET_KEY_FILE": "/no/key",
            "FLASK_TYPO": "hunter2",
        }
        lines = problems(environ)
        assert [line.split()[0] for line in lines] == [
            "FLASK_ALLOWED_HOSTS",
            "FLASK_CACHE_TTL",
            "FLASK_MONGO_DB_NAME",
            "FLASK_MYSQL_URI",
            "FLASK_REDIS_HOST",
            "FLASK_SECRET_KEY_FILE",
            "FLASK_SMTP_URI",
            "FLASK_TYPO",
        ]
        assert "hunter2" not in "".join(lines)

    def test_the_text_has_a_line_for_each(self) -> None:
        assert str(SettingsError(["B is wrong", "A is wrong"])) == (
            "The settings are wrong:\n  A is wrong\n  B is wrong"
        )

    def test_repr_and_str_show_no_secret(self) -> None:
        settings = load(**PRODUCTION)
        for shown in (repr(settings), str(settings), repr(settings.mysql), str(settings.mysql)):
            assert "hunter2" not in shown
            assert KEY not in shown
