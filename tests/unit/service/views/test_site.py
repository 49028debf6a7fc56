"""Pages for people."""

import re
from pathlib import Path

import httpx
import pytest

from service.problems import PROBLEMS
from service.use_cases import UseCases
from service.views.site import SERVICE, release_of
from tests.unit.fakes import Fakes, TroubledStore

ASSETS = f"/assets/{SERVICE['release']}"
PROBLEM_PAGES = Path(__file__).parents[4] / "docs/problems.md"


async def test_the_landing_page_says_what_this_is_and_where_to_go(
    client: httpx.AsyncClient,
) -> None:
    page = await client.get("/")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for told in ("imflask-asgi", "0.1.0", "All is well", "/docs", "/openapi.json", "/problems"):
        assert told in page.text


async def test_the_landing_page_tells_which_stores_are_away(
    fakes: Fakes, client: httpx.AsyncClient
) -> None:
    fakes.stores += [TroubledStore("MySQL"), TroubledStore("MongoDB", away=True)]

    page = (await client.get("/")).text

    assert "MongoDB does not answer" in page
    assert re.search(r"<dt>MySQL</dt><dd class=\"well\">answers</dd>", page)
    assert "All is well" not in page


async def test_a_notice_is_shown_as_text(client: httpx.AsyncClient, use_cases: UseCases) -> None:
    await use_cases.configuration.change({"maintenance_notice": "Down <script>at</script> 9"})

    assert "Down &lt;script&gt;at&lt;/script&gt; 9" in (await client.get("/")).text


@pytest.mark.parametrize("path", ["/", "/docs", "/problems", "/problems/not-found"])
async def test_pages_run_nothing_that_does_not_come_from_here(
    client: httpx.AsyncClient, path: str
) -> None:
    page = await client.get(path)

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(
        r"<style|<script(?! src=\"/assets/)|\son\w+=|https?://(?!www\.rfc)", page.text
    )


@pytest.mark.parametrize("path", ["/", "/docs"])
async def test_every_asset_of_a_page_is_there_for_long(
    client: httpx.AsyncClient, path: str
) -> None:
    # Werkzeug takes `If-Match: *` of a file for a version that is not there.
    del client.headers["If-Match"]
    assets = re.findall(r"\"(/assets/[^\"]+)\"", (await client.get(path)).text)

    assert assets
    for asset in assets:
        answer = await client.get(asset)
        assert answer.status_code == 200
        assert answer.headers["content-type"].split(";")[0] in {"text/css", "text/javascript"}
        assert "immutable" in answer.headers["cache-control"]


def test_an_asset_that_changes_has_another_address(tmp_path: Path) -> None:
    style = tmp_path / "site.css"
    style.write_text("a {}")
    before = release_of(tmp_path)

    (tmp_path / "LICENSE").write_text("of a library")
    assert release_of(tmp_path) == before
    style.write_text("b {}")
    assert release_of(tmp_path) != before


@pytest.mark.parametrize(
    "path",
    [
        "/assets/0000000000000000/site.css",
        f"{ASSETS}/../application.py",
        f"{ASSETS}/%2e%2e/application.py",
        f"{ASSETS}/swagger-ui/LICENSE",
        f"{ASSETS}/nothing.css",
        "/problems/nothing",
    ],
)
async def test_nothing_else_is_sent(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


async def test_the_type_of_each_problem_is_the_address_of_its_page(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/v1/nothing")
    page = await client.get(answer.json()["type"])

    assert answer.json()["title"] in page.text
    for problem in PROBLEMS.values():
        assert problem.title in (await client.get(problem.type)).text
        assert problem.type in (await client.get("/problems")).text


def test_the_document_of_problems_is_that_of_the_table() -> None:
    """To write it anew: python -m tests.unit.service.views.test_site."""
    assert PROBLEM_PAGES.read_text(encoding="utf-8") == problem_document()


def problem_document() -> str:
    problems = sorted({it.slug: it for it in PROBLEMS.values()}.values(), key=lambda it: it.slug)
    sections = [
        f"## {it.slug}\n\n`{it.type}` · {it.status.value} {it.title}\n\n{it.remedy}\n"
        for it in problems
    ]
    head = (
        "# Problems\n\n"
        "Every error is answered by a problem (RFC 9457). Its `type` never changes, and is the\n"
        "address of a page of the service that says what stands here.\n"
    )
    return "\n".join([head, *sections])


if __name__ == "__main__":
    PROBLEM_PAGES.write_text(problem_document(), encoding="utf-8")
