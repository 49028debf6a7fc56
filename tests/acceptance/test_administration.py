"""What administrators and people change counts from the next request on, wherever it is asked."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
import redis

from domain.permissions import Role
from tests.acceptance.clients import client_of
from tests.acceptance.deployments import SERVER_MARKS, Settings, initialise, own_databases
from tests.acceptance.people import PASSWORD, Person, add_people, flask
from tests.acceptance.polling import until
from tests.acceptance.server import PRODUCTION, Hypercorn
from tests.servers import Redis

# Each test has some for itself, for none undoes what it does.
EDITORS = ("disabled", "demoted", "deleted", "ended", "keyed", "leaver", "wiped", "away")
NAMES = {"ann": Role.ADMIN, "bob": Role.ADMIN, **dict.fromkeys(EDITORS, Role.EDITOR)}


@dataclass(frozen=True)
class Place:
    """Running servers on the same stores, and the people who have accounts there."""

    settings: Settings
    client: httpx.Client
    ids: dict[str, str]
    redis: Redis | None = None

    def person(self, name: str) -> Person:
        """Give somebody who is signed in."""
        return Person(self.client, f"{name}@example.org", self.ids[name]).sign_in()

    def change(self, person: Person, by: Person | None = None, **changes: object) -> None:
        """Let an administrator change an account."""
        admin = by or self.person("ann")
        answer = admin.ask("PATCH", f"/v1/accounts/{person.id}", changes)
        assert answer.status_code == 200, answer.text


EMBEDDED = "embedded"
WITH_REDIS = pytest.param("two processes", marks=SERVER_MARKS)
WITHOUT_REDIS = pytest.param("two processes without Redis", marks=SERVER_MARKS)


def only_at(*forms: object) -> pytest.MarkDecorator:
    """Let a test run in these forms alone."""
    return pytest.mark.parametrize("place", forms, indirect=True, scope="module")


@pytest.fixture(scope="module", params=[EMBEDDED, WITH_REDIS, WITHOUT_REDIS])
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    folder = tmp_path_factory.mktemp("place")
    with ExitStack() as stack:
        form = Form.of(request, folder, stack)
        if form.on_servers:
            initialise(form.settings)
        ids = add_people(form.settings, NAMES)
        servers = [
            stack.enter_context(Hypercorn(folder, form.settings, *form.options))
            for _ in range(2 if form.on_servers else 1)
        ]
        client = stack.enter_context(client_of(*servers))
        client.headers.pop("Authorization", None)
        yield Place(form.settings, client, ids, form.redis)


@dataclass(frozen=True)
class Form:
    """How it is run."""

    settings: Settings
    on_servers: bool = False
    redis: Redis | None = None
    options: tuple[str, ...] = field(default=())

    @classmethod
    def of(cls, request: pytest.FixtureRequest, folder: Path, stack: ExitStack) -> "Form":
        """Give the form that is the fixture's parameter."""
        if request.param == EMBEDDED:
            return cls({"FLASK_SQLITE_PATH": str(folder / "embedded.sqlite3")})
        cache: Redis = request.getfixturevalue("restartable_redis")
        mysql, mongo = (request.getfixturevalue(f"{name}_uri") for name in ("mysql", "mongo"))
        settings = {**stack.enter_context(own_databases(mysql, mongo, cache.uri))}
        if request.param == "two processes":
            return cls(settings, on_servers=True, redis=cache, options=PRODUCTION)
        del settings["FLASK_REDIS_URI"]
        settings["FLASK_ALLOW_EMBEDDED"] = "1"
        return cls(settings, on_servers=True, options=PRODUCTION)


def statuses(person: Person, *others: Person) -> list[int]:
    """Give how each is answered who asks twice, and so asks each of two processes."""
    return [it.ask("GET", "/v1/me").status_code for it in (person, *others) for _ in range(2)]


def test_who_is_disabled_is_out_at_once_and_signs_in_again_when_enabled(place: Place) -> None:
    person = place.person("disabled")
    machine = person.new_key("catalogue:change")
    assert statuses(person) == [200] * 2
    assert [person.writes(), machine.writes()] == [201] * 2

    place.change(person, isDisabled=True)
    assert statuses(person, machine) == [401] * 4
    assert [person.writes(), machine.writes()] == [401] * 2
    body = {"email": person.email, "password": PASSWORD}
    assert place.client.post("/v1/sessions", json=body).status_code == 401

    place.change(person, isDisabled=False)
    assert statuses(person) == [401] * 2
    assert machine.writes() == 201
    assert statuses(person.sign_in()) == [200] * 2


def test_who_is_demoted_writes_no_more_nor_do_their_machines(place: Place) -> None:
    person = place.person("demoted")
    machine = person.new_key("catalogue:change")
    assert [person.writes(), machine.writes()] * 2 == [201] * 4

    place.change(person, role="reader")

    assert [it.writes() for it in (person, machine) for _ in range(2)] == [403] * 4
    assert statuses(person) == [200] * 2
    place.change(person, role="editor")
    assert [person.writes(), machine.writes()] == [201] * 2


def test_who_is_deleted_is_out_at_once(place: Place) -> None:
    person = place.person("deleted")
    machine = person.new_key("catalogue:change")
    assert [*statuses(person), machine.writes()] == [200, 200, 201]

    answer = place.person("ann").ask("DELETE", f"/v1/accounts/{person.id}")

    assert answer.status_code == 204
    assert statuses(person, machine) == [401] * 4


def test_whose_sessions_are_ended_keep_their_keys(place: Place) -> None:
    person = place.person("ended")
    machine = person.new_key("catalogue:change")
    assert statuses(person) == [200] * 2

    answer = place.person("ann").ask("DELETE", f"/v1/accounts/{person.id}/sessions")

    assert answer.status_code == 204
    assert statuses(person) == [401] * 2
    assert machine.writes() == 201


def test_a_key_may_what_it_says_until_it_is_revoked(place: Place) -> None:
    person = place.person("keyed")
    reads, writes = person.new_key(), person.new_key("catalogue:change")

    assert [reads.writes(), writes.writes()] == [403, 201]
    # What people alone may, no key may.
    assert statuses(writes) == [403] * 2
    assert writes.ask("GET", "/v1/me/api-keys").status_code == 403
    listed = {it["id"]: it for it in person.ask("GET", "/v1/me/api-keys").json()["items"]}
    assert listed[writes.id]["lastUsedAt"] is not None

    assert person.ask("DELETE", f"/v1/me/api-keys/{writes.id}").status_code == 204
    assert [writes.writes() for _ in range(2)] == [401] * 2


def test_people_leave_and_see_what_is_kept_of_them_before(place: Place) -> None:
    person = place.person("leaver")
    person.new_key()

    def kinds() -> list[str]:
        events = person.ask("GET", "/v1/me/activity").json()["items"]
        return [event["kind"] for event in events]

    until(lambda: {"session.started", "key.created"} <= set(kinds()), "the log has the events")
    export = person.ask("GET", "/v1/me/export")
    assert export.headers["cache-control"] == "no-store"
    assert export.json()["kept"]["account"]["email"] == person.email
    assert [it["name"] for it in export.json()["kept"]["apiKeys"]] == ["machine"]

    unconfirmed = person.ask("POST", "/v1/me/deletion", {})
    assert unconfirmed.status_code == 403
    confirmation = {"confirmation": {"password": PASSWORD}}
    assert person.ask("POST", "/v1/me/deletion", confirmation).status_code == 204
    assert statuses(person) == [401] * 2


def test_nobody_but_administrators_sees_accounts(place: Place) -> None:
    editor = place.person("demoted")
    path = f"/v1/accounts/{place.ids['ann']}"

    for method, asked, body in (
        ("GET", "/v1/accounts", None),
        ("GET", path, None),
        ("PATCH", path, {"role": "reader"}),
        ("DELETE", path, None),
        ("DELETE", f"{path}/sessions", None),
    ):
        assert editor.ask(method, asked, body).status_code == 403
        assert place.client.request(method, asked, json=body).status_code == 401


def test_of_two_administrators_who_demote_each_other_one_stays(place: Place) -> None:
    ann, bob = place.person("ann"), place.person("bob")
    admins = ann.ask("GET", "/v1/accounts?role=admin&isDisabled=false").json()["items"]
    for other in {it["id"] for it in admins} - {ann.id, bob.id}:
        assert ann.ask("PATCH", f"/v1/accounts/{other}", {"role": "reader"}).status_code == 200

    def demote(who: Person, whom: Person) -> int:
        return who.ask("PATCH", f"/v1/accounts/{whom.id}", {"role": "reader"}).status_code

    with ThreadPoolExecutor(2) as threads:
        for _ in range(5):
            answers = [*threads.map(demote, (ann, bob), (bob, ann))]
            # Who comes second is an administrator no more, or finds that they are the last one.
            assert answers in ([200, 403], [200, 409], [403, 200], [409, 200])
            stays, goes = (ann, bob) if answers[0] == 200 else (bob, ann)
            assert stays.ask("GET", "/v1/accounts?role=admin").json()["items"][0]["id"] == stays.id
            assert demote(stays, stays) == 409
            place.change(goes, by=stays, role="admin")


@only_at(WITH_REDIS)
def test_what_redis_forgets_lets_nobody_back_in(place: Place) -> None:
    assert place.redis is not None
    person = place.person("wiped")
    machine = person.new_key("catalogue:change")
    assert [*statuses(person), machine.writes()] == [200, 200, 201]
    place.change(person, isDisabled=True)

    with redis.Redis.from_url(place.redis.uri) as connection:
        connection.flushall()

    assert statuses(person, machine) == [401] * 4


@only_at(WITH_REDIS)
def test_what_changes_while_redis_is_away_counts_at_once_and_when_it_is_back(
    place: Place,
) -> None:
    assert place.redis is not None
    person = place.person("away")
    assert [*statuses(person), person.writes()] == [200, 200, 201]

    place.redis.kill()
    try:
        place.change(person, role="reader")
        assert [person.writes() for _ in range(2)] == [403] * 2
        place.change(person, isDisabled=True)
        assert statuses(person) == [401] * 2
    finally:
        place.redis.start()

    assert [status for _ in range(5) for status in statuses(person)] == [401] * 10


@only_at(WITH_REDIS)
def test_a_command_counts_at_once_for_servers_that_run(place: Place) -> None:
    flask(place.settings, "create-superuser", "--email=eve@example.org", "--password-stdin",
          typed=PASSWORD)  # fmt: skip
    shown = json.loads(flask(place.settings, "accounts", "show", "eve@example.org", "--json"))
    person = Person(place.client, "eve@example.org", shown["id"]).sign_in()
    assert statuses(person) == [200] * 2

    flask(place.settings, "accounts", "role", "eve@example.org", "reader")
    assert person.ask("GET", "/v1/accounts").status_code == 403
    assert flask(place.settings, "accounts", "end-sessions", shown["id"]) == "Ended 1 sessions.\n"
    assert statuses(person) == [401] * 2
    person.sign_in()
    flask(place.settings, "accounts", "disable", "eve@example.org")
    assert statuses(person) == [401] * 2


@only_at(EMBEDDED)
def test_a_command_says_to_stop_the_server_of_an_embedded_file(place: Place) -> None:
    with pytest.raises(AssertionError, match="in use by another process"):
        flask(place.settings, "accounts", "list")
