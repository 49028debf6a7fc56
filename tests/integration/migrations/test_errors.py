"""What can go wrong with a migration, and what it leaves."""

from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from adapters.sql.migrations import Migrations, latest_revision
from domain.errors import InvalidValue, StoreNotReady, StoreUnavailable
from tests.integration.migrations.schemas import REVISIONS, Database, MySQLSchema, pymysql_url


@pytest.mark.mysql
def test_mysql_repeats_a_statement_that_a_process_died_behind(
    mysql: MySQLSchema, output: StringIO
) -> None:
    migrations = mysql.migrations(output)
    migrations.upgrade()
    schema = mysql.read()
    for revision in ["base", *REVISIONS[:-1]]:
        migrations.stamp(revision)
        migrations.upgrade()
    assert mysql.read() == schema
    migrations.downgrade("base")
    migrations.stamp("head")
    migrations.downgrade("base")
    assert mysql.read() == {}


BROKEN = """
from adapters.sql.migrations.dialects import execute

revision = "{revision}"
down_revision = "{down_revision}"


def upgrade() -> None:
    execute(
        mysql="CREATE TABEL shelves (id INT)",
        sqlite=["CREATE TABLE shelves (id INT)", "CREATE TABEL shops (id INT)"],
    )
"""


def test_sql_that_is_refused_changes_nothing(
    database: Database, versions: Path, output: StringIO
) -> None:
    migrations = database.migrations(output, versions)
    migrations.upgrade()
    schema = database.read()
    last = latest_revision(versions)
    broken = BROKEN.format(revision="9999", down_revision=last)
    (versions / "9999_broken.py").write_text(broken)
    with pytest.raises(StoreNotReady, match=r"it refused a migration: .*TABEL"):
        migrations.upgrade()
    migrations.current()
    assert database.read() == schema
    assert output.getvalue().endswith(f"\n{last}\n")


def test_sql_may_hold_percent_signs_and_colons(
    database: Database, versions: Path, output: StringIO
) -> None:
    sql = "INSERT INTO alembic_version VALUES ('%s:x')"
    (versions / "9999_signs.py").write_text(
        BROKEN.format(revision="9999", down_revision=latest_revision(versions))
        .replace("CREATE TABEL shelves (id INT)", sql)
        .replace("CREATE TABEL shops (id INT)", sql)
    )
    migrations = database.migrations(output, versions)
    migrations.upgrade()
    assert "Applied 9999" in output.getvalue()


@pytest.mark.parametrize("revision", ["9998", "-9", "0001:0002"])
def test_a_revision_that_is_none(migrations: Migrations, revision: str) -> None:
    with pytest.raises(InvalidValue, match=r"^revision: "):
        migrations.downgrade(revision)


def test_a_file_that_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="SQLite is unavailable: unable to open"):
        Migrations(f"sqlite:///{tmp_path}/none/store.sqlite3", None).upgrade()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear reader, " * 100)
    with pytest.raises(StoreUnavailable, match="file is not a database"):
        Migrations(f"sqlite:///{tmp_path}/letter.txt", None).upgrade()


def test_a_server_that_is_away() -> None:
    with pytest.raises(StoreUnavailable, match=r"MySQL is unavailable: Can't connect .* refused"):
        Migrations("mysql+pymysql://root@127.0.0.1:1/imflask", None).upgrade()


@pytest.mark.mysql
def test_a_database_that_is_not_there(mysql_uri: str) -> None:
    url = urlsplit(pymysql_url(mysql_uri))._replace(path="/imflask_is_not_here").geturl()
    with pytest.raises(StoreNotReady, match=r"Unknown database .* Run `flask db-init`"):
        Migrations(url, None).upgrade()


@pytest.mark.mysql
def test_a_user_whom_the_server_refuses(mysql_uri: str) -> None:
    parts = urlsplit(pymysql_url(mysql_uri))
    url = parts._replace(netloc=f"nobody:s3cret@{parts.hostname}:{parts.port}").geturl()
    with pytest.raises(StoreNotReady, match=r"Access denied .* FLASK_MYSQL_URI") as caught:
        Migrations(url, None).upgrade()
    assert "s3cret" not in str(caught.value)
