"""What people do by mail: nothing of it is lost, and each token counts once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from tests.acceptance.clients import client_of
from tests.acceptance.deployments import Settings, initialise, own_databases
from tests.acceptance.mail_server import mail_server, tokens_to
from tests.acceptance.outbox import from_behind
from tests.acceptance.polling import until
from tests.acceptance.server import PRODUCTION, Hypercorn
from tests.servers.host import free_port
from tests.smtp_server import Mailbox

EMAIL = "ann@example.org"
PASSWORD = "correct horse"


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


def with_mail(settings: Settings, port: int) -> Settings:
    return {
        **settings,
        "FLASK_SMTP_URI": f"smtp://127.0.0.1:{port}?tls=none",
        "FLASK_MAIL_FROM": "no-reply@service.test",
    }


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[Hypercorn]:
    """An embedded server that hands its mails over at the port."""
    settings = {"FLASK_SQLITE_PATH": str(tmp_path / "mail.sqlite3")}
    with Hypercorn(tmp_path, with_mail(settings, port)) as server:
        yield server


@pytest.fixture
def client(server: Hypercorn) -> Iterator[httpx.Client]:
    with client_of(server) as client:
        yield client


def sign_up(client: httpx.Client, email: str = EMAIL, password: str = PASSWORD) -> None:
    answer = client.post("/v1/accounts", json={"email": email, "password": password})
    assert answer.status_code == 202, answer.text


def verify(client: httpx.Client, token: str, password: str = PASSWORD) -> int:
    body = {"token": token, "password": password}
    return client.post("/v1/accounts/verification", json=body).status_code


def signs_in(client: httpx.Client, password: str, email: str = EMAIL) -> bool:
    body = {"email": email, "password": password}
    return client.post("/v1/sessions", json=body).status_code == 201


def test_without_a_mail_server_mails_are_files(tmp_path: Path) -> None:
    settings = {"FLASK_SQLITE_PATH": str(tmp_path / "files.sqlite3")}
    with Hypercorn(tmp_path, settings) as server, client_of(server) as client:
        sign_up(client)
        until(lambda: "A mail lies in " in server.output(), "the log tells of the mail")
        (path,) = (tmp_path / "mail").iterdir()
        lines = path.read_text(encoding="utf-8").splitlines()
        (token,) = [line for line in lines if len(line) == 43 and " " not in line]

        assert str(path) in server.output()
        assert f"To: {EMAIL}" in lines
        assert path.stat().st_mode & 0o077 == 0
        assert verify(client, token) == 204
        assert signs_in(client, PASSWORD)
        assert token not in server.output()
        assert PASSWORD not in server.output()


def test_a_mail_waits_for_a_server_that_is_away(
    server: Hypercorn, client: httpx.Client, port: int, mailbox: Mailbox
) -> None:
    sign_up(client)
    until(lambda: "Mails wait to be sent" in server.output(), "the log tells that mails wait")

    with mail_server(port, mailbox):
        until(lambda: tokens_to(mailbox, EMAIL), "the mail comes")

    assert verify(client, tokens_to(mailbox, EMAIL)[0]) == 204


def test_no_mail_is_lost_when_the_server_or_the_service_dies_in_the_middle(
    server: Hypercorn, client: httpx.Client, port: int, mailbox: Mailbox
) -> None:
    emails = [f"{number}@example.org" for number in range(6)]
    mailbox.hangs = True
    with mail_server(port, mailbox):
        for email in emails:
            sign_up(client, email)
        until(lambda: mailbox.sessions, "the mail server dies while it reads")
        server.kill()
        mailbox.hangs = False
    server.start()

    with mail_server(port, mailbox):
        # What a relay held that died is free again two minutes later.
        free_claims(server)
        until(lambda: all(tokens_to(mailbox, it) for it in emails), "all mails come")

    for email in emails:
        assert verify(client, tokens_to(mailbox, email)[-1]) == 204


def free_claims(server: Hypercorn) -> None:
    """Make it as if the time of all claims had passed."""
    from_behind(server.environment, "UPDATE mails SET available_at = created_at")


@pytest.fixture(scope="module")
def mail_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def pair(
    mysql_uri: str,
    mongo_uri: str,
    redis_uri: str,
    mail_port: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[httpx.Client]:
    """A client of two processes on the same stores, each request for the next of them."""
    with ExitStack() as stack:
        settings = with_mail(
            stack.enter_context(own_databases(mysql_uri, mongo_uri, redis_uri)), mail_port
        )
        initialise(settings)
        folder = tmp_path_factory.mktemp("pair")
        servers = [stack.enter_context(Hypercorn(folder, settings, *PRODUCTION)) for _ in range(2)]
        yield stack.enter_context(client_of(*servers))


def at_once(*calls: Callable[[], int]) -> list[int]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [future.result() for future in [threads.submit(call) for call in calls]]


class TestTwoProcesses:
    def test_sign_ups_at_once_with_one_address_make_one_account(
        self, pair: httpx.Client, mail_port: int, mailbox: Mailbox
    ) -> None:
        email = "many@example.org"
        passwords = [f"password of {number}" for number in range(3)]

        def asking(password: str) -> Callable[[], int]:
            body = {"email": email, "password": password}
            return lambda: pair.post("/v1/accounts", json=body).status_code

        def verifying(token: str, password: str) -> Callable[[], int]:
            return lambda: verify(pair, token, password)

        assert at_once(*map(asking, passwords)) == [202] * 3
        with mail_server(mail_port, mailbox):
            until(lambda: len(tokens_to(mailbox, email)) == 3, "a mail for each comes")
        # Which token is of which password, the mails don't tell: a wrong one leaves it good.
        answers = {
            (token, password): verifying(token, password)
            for token in tokens_to(mailbox, email)
            for password in passwords
        }
        statuses = dict(zip(answers, at_once(*answers.values()), strict=True))

        taken = [password for (_, password), status in statuses.items() if status == 204]
        assert len(taken) == 1
        assert set(statuses.values()) == {204, 400, 422}
        assert [it for it in passwords if signs_in(pair, it, email)] == taken

    def test_one_reset_token_sets_one_password(
        self, pair: httpx.Client, mail_port: int, mailbox: Mailbox
    ) -> None:
        email = "reset@example.org"
        with mail_server(mail_port, mailbox):
            sign_up(pair, email)
            until(lambda: tokens_to(mailbox, email), "the mail of the sign-up comes")
            assert verify(pair, tokens_to(mailbox, email)[0]) == 204
            assert pair.post("/v1/password-resets", json={"email": email}).status_code == 202
            until(lambda: len(tokens_to(mailbox, email)) == 2, "the mail of the reset comes")
        token, passwords = tokens_to(mailbox, email)[1], [f"new password {it}" for it in range(8)]

        def resetting(password: str) -> Callable[[], int]:
            body = {"token": token, "password": password}
            path = "/v1/password-resets/confirmation"
            return lambda: pair.post(path, json=body).status_code

        statuses = at_once(*map(resetting, passwords))

        assert sorted(statuses) == [204] + [400] * 7
        chosen = passwords[statuses.index(204)]
        assert [it for it in (PASSWORD, *passwords) if signs_in(pair, it, email)] == [chosen]
