"""The pages in a real browser."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, Page, expect

from domain.permissions import Role
from tests.acceptance.administrators import authorization
from tests.acceptance.deployments import EMBEDDED, Deployment

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("deployment", [EMBEDDED], indirect=True),
]

PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1280, "height": 800}


@pytest.fixture(params=[("light", DESKTOP), ("dark", PHONE)], ids=["desktop", "phone"])
async def page(
    request: pytest.FixtureRequest, browser: Browser, deployment: Deployment
) -> AsyncIterator[Page]:
    """A page that may load nothing from elsewhere, and whose script must not complain."""
    scheme, size = request.param
    page = await browser.new_page(
        base_url=deployment.servers[0].uri, color_scheme=scheme, viewport=size
    )
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda failed: complaints.append(failed.url))
    yield page
    assert complaints == []


async def fits(page: Page) -> bool:
    """Tell whether nothing has to be scrolled to from the side."""
    fitting: bool = await page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    return fitting


async def test_the_landing_page_leads_on(page: Page) -> None:
    await page.goto("/")

    await expect(page.get_by_role("heading", level=1)).to_contain_text("imflask-asgi")
    await expect(page.get_by_text("All is well")).to_be_visible()
    assert await fits(page)
    await page.get_by_role("link", name="Problems What each error means").click()
    await page.get_by_role("link", name="/problems/stale-version").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Stale version")
    assert await fits(page)


async def test_the_documentation_calls_the_api(page: Page) -> None:
    await page.goto("/docs")

    operation = page.locator("#operations-authors-listAuthors")
    await expect(operation).to_be_visible()
    assert await fits(page)
    await operation.locator(".opblock-summary-control").click()
    await operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response").first
    await expect(answer.locator(".response-col_status")).to_contain_text("200")
    await expect(answer.locator(".response-col_description")).to_contain_text('"nextCursor": null')
    assert await fits(page)


async def test_the_documentation_signs_in(page: Page, deployment: Deployment) -> None:
    server = deployment.servers[0]
    token = authorization(server.environment, Role.EDITOR)["Authorization"].removeprefix("Bearer ")
    await page.goto("/docs")

    await page.get_by_role("button", name="Authorize", exact=True).first.click()
    form = page.locator(".auth-container").filter(has_text="accessToken")
    await form.locator("input").fill(token)
    await form.get_by_role("button", name="Apply credentials").click()
    await page.get_by_role("button", name="Close").first.click()

    operation = page.locator("#operations-authors-createAuthor")
    await operation.locator(".opblock-summary-control").click()
    await operation.locator(".body-param textarea").fill('{"name": "Han Kang"}')
    await operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table .response").first
    await expect(answer.locator(".response-col_status")).to_contain_text("201")
