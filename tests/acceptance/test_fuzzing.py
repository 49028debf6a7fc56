"""The whole API under schemathesis: each answer is as the contract says, whatever is asked."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from domain.permissions import Role
from tests.acceptance.administrators import authorization
from tests.acceptance.clients import created
from tests.acceptance.deployments import EMBEDDED, ON_SERVERS, Deployment
from tests.acceptance.server import ROOT

pytestmark = [
    pytest.mark.parametrize("deployment", [EMBEDDED, ON_SERVERS], indirect=True, scope="module"),
    pytest.mark.fuzzing,
    pytest.mark.timeout(240),
]

NAME = "Authorization"
CONFIGURATION = Path(__file__).parent / "fuzzing" / "schemathesis.toml"
LONGEST_RUN = 220.0


@pytest.mark.parametrize("role,cases_of_an_operation", [(Role.READER, 8), (Role.ADMIN, 15)])
def test_every_answer_is_as_the_contract_says(
    deployment: Deployment, tmp_path: Path, role: Role, cases_of_an_operation: int
) -> None:
    server = deployment.servers[0]
    author = created(deployment.client)["id"]
    book = deployment.client.post("/v1/books", json={"title": "It stays", "authorIds": [author]})
    assert book.status_code == httpx.codes.CREATED
    outcome = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", CONFIGURATION),
            *("run", f"{server.uri}/openapi.json", "--checks", "all", "--no-color"),
            *("--max-examples", str(cases_of_an_operation)),
            *("--header", f"Authorization: {authorization(server.environment, role)[NAME]}"),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "FUZZED_AUTHOR": created(deployment.client)["id"],
            "FUZZED_ROLE": role.value,
            "PYTHONPATH": str(ROOT),
            "FUZZING_AUTHOR": author,
            "SCHEMATHESIS_HOOKS": "tests.acceptance.fuzzing.hooks",
        },
        capture_output=True,
        text=True,
        timeout=LONGEST_RUN,
        check=False,
    )
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr + server.output()
