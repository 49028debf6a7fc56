"""What every Configurations does."""

import asyncio
from datetime import timedelta

import pytest

from domain.configuration.entities import NOTICE_MAX_LENGTH, Configuration
from domain.configuration.ports import Configurations
from tests.contracts.examples import NOW


async def test_what_was_never_changed_has_the_defaults(configurations: Configurations) -> None:
    assert await configurations.load() == Configuration()


@pytest.mark.parametrize(
    "configuration",
    [
        Configuration(version=1),
        Configuration(maintenance_notice="저녁에 점검이 있습니다. 🛠", version=1),
        Configuration(maintenance_notice="n" * NOTICE_MAX_LENGTH, version=1),
        Configuration(sign_ups_open=False, default_page_size=100, version=1),
    ],
)
async def test_what_was_kept_is_loaded(
    configurations: Configurations, configuration: Configuration
) -> None:
    assert await configurations.replace(configuration, NOW)

    assert await configurations.load() == configuration


async def test_each_version_takes_the_place_of_the_one_before(
    configurations: Configurations,
) -> None:
    first = Configuration(maintenance_notice="Back at noon.", default_page_size=50, version=1)
    second = Configuration(sign_ups_open=False, version=2)

    assert await configurations.replace(first, NOW)
    assert await configurations.replace(second, NOW + timedelta(seconds=1))

    assert await configurations.load() == second


@pytest.mark.parametrize("version", [0, 1, 2, 4])
async def test_only_the_version_that_follows_is_kept(
    configurations: Configurations, version: int
) -> None:
    for kept in (1, 2):
        assert await configurations.replace(Configuration(version=kept), NOW)

    late = Configuration(default_page_size=7, version=version)

    assert not await configurations.replace(late, NOW)
    assert await configurations.load() == Configuration(version=2)


async def test_the_first_version_is_one(configurations: Configurations) -> None:
    assert not await configurations.replace(Configuration(version=2), NOW)
    assert await configurations.load() == Configuration()


@pytest.mark.parametrize("kept", [0, 1, 5])
async def test_of_changes_at_once_one_is_kept(configurations: Configurations, kept: int) -> None:
    for version in range(1, kept + 1):
        assert await configurations.replace(Configuration(version=version), NOW)
    rivals = [Configuration(default_page_size=size, version=kept + 1) for size in range(1, 21)]

    results = await asyncio.gather(*(configurations.replace(rival, NOW) for rival in rivals))

    winners = [rival for rival, won in zip(rivals, results, strict=True) if won]
    assert winners == [await configurations.load()]
