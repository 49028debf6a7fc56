"""One process at a time uses a file."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from adapters.sqlite import lock
from adapters.sqlite.lock import FileLock
from domain.errors import StoreNotReady


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "imflask.sqlite3"


def is_free(path: Path) -> bool:
    try:
        with FileLock(path).held(0):
            return True
    except StoreNotReady:
        return False


def test_a_held_lock_is_refused_to_others_until_it_is_given_back(path: Path) -> None:
    with FileLock(path).held():
        assert not is_free(path)

    assert is_free(path)


def test_the_refusal_names_the_file_the_holder_and_what_to_do(path: Path) -> None:
    with FileLock(path).held(), pytest.raises(StoreNotReady) as caught, FileLock(path).held(0):
        pytest.fail("It must not be given twice.")

    assert str(caught.value) == (
        f"SQLite is not ready: {path} is in use by another process (pid {os.getpid()}). "
        "Stop that process; to serve by several, set FLASK_MYSQL_URI."
    )


def test_a_lock_is_given_back_when_its_holder_fails(path: Path) -> None:
    with pytest.raises(LookupError), FileLock(path).held():
        raise LookupError

    assert is_free(path)


def test_a_lock_file_that_a_dead_process_left_is_in_nobodys_way(path: Path) -> None:
    path.with_name("imflask.sqlite3.lock").write_text("4194304" * 9, encoding="ascii")

    with FileLock(path).held(0), pytest.raises(StoreNotReady) as caught, FileLock(path).held(0):
        pytest.fail("It must not be given twice.")

    assert f"(pid {os.getpid()})" in str(caught.value)


def test_a_waiting_process_gets_the_lock_when_the_other_ends(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = FileLock(path).held()
    first.__enter__()

    class Time(SimpleNamespace):
        """Time that passes while somebody sleeps; the holder ends at the third sleep."""

        now = 0.0
        sleeps = 0

        def monotonic(self) -> float:
            return self.now

        def sleep(self, seconds: float) -> None:
            self.now += seconds
            self.sleeps += 1
            if self.sleeps == 3:
                first.__exit__(None, None, None)

    monkeypatch.setattr(lock, "time", time := Time())

    with FileLock(path).held(wait=10):
        assert time.sleeps == 3


def test_a_waiting_process_gives_up_at_its_deadline(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    monkeypatch.setattr(
        lock, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=lambda _seconds: tick())
    )

    def tick() -> None:
        now[0] += 1

    with FileLock(path).held(), pytest.raises(StoreNotReady), FileLock(path).held(wait=5):
        pytest.fail("It must not be given twice.")

    assert 5 <= now[0] <= 6


def test_each_file_has_a_lock_of_its_own(path: Path) -> None:
    with FileLock(path).held():
        assert is_free(path.with_name("other.sqlite3"))


def test_the_folder_is_made_where_it_is_missing(path: Path) -> None:
    assert is_free(path.parent / "new" / "folder" / path.name)
    assert (path.parent / "new" / "folder").is_dir()


def test_a_path_that_can_not_be_used_is_told_with_its_setting(path: Path) -> None:
    path.write_text("no folder", encoding="ascii")

    with pytest.raises(StoreNotReady, match="can't be used") as caught, FileLock(path / "x").held():
        pytest.fail("It must not be given.")

    assert str(path / "x") in caught.value.reason
    assert caught.value.remedy == "Correct FLASK_SQLITE_PATH."
