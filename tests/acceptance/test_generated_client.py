"""A typed client generated from the contract: it is made without a warning, checked, and works."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.administrators import authorization
from tests.acceptance.deployments import EMBEDDED, Deployment

pytestmark = pytest.mark.parametrize("deployment", [EMBEDDED], indirect=True, scope="module")

CALLS = Path(__file__).parent / "generated" / "calls.py"


@pytest.fixture(scope="module")
def folder(deployment: Deployment, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the generated client and the program that calls it."""
    folder = tmp_path_factory.mktemp("client")
    contract = deployment.client.get("/openapi.json").json()
    (folder / "openapi.json").write_text(json.dumps(with_one_media_type(contract)), "utf-8")
    # Its own style checks are none of ours.
    (folder / "generator.yaml").write_text("post_hooks: []\n", "utf-8")
    run(
        folder,
        *("openapi_python_client", "generate", "--path", "openapi.json", "--meta", "none"),
        *("--output-path", "generated_client", "--config", "generator.yaml", "--fail-on-warning"),
    )
    shutil.copy(CALLS, folder)
    return folder


def with_one_media_type(contract: Any) -> Any:  # noqa: ANN401 - JSON.
    """Leave each body its first media type.

    Of a body with two, openapi-python-client 0.29 makes code that lacks an import.
    """
    for item in contract["paths"].values():
        for operation in item.values():
            if "requestBody" in operation:
                content = operation["requestBody"]["content"]
                operation["requestBody"]["content"] = dict(list(content.items())[:1])
    return contract


def run(folder: Path, *module: str) -> None:
    outcome = subprocess.run(
        [sys.executable, "-m", *module],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_its_types_are_right(folder: Path) -> None:
    run(folder, "mypy", "--strict", "generated_client", "calls.py")


def test_it_calls_the_server(folder: Path, deployment: Deployment) -> None:
    server = deployment.servers[0]
    token = authorization(server.environment)["Authorization"].removeprefix("Bearer ")
    run(folder, "calls", server.uri, token)
