from pathlib import Path

import pytest
from pydantic import SecretStr

from service.settings import (
    MySQLAddress,
    Settings,
    SettingsError,
    load_settings,
    load_with_origins,
)

MYSQL = "mysql://app:hunter2@db/imflask"


def load(**environ: str) -> Settings:
    return load_settings(environ, dotenv=None)


def problems(environ: dict[str, str]) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ, dotenv=None)
    return caught.value.problems


class TestMySQL:
    def test_an_address_is_decoded(self) -> None:
        address = load(FLASK_MYSQL_URI="mysql://a%40b:p%2Fw%3A@[::1]:3307/my%20db").mysql
        assert address == MySQLAddress(
            host="::1",
            port=3307,
            user="a@b",
            password=SecretStr("p/w:"),
            database="my db",
            unix_socket=None,
            ssl=False,
            ssl_ca=None,
        )
        assert str(address) == "mysql://a%40b:****@[::1]:3307/my%20db"

    @pytest.mark.parametrize("scheme", ["mysql", "mysql+aiomysql", "mysql+pymysql", "mariadb"])
    def test_schemes(self, scheme: str) -> None:
        address = load(FLASK_MYSQL_URI=f"{scheme}://app@db/imflask?charset=UTF8MB4").mysql
        assert str(address) == "mysql://app@db:3306/imflask"

    def test_tls(self) -> None:
        queries = ("", "?ssl=false", "?ssl=true", "?ssl_ca=/ca.pem")
        addresses = [load(FLASK_MYSQL_URI=f"{MYSQL}{query}").mysql for query in queries]
        assert [address and address.ssl for address in addresses] == [False, False, True, True]

    def test_a_socket_needs_no_host(self) -> None:
        uri = "mysql://app:hunter2@/imflask?unix_socket=/run/mysqld.sock&ssl_ca=/ca.pem"
        address = load(FLASK_MYSQL_URI=uri).mysql
        assert address is not None
        assert (address.unix_socket, address.ssl_ca) == ("/run/mysqld.sock", "/ca.pem")
        assert str(address) == (
            "mysql://app:****@localhost:3306/imflask"
            "?unix_socket=/run/mysqld.sock&ssl=true&ssl_ca=/ca.pem"
        )

    @pytest.mark.parametrize(
        "uri,reason",
        [
            ("postgres://app:hunter2@db/imflask", "does not start with mariadb:// or mysql://"),
            ("hunter2", "is not a URI"),
            ("mysql://app:hunter2@x@db/imflask", "not percent-encoded"),
            ("mysql://app:hunter2/x@db/imflask", "not percent-encoded"),
            ("mysql://app:hunter2?x=1@db/imflask", "not percent-encoded"),
            ("mysql://app:hunter2#x@db/imflask", "not percent-encoded"),
            ("mysql://app:hunter2:x@db/imflask", "not percent-encoded"),
            ("mysql://app:hunter2%@db/imflask", "not percent-encoded"),
            ("mysql://app:hunter2 @db/imflask", "not percent-encoded"),
            ("mysql://app:hunter2%ff@db/imflask", "not UTF-8"),
            ("mysql://:hunter2@db/imflask", "has no user"),
            ("mysql://app:hunter2@/imflask", "has no host"),
            ("mysql://app:hunter2@a,b/imflask", "has no host, or a malformed one"),
            ("mysql://app:hunter2@db:0/imflask", "has a port"),
            ("mysql://app:hunter2@db:65536/imflask", "has a port"),
            ("mysql://app:hunter2@db", "has no database name"),
            ("mysql://app:hunter2@db/", "has no database name"),
            ("mysql://app:hunter2@db/im/flask", "more than a database name"),
            (f"{MYSQL}?charset=latin1", "charset that is not utf8mb4"),
            (f"{MYSQL}?pool=3", "unknown query parameter 'pool'"),
            (f"{MYSQL}?ssl=", "'ssl' without a value"),
            (f"{MYSQL}?ssl=hunter2", "ssl that is neither true nor false"),
            (f"{MYSQL}?ssl=true&ssl=false", "query parameter twice"),
            (f"{MYSQL}?ssl=false&ssl_ca=/ca", "ssl_ca, yet ssl is off"),
        ],
    )
    def test_a_malformed_uri_is_explained_without_the_password(self, uri: str, reason: str) -> None:
        (line,) = problems({"FLASK_MYSQL_URI": uri})
        assert line.startswith("FLASK_MYSQL_URI ")
        assert reason in line
        assert line.endswith("; expected mysql://user:password@host:3306/database")
        assert "hunter2" not in line


class TestMongoDB:
    @pytest.mark.parametrize(
        "uri",
        [
            "mongodb://docs",
            "mongodb://app:p%40w@a:27017,b,[::1]:27018/?replicaSet=rs0",
            "mongodb+srv://app:pw@cluster.example.org",
            "mongodb://%2Frun%2Fmongodb.sock",
        ],
    )
    def test_uris_are_kept_as_they_are(self, uri: str) -> None:
        settings = load(FLASK_MONGO_URI=uri, FLASK_MONGO_DB_NAME="imflask")
        assert settings.mongo_uri is not None
        assert settings.mongo_uri.get_secret_value() == uri
        assert settings.mongo_db_name == "imflask"

    def test_the_path_names_the_database_unless_the_setting_does(self) -> None:
        environ = {"FLASK_MONGO_URI": "mongodb://docs/books"}
        settings, origins = load_with_origins(environ, None)
        assert settings.mongo_db_name == "books"
        assert origins["FLASK_MONGO_DB_NAME"] == "FLASK_MONGO_URI (environment)"
        assert load(**environ, FLASK_MONGO_DB_NAME="other").mongo_db_name == "other"

    @pytest.mark.parametrize(
        "uri,reason",
        [
            ("http://app:hunter2@docs", "does not start with mongodb://"),
            ("mongodb://app:hunter2@", "has no host"),
            ("mongodb://app:hunter2@a,", "has no host"),
            ("mongodb://app:hunter2@docs:port", "has no host, or a malformed one"),
            ("mongodb://app:hunter2/@docs", "not percent-encoded"),
            ("mongodb+srv://app:hunter2@docs:27017", "more than one host, or a port"),
            ("mongodb+srv://app:hunter2@a,b", "more than one host, or a port"),
            ("mongodb://app:hunter2@docs/im.flask", "is not a database's name"),
        ],
    )
    def test_a_malformed_uri_is_explained_without_the_password(self, uri: str, reason: str) -> None:
        (line,) = problems({"FLASK_MONGO_URI": uri, "FLASK_MONGO_DB_NAME": "imflask"})
        assert line.startswith("FLASK_MONGO_URI ")
        assert reason in line
        assert "hunter2" not in line

    def test_a_database_is_needed(self) -> None:
        (line,) = problems({"FLASK_MONGO_URI": "mongodb://docs/"})
        assert line.startswith("FLASK_MONGO_DB_NAME is not set; expected the name of a database")

    @pytest.mark.parametrize("name", ["im flask", "im.flask", "x" * 64])
    def test_a_malformed_name_is_a_problem(self, name: str) -> None:
        (line,) = problems({"FLASK_MONGO_URI": "mongodb://docs", "FLASK_MONGO_DB_NAME": name})
        assert line.startswith("FLASK_MONGO_DB_NAME is not a database's name; expected at most 63")

    def test_a_name_without_a_server_is_a_problem(self) -> None:
        assert problems({"FLASK_MONGO_DB_NAME": "imflask"}) == (
            "FLASK_MONGO_DB_NAME is set without FLASK_MONGO_URI; expected both",
        )


class TestRedis:
    @pytest.mark.parametrize(
        "uri", ["redis://cache", "rediss://u:p@cache:6380/3", "unix:///run/redis.sock?db=1"]
    )
    def test_uris_are_kept_as_they_are(self, uri: str) -> None:
        settings = load(FLASK_REDIS_URI=uri)
        assert settings.redis_uri is not None
        assert settings.redis_uri.get_secret_value() == uri

    @pytest.mark.parametrize(
        "host,password,uri",
        [
            ("cache", "", "redis://cache:6379/0"),
            ("cache:6380", "p@:/w", "redis://:p%40%3A%2Fw@cache:6380/0"),
            ("[::1]", "pw", "redis://:pw@[::1]:6379/0"),
        ],
    )
    def test_host_and_password_make_a_uri(self, host: str, password: str, uri: str) -> None:
        settings = load(FLASK_REDIS_HOST=host, FLASK_REDIS_PW=password)
        assert settings.redis_uri is not None
        assert settings.redis_uri.get_secret_value() == uri

    def test_the_origin_names_both_parts(self, tmp_path: Path) -> None:
        path = tmp_path / "password"
        path.write_text("hunter2\n", encoding="utf-8")
        environ = {"FLASK_REDIS_HOST": "cache", "FLASK_REDIS_PW_FILE": str(path)}
        settings, origins = load_with_origins(environ, None)
        assert str(settings.redis_uri) == "redis://:****@cache:6379/0"
        assert origins["FLASK_REDIS_URI"] == (
            f"FLASK_REDIS_HOST (environment), FLASK_REDIS_PW (file {path})"
        )

    @pytest.mark.parametrize(
        "uri,reason",
        [
            ("http://:hunter2@cache", "does not start with redis://"),
            ("redis://:hunter2@", "has no host"),
            ("redis://:hunter2@cache/first", "not the number of a database"),
            ("unix://:hunter2@", "has no path of a socket"),
            ("unix://run/redis.sock", "has no path of a socket"),
        ],
    )
    def test_a_malformed_uri_is_explained_without_the_password(self, uri: str, reason: str) -> None:
        (line,) = problems({"FLASK_REDIS_URI": uri})
        assert line.startswith("FLASK_REDIS_URI ")
        assert reason in line
        assert "hunter2" not in line

    @pytest.mark.parametrize(
        "environ,line",
        [
            (
                {"FLASK_REDIS_HOST": "redis://:hunter2@cache"},
                "FLASK_REDIS_HOST has no host, or a malformed one; expected host or host:port",
            ),
            (
                {"FLASK_REDIS_HOST": "cache", "FLASK_REDIS_URI": "redis://:hunter2@cache"},
                "FLASK_REDIS_URI and FLASK_REDIS_HOST are both set; expected one of them",
            ),
            (
                {"FLASK_REDIS_PW": "hunter2"},
                "FLASK_REDIS_PW is set without FLASK_REDIS_HOST; expected both, or FLASK_REDIS_URI",
            ),
        ],
    )
    def test_parts_that_do_not_fit(self, environ: dict[str, str], line: str) -> None:
        assert problems(environ) == (line,)


FROM = {"FLASK_MAIL_FROM": "no-reply@example.org"}


class TestSMTP:
    @pytest.mark.parametrize(
        "uri,shown,tls",
        [
            (
                "smtp://app:p%40ss@mail.example.org",
                "smtp://app:****@mail.example.org:587",
                "starttls",
            ),
            ("smtps://app:hunter2@[::1]", "smtps://app:****@[::1]:465", "implicit"),
            ("smtp://mail:25?tls=none", "smtp://mail:25?tls=none", "none"),
            (
                "smtp://a:hunter2@127.0.0.1:25?tls=none",
                "smtp://a:****@127.0.0.1:25?tls=none",
                "none",
            ),
            ("smtp://mail?ca=/ca.pem", "smtp://mail:587?ca=/ca.pem", "starttls"),
        ],
    )
    def test_an_address(self, uri: str, shown: str, tls: str) -> None:
        address = load(FLASK_SMTP_URI=uri, **FROM).smtp
        assert address is not None
        assert (str(address), address.tls) == (shown, tls)
        assert "hunter2" not in repr(address)

    def test_the_password_is_decoded(self) -> None:
        address = load(FLASK_SMTP_URI="smtp://app:p%40ss@mail", **FROM).smtp
        assert address is not None
        assert address.password == SecretStr("p@ss")

    @pytest.mark.parametrize(
        "uri",
        [
            "mail.example.org",
            "http://mail",
            "smtp://",
            "smtp://mail/hunter2",
            "smtp://app@mail",
            "smtp://:hunter2@mail",
            "smtp://app:hunter2@mail?tls=none",
            "smtp://mail?tls=maybe",
            "smtps://mail?tls=none",
            "smtp://mail?tls=none&tls=none",
            "smtp://mail?ca=",
            "smtp://mail?verify=no",
        ],
    )
    def test_what_is_no_safe_address_is_refused_and_not_shown(self, uri: str) -> None:
        (line,) = problems({"FLASK_SMTP_URI": uri, **FROM})
        assert line.startswith("FLASK_SMTP_URI ")
        assert "hunter2" not in line

    def test_who_sends_has_to_be_said(self) -> None:
        (line,) = problems({"FLASK_SMTP_URI": "smtp://mail"})
        assert line == "FLASK_SMTP_URI is set without FLASK_MAIL_FROM; expected both"

    def test_testing_sends_nothing(self) -> None:
        (line,) = problems({"FLASK_CONFIG": "testing", "FLASK_SMTP_URI": "smtp://mail", **FROM})
        assert line.startswith("FLASK_SMTP_URI is set")
