"""What operators, and the other features, do with the runtime configuration."""

import asyncio
from datetime import timedelta

import pytest

from domain.configuration import use_cases
from domain.configuration.entities import Configuration, ConfigurationChanges
from domain.configuration.use_cases import KEPT_FOR, MAX_ATTEMPTS, RuntimeConfiguration
from domain.errors import Conflict, CorruptedValue, InvalidValue, StoreUnavailable
from tests.unit.fakes import Fakes, Held, no_trouble, raising

MOMENT = timedelta(microseconds=1)
AWAY = StoreUnavailable("MongoDB", "connection refused")
CORRUPTED = CorruptedValue("The stored configuration can't be read.")


@pytest.fixture
def configuration(fakes: Fakes) -> RuntimeConfiguration:
    return fakes.use_cases().configuration


async def change_elsewhere(fakes: Fakes, changes: ConfigurationChanges) -> Configuration:
    """Change it as another process does."""
    held_up, fakes.configurations.before_replace = fakes.configurations.before_replace, no_trouble
    try:
        return await fakes.use_cases().configuration.change(changes)
    finally:
        fakes.configurations.before_replace = held_up


async def test_the_defaults_hold_until_somebody_changes_them(
    configuration: RuntimeConfiguration,
) -> None:
    assert await configuration.current() == Configuration()


async def test_a_change_keeps_the_other_values_and_counts_as_a_version(
    configuration: RuntimeConfiguration,
) -> None:
    await configuration.change({"sign_ups_open": False})

    changed = await configuration.change({"maintenance_notice": "Back at noon."})

    assert changed == Configuration(
        sign_ups_open=False, maintenance_notice="Back at noon.", version=2
    )


async def test_a_change_is_read_at_once_where_it_was_made(
    configuration: RuntimeConfiguration,
) -> None:
    await configuration.current()

    changed = await configuration.change({"default_page_size": 50})

    assert await configuration.current() == changed


async def test_a_change_elsewhere_is_seen_when_the_kept_value_has_had_its_time(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    before = await configuration.current()
    changed = await change_elsewhere(fakes, {"default_page_size": 50})

    fakes.clock.advance(KEPT_FOR - MOMENT)
    assert await configuration.current() == before
    fakes.clock.advance(MOMENT)
    assert await configuration.current() == changed


async def test_one_read_asks_the_store_for_all_that_come_soon_behind(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    for _ in range(10):
        await configuration.current()

    assert fakes.configurations.loads == 1


async def test_others_do_not_wait_while_one_read_asks_the_store(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    before = await configuration.current()
    changed = await change_elsewhere(fakes, {"default_page_size": 50})
    fakes.clock.advance(KEPT_FOR)
    fakes.configurations.after_load = held = Held()
    asking = asyncio.create_task(configuration.current())
    await held.begun.wait()

    assert await configuration.current() == before

    held.go_on.set()
    assert await asking == changed


@pytest.mark.parametrize("error", [AWAY, CORRUPTED])
async def test_the_last_known_values_hold_while_the_store_gives_none(
    fakes: Fakes,
    configuration: RuntimeConfiguration,
    error: Exception,
    caplog: pytest.LogCaptureFixture,
) -> None:
    known = await configuration.change({"sign_ups_open": False})
    fakes.configurations.after_load = raising(error)
    fakes.clock.advance(KEPT_FOR)

    assert await configuration.current() == known

    assert [record.getMessage() for record in caplog.records] == [
        f"The last known configuration goes on to hold: {error}"
    ]


@pytest.mark.parametrize("error", [AWAY, CORRUPTED])
async def test_the_defaults_hold_where_nothing_was_known_before_the_store_went_away(
    fakes: Fakes, configuration: RuntimeConfiguration, error: Exception
) -> None:
    await change_elsewhere(fakes, {"sign_ups_open": False})
    fakes.configurations.after_load = raising(error)

    assert await configuration.current() == Configuration()


async def test_a_store_that_is_away_is_asked_once_in_a_while(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    fakes.configurations.after_load = raising(AWAY)
    for _ in range(10):
        await configuration.current()
    assert fakes.configurations.loads == 1

    fakes.clock.advance(KEPT_FOR)
    await configuration.current()

    assert fakes.configurations.loads == 2


async def test_the_store_is_read_again_when_it_is_back(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    changed = await change_elsewhere(fakes, {"sign_ups_open": False})
    fakes.configurations.after_load = raising(AWAY)
    await configuration.current()
    fakes.configurations.after_load = no_trouble

    fakes.clock.advance(KEPT_FOR)

    assert await configuration.current() == changed


async def test_a_store_that_does_not_answer_is_not_waited_for(
    fakes: Fakes, configuration: RuntimeConfiguration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases, "LOAD_TIMEOUT", 0)
    known = await configuration.change({"sign_ups_open": False})
    fakes.configurations.after_load = Held()
    fakes.clock.advance(KEPT_FOR)

    assert await configuration.current() == known


async def test_a_bug_in_the_store_is_not_taken_for_an_outage(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    fakes.configurations.after_load = raising(LookupError("a bug"))

    with pytest.raises(LookupError):
        await configuration.current()


@pytest.mark.parametrize("error", [AWAY, CORRUPTED])
async def test_no_change_is_made_on_top_of_what_cannot_be_read(
    fakes: Fakes, configuration: RuntimeConfiguration, error: Exception
) -> None:
    await configuration.current()
    before = await fakes.state()
    fakes.configurations.after_load = raising(error)

    with pytest.raises(type(error)):
        await configuration.change({"sign_ups_open": False})

    assert await fakes.state() == before
    assert await configuration.current() == before.configuration


async def test_a_change_to_what_is_already_makes_no_version(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    changed = await configuration.change({"default_page_size": 50})
    before = await fakes.state()

    assert await configuration.change({"default_page_size": 50}) == changed
    assert await configuration.change({}) == changed

    assert await fakes.state() == before


async def test_a_change_to_what_another_process_set_is_seen_at_once(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    await configuration.current()
    changed = await change_elsewhere(fakes, {"default_page_size": 50})

    await configuration.change({"default_page_size": 50})

    assert await configuration.current() == changed


async def test_a_value_out_of_bounds_is_not_kept(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    before = await fakes.state()

    with pytest.raises(InvalidValue):
        await configuration.change({"sign_ups_open": False, "default_page_size": 0})

    assert await fakes.state() == before


async def test_a_change_that_another_overtakes_keeps_both(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    async def overtake() -> None:
        fakes.configurations.before_replace = no_trouble
        await change_elsewhere(fakes, {"default_page_size": 50})

    fakes.configurations.before_replace = overtake

    changed = await configuration.change({"sign_ups_open": False})

    assert changed == Configuration(sign_ups_open=False, default_page_size=50, version=2)
    assert (await fakes.state()).configuration == changed


async def test_the_later_of_two_changes_to_one_value_holds(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    async def overtake() -> None:
        fakes.configurations.before_replace = no_trouble
        await change_elsewhere(fakes, {"default_page_size": 50})

    fakes.configurations.before_replace = overtake

    changed = await configuration.change({"default_page_size": 30})

    assert (changed.default_page_size, changed.version) == (30, 2)


async def test_a_change_that_is_overtaken_each_time_gives_up(
    fakes: Fakes, configuration: RuntimeConfiguration
) -> None:
    async def overtake() -> None:
        current = (await fakes.state()).configuration
        await change_elsewhere(fakes, {"default_page_size": current.default_page_size + 1})

    fakes.configurations.before_replace = overtake

    with pytest.raises(Conflict):
        await configuration.change({"sign_ups_open": False})

    assert (await fakes.state()).configuration == Configuration(
        default_page_size=20 + MAX_ATTEMPTS, version=MAX_ATTEMPTS
    )


async def test_changes_at_once_are_all_kept(fakes: Fakes) -> None:
    await asyncio.gather(
        change_elsewhere(fakes, {"sign_ups_open": False}),
        change_elsewhere(fakes, {"default_page_size": 50}),
        change_elsewhere(fakes, {"maintenance_notice": "Back at noon."}),
    )

    assert (await fakes.state()).configuration == Configuration(
        maintenance_notice="Back at noon.", sign_ups_open=False, default_page_size=50, version=3
    )
