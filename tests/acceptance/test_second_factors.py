"""Second factors from outside: one code is one proof, in whichever process it is shown."""

from collections.abc import Mapping

import httpx
import pytest

from tests.acceptance.accounts import PASSWORD, Person, add_person
from tests.acceptance.deployments import TWO_PROCESSES, Deployment
from tests.acceptance.factors import CONFIRMATION, bearer, code_of, enable_codes, sign_in
from tests.acceptance.polling import until
from tests.acceptance.test_concurrency import all_at_once

pytestmark = pytest.mark.parametrize("deployment", [TWO_PROCESSES], indirect=True, scope="module")

# Fewer than may guess at once at one account.
AT_ONCE = 8


@pytest.fixture
def person(deployment: Deployment) -> Person:
    """Somebody with an account of their own."""
    return add_person(deployment.settings)


@pytest.fixture
def headers(deployment: Deployment, person: Person) -> Mapping[str, str]:
    """What they send once they are signed in."""
    return bearer(sign_in(deployment.client, person))


def types(answers: list[httpx.Response]) -> list[str]:
    return sorted(answer.json().get("type", "started") for answer in answers)


def confirmed_by(code: str) -> Mapping[str, Mapping[str, str]]:
    return {"confirmation": {"password": PASSWORD, "code": code}}


def test_a_password_alone_is_not_enough_any_more(
    deployment: Deployment, person: Person, headers: Mapping[str, str]
) -> None:
    client = deployment.client
    secret, recovery_codes = enable_codes(client, headers)

    refused = sign_in(client, person)
    started = sign_in(client, person, code=code_of(secret, 1))
    again = sign_in(client, person, code=recovery_codes[0])

    assert (refused.status_code, refused.json()["type"]) == (
        401,
        "/problems/second-factor-required",
    )
    assert refused.json()["methods"] == ["otp", "rcv"]
    assert started.status_code == again.status_code == 201
    overview = client.get("/v1/me/second-factors", headers=bearer(again)).json()
    assert overview["totpEnabledAt"] is not None
    assert (overview["passkeys"], overview["recoveryCodes"]) == (0, 9)


def test_of_one_code_at_once_in_two_processes_one_counts(
    deployment: Deployment, person: Person, headers: Mapping[str, str]
) -> None:
    client = deployment.client
    secret, _ = enable_codes(client, headers)
    code = code_of(secret, 1)

    answers = all_at_once(lambda _: sign_in(client, person, code=code), range(AT_ONCE))

    assert types(answers) == ["/problems/invalid-second-factor"] * (AT_ONCE - 1) + ["started"]


def test_of_one_recovery_code_at_once_in_two_processes_one_counts(
    deployment: Deployment, person: Person, headers: Mapping[str, str]
) -> None:
    client = deployment.client
    _, (code, *_) = enable_codes(client, headers)

    answers = all_at_once(lambda _: sign_in(client, person, code=code), range(AT_ONCE))

    assert types(answers) == ["/problems/invalid-second-factor"] * (AT_ONCE - 1) + ["started"]
    assert client.get("/v1/me/second-factors", headers=headers).json()["recoveryCodes"] == 9


def test_each_change_of_a_factor_asks_anew_who_it_is(
    deployment: Deployment, person: Person, headers: Mapping[str, str]
) -> None:
    client = deployment.client
    nobody_said = client.post("/v1/me/totp", json={}, headers=headers)
    wrong = client.post(
        "/v1/me/totp", json={"confirmation": {"password": "another"}}, headers=headers
    )
    _, codes = enable_codes(client, headers)
    by_password_alone = [
        client.post(path, json=CONFIRMATION, headers=headers)
        for path in ("/v1/me/totp/removal", "/v1/me/recovery-codes", "/v1/me/passkeys/options")
    ]
    used = client.post("/v1/me/recovery-codes", json=confirmed_by(codes[0]), headers=headers)
    used_again = client.post("/v1/me/totp/removal", json=confirmed_by(codes[0]), headers=headers)

    for answer in (nobody_said, wrong, *by_password_alone, used_again):
        assert (answer.status_code, answer.json()["type"]) == (
            403,
            "/problems/confirmation-required",
        )
    assert used.status_code == 200
    removed = client.post(
        "/v1/me/totp/removal", json=confirmed_by(used.json()["recoveryCodes"][0]), headers=headers
    )
    assert removed.status_code == 204
    assert sign_in(client, person).status_code == 201


def test_what_is_told_once_is_kept_by_nobody(
    deployment: Deployment, headers: Mapping[str, str]
) -> None:
    client = deployment.client

    begun = client.post("/v1/me/totp", json=CONFIRMATION, headers=headers)
    keyed = client.post(
        "/v1/me/totp", json=CONFIRMATION, headers={**headers, "Idempotency-Key": '"k"'}
    )

    assert begun.headers["cache-control"] == "no-store"
    assert keyed.status_code == 400


def test_the_activity_log_tells_of_factors_and_no_secret(
    deployment: Deployment, headers: Mapping[str, str]
) -> None:
    client = deployment.client
    secret, codes = enable_codes(client, headers)
    client.post("/v1/me/recovery-codes", json=confirmed_by(codes[0]), headers=headers)

    def told() -> set[str]:
        events = client.get("/v1/me/activity", headers=headers).json()["items"]
        assert secret not in str(events)
        assert codes[0] not in str(events)
        return {event["kind"] for event in events}

    expected = {"totp.enabled", "recovery-code.used", "recovery-codes.renewed"}
    until(lambda: expected <= told(), "the events are delivered")
