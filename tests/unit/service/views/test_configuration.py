"""The runtime configuration over HTTP."""

import httpx
import pytest

from domain.errors import Conflict, CorruptedValue, StoreUnavailable
from service.use_cases import UseCases
from tests.unit.fakes import Fakes, raising

CONFIGURATION = "/v1/configuration"
DEFAULTS = {
    "maintenanceNotice": None,
    "signUpsOpen": True,
    "defaultPageSize": 20,
    "version": 0,
}


async def test_the_defaults_are_told_before_anybody_changes_them(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get(CONFIGURATION)

    assert (response.status_code, response.json()) == (200, DEFAULTS)


async def test_patch_keeps_what_is_absent_and_removes_what_is_null(
    client: httpx.AsyncClient,
) -> None:
    notice = {"maintenanceNotice": "Back at noon.\nThe team"}
    first = await client.patch(CONFIGURATION, json={**notice, "defaultPageSize": 50})
    second = await client.patch(CONFIGURATION, json={"signUpsOpen": False})
    third = await client.patch(CONFIGURATION, json={"maintenanceNotice": None})

    assert first.json() == DEFAULTS | notice | {"defaultPageSize": 50, "version": 1}
    assert second.json() == first.json() | {"signUpsOpen": False, "version": 2}
    assert third.json() == second.json() | {"maintenanceNotice": None, "version": 3}
    assert (await client.get(CONFIGURATION)).json() == third.json()


async def test_a_patch_that_changes_nothing_makes_no_version(client: httpx.AsyncClient) -> None:
    for changes in ({}, {"signUpsOpen": True}):
        response = await client.patch(CONFIGURATION, json=changes)

        assert (response.status_code, response.json()) == (200, DEFAULTS)


async def test_reading_goes_on_while_the_store_is_away(
    fakes: Fakes, client: httpx.AsyncClient
) -> None:
    fakes.configurations.after_load = raising(StoreUnavailable("MongoDB", "gone"))

    assert (await client.get(CONFIGURATION)).json() == DEFAULTS
    assert (await client.get("/v1/authors")).status_code == 200


@pytest.mark.parametrize(
    "error,status",
    [
        (StoreUnavailable("MongoDB", "gone"), 503),
        (CorruptedValue("The stored configuration can't be read."), 500),
        (Conflict("The configuration is being changed by others; try again."), 409),
    ],
)
async def test_a_change_tells_what_kept_it_from_being_made(
    fakes: Fakes, client: httpx.AsyncClient, error: Exception, status: int
) -> None:
    fakes.configurations.after_load = raising(error)

    response = await client.patch(CONFIGURATION, json={"signUpsOpen": False})

    assert response.status_code == status
    assert (await fakes.state()).configuration.sign_ups_open


async def test_a_change_is_seen_by_the_use_cases(
    client: httpx.AsyncClient, use_cases: UseCases
) -> None:
    await client.patch(CONFIGURATION, json={"defaultPageSize": 50})

    assert (await use_cases.configuration.current()).default_page_size == 50
