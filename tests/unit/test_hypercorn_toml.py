import tomllib
from pathlib import Path

import pytest
from hypercorn.config import Config

FILE = Path(__file__).parents[2] / "hypercorn.toml"
SETTINGS = tomllib.loads(FILE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", SETTINGS)
def test_hypercorn_knows_the_setting(name: str) -> None:
    assert hasattr(Config, name)


def test_hypercorn_takes_the_file() -> None:
    config = Config.from_toml(FILE)
    assert config.response_headers("h11")[0][0] == b"date"
    assert len(config.response_headers("h11")) == 1
    assert config.bind == ["0.0.0.0:8000"]


def test_neither_an_idle_connection_nor_a_long_download_is_cut_short() -> None:
    assert SETTINGS["read_timeout"] > SETTINGS["keep_alive_timeout"]
    # It ends answers as well: Hypercorn counts from the client's last byte, not from its own.
    assert SETTINGS["read_timeout"] >= 3600
