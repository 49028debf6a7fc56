"""The numbers of the revisions, and the files of new ones."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from adapters.sql.migrations import latest_revision
from adapters.sql.migrations.revisions import VERSIONS
from domain.errors import InvalidValue
from tests.integration.migrations.schemas import REVISIONS, SQLiteSchema


def test_the_numbers_of_the_files_end_with_the_only_head() -> None:
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent))
    assert ScriptDirectory.from_config(config).get_heads() == [latest_revision()]


def test_no_number_is_taken_twice() -> None:
    assert [f"{number:04}" for number in range(1, len(REVISIONS) + 1)] == REVISIONS


def test_knowing_the_latest_revision_imports_no_alembic() -> None:
    code = (
        "import sys; from adapters.sql.migrations import Migrations, latest_revision;"
        "latest_revision(); assert not {'alembic', 'sqlalchemy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_merge_gives_one_head_again(
    sqlite: SQLiteSchema, versions: Path, output: StringIO
) -> None:
    migrations = sqlite.migrations(output, versions)
    migrations.revision("add books")
    first = max(versions.glob("*.py"))
    number = int(first.name[:4])
    second = versions / f"{number + 1:04}_add_shops.py"
    second.write_text(first.read_text().replace(f'"{number:04}"', f'"{number + 1:04}"'))
    with pytest.raises(InvalidValue, match="Multiple heads"):
        migrations.revision("too early")
    migrations.merge([f"{number:04}", f"{number + 1:04}"], "both")
    migrations.upgrade()
    assert f"Wrote {versions / f'{number + 2:04}_both.py'}.\n" in output.getvalue()
    assert latest_revision(versions) == f"{number + 2:04}"
