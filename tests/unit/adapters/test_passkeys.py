"""WebAuthn against an authenticator in software: what holds, and all that must not."""

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from adapters.security.passkeys import WebAuthnPasskeys
from domain.authentication.errors import InvalidPasskey
from domain.authentication.factors import CREDENTIAL_ID_MAX_SIZE, Credential
from tests.authenticator import Authenticator, Flag, Json, cose_key, packed, unpacked

ORIGIN, HOST = "https://service.example", "service.example"
ANN = UUID(int=0xA)
CHALLENGE, OTHER_CHALLENGE = b"c" * 32, b"d" * 32
PRESENT_ONLY = Flag.USER_PRESENT
VERIFIED_ONLY = Flag.USER_VERIFIED


@pytest.fixture
def passkeys() -> WebAuthnPasskeys:
    return WebAuthnPasskeys(ORIGIN)


def authenticator(**changes: Any) -> Authenticator:  # noqa: ANN401 - any of its values.
    return Authenticator(**{"origin": ORIGIN, "rp_id": HOST, **changes})


def creation(passkeys: WebAuthnPasskeys, challenge: bytes = CHALLENGE) -> Json:
    return json_of(passkeys.registration_options(ANN, "ann@example.org", challenge, []))


def json_of(options: Mapping[str, object]) -> Json:
    read: Json = json.loads(json.dumps(options))
    return read


def registered(passkeys: WebAuthnPasskeys, device: Authenticator) -> Credential:
    return passkeys.verify_registration(device.create(creation(passkeys)), CHALLENGE)


def asked(passkeys: WebAuthnPasskeys, challenge: bytes = CHALLENGE) -> Json:
    return json_of(passkeys.sign_in_options(challenge))


def test_a_passkey_is_asked_for_that_its_user_unlocks_and_the_browser_finds(
    passkeys: WebAuthnPasskeys,
) -> None:
    known = registered(passkeys, authenticator())
    options = json_of(passkeys.registration_options(ANN, "ann@example.org", CHALLENGE, [known]))

    assert options["rp"] == {"id": HOST, "name": HOST}
    assert unpacked(options["user"]["id"]) == ANN.bytes
    assert options["user"]["name"] == "ann@example.org"
    assert unpacked(options["challenge"]) == CHALLENGE
    assert options["timeout"] == 300_000
    assert options["attestation"] == "none"
    assert options["authenticatorSelection"]["residentKey"] == "required"
    assert options["authenticatorSelection"]["userVerification"] == "required"
    (excluded,) = options["excludeCredentials"]
    assert unpacked(excluded["id"]) == known.credential_id
    assert excluded["transports"] == ["hybrid", "internal"]
    assert {it["alg"] for it in options["pubKeyCredParams"]} == {-7, -8, -257}


def test_a_sign_in_names_no_passkey(passkeys: WebAuthnPasskeys) -> None:
    assert asked(passkeys) == {
        "allowCredentials": [],
        "challenge": packed(CHALLENGE),
        "rpId": HOST,
        "timeout": 300_000,
        "userVerification": "required",
    }


@pytest.mark.parametrize("counts", [True, False])
def test_who_made_a_passkey_signs_in_by_it(passkeys: WebAuthnPasskeys, *, counts: bool) -> None:
    device = authenticator(sign_count=7 if counts else 0)

    credential = registered(passkeys, device)
    response = device.get(asked(passkeys))

    assert passkeys.claim(response) == (device.credential_id, ANN)
    assert passkeys.verify_sign_in(response, CHALLENGE, credential) == device.sign_count
    assert credential.sign_count == (7 if counts else 0)
    assert credential.transports == ("hybrid", "internal")


@pytest.mark.parametrize(
    "public_url, origin, rp_id",
    [
        ("http://localhost:8000", "http://localhost:8000", "localhost"),
        ("http://127.0.0.1:8000", "http://localhost:8000", "localhost"),
        ("http://[::1]:8000", "http://localhost:8000", "localhost"),
        ("https://Service.example", "https://service.example", "service.example"),
        ("https://service.example:443", "https://service.example", "service.example"),
        ("https://service.example/below/it", "https://service.example", "service.example"),
        ("https://service.example:8443", "https://service.example:8443", "service.example"),
    ],
)
def test_the_public_url_says_for_which_site(public_url: str, origin: str, rp_id: str) -> None:
    passkeys = WebAuthnPasskeys(public_url)
    device = Authenticator(origin=origin, rp_id=rp_id)

    assert registered(passkeys, device).credential_id == device.credential_id


def test_a_key_may_attest_itself_but_not_as_another_one(passkeys: WebAuthnPasskeys) -> None:
    device = authenticator(attests_itself=True)

    assert registered(passkeys, device).credential_id == device.credential_id
    with pytest.raises(InvalidPasskey):
        registered(passkeys, replace(device, public_key=cose_key(KEY)))


WRONG = {
    "origin": {"origin": "https://service.example.evil"},
    "port": {"origin": "https://service.example:444"},
    "scheme": {"origin": "http://service.example"},
    "subdomain": {"origin": "https://www.service.example"},
    "rp id": {"rp_id": "example"},
    "user not verified": {"flags": PRESENT_ONLY},
    "user absent": {"flags": VERIFIED_ONLY},
    "frame of another site": {"cross_origin": True},
    "backed up, which it can't be": {
        "flags": Flag.USER_PRESENT | Flag.USER_VERIFIED | Flag.BACKED_UP
    },
}
KEY = generate_private_key(SECP256R1())
UNUSABLE = {
    "no attestation of that kind": {"attestation": {"fmt": "android-key", "attStmt": {}}},
    "no statement asked for": {"attestation": {"fmt": "none", "attStmt": {"sig": b"s"}}},
    "no such format": {"attestation": {"fmt": ["none"], "attStmt": {}}},
    "no key": {"public_key": b""},
    "no map": {"public_key": cbor2.dumps(1)},
    "empty map": {"public_key": cbor2.dumps({})},
    "another algorithm": {"public_key": cose_key(KEY, algorithm=-36)},
    "not on the curve": {
        "public_key": cbor2.dumps({1: 2, 3: -7, -1: 1, -2: b"\x01" * 32, -3: b"\x02" * 32})
    },
    "no such curve": {"public_key": cbor2.dumps({1: 2, 3: -7, -1: 9, -2: b"x", -3: b"y"})},
    "a giant key": {"public_key": cbor2.dumps({1: 3, 3: -257, -1: b"\xff" * 1500, -2: b"\1\0\1"})},
    "a long id": {"credential_id": b"i" * (CREDENTIAL_ID_MAX_SIZE + 1)},
    "no id": {"credential_id": b""},
}


@pytest.mark.parametrize("wrong", [*WRONG.values(), *UNUSABLE.values()], ids=[*WRONG, *UNUSABLE])
def test_a_passkey_that_was_made_otherwise_is_refused(
    passkeys: WebAuthnPasskeys, wrong: Json
) -> None:
    with pytest.raises(InvalidPasskey):
        registered(passkeys, authenticator(**wrong))


def test_a_passkey_for_another_challenge_is_refused(passkeys: WebAuthnPasskeys) -> None:
    response = authenticator().create(creation(passkeys, OTHER_CHALLENGE))

    with pytest.raises(InvalidPasskey):
        passkeys.verify_registration(response, CHALLENGE)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_sign_in_that_was_done_otherwise_is_refused(
    passkeys: WebAuthnPasskeys, wrong: Json
) -> None:
    device = authenticator()
    credential = registered(passkeys, device)

    response = replace(device, **wrong).get(asked(passkeys))

    with pytest.raises(InvalidPasskey):
        passkeys.verify_sign_in(response, CHALLENGE, credential)


def test_an_answer_to_another_challenge_is_refused(passkeys: WebAuthnPasskeys) -> None:
    device = authenticator()
    credential = registered(passkeys, device)

    with pytest.raises(InvalidPasskey):
        passkeys.verify_sign_in(device.get(asked(passkeys)), OTHER_CHALLENGE, credential)


@pytest.mark.parametrize("count", [0, 1, 7, 8])
def test_a_count_that_does_not_rise_is_refused(passkeys: WebAuthnPasskeys, count: int) -> None:
    device = authenticator(sign_count=8)
    credential = registered(passkeys, device)
    # It counts before it answers, if it counts.
    response = replace(device, sign_count=max(0, count - 1)).get(asked(passkeys))

    with pytest.raises(InvalidPasskey):
        passkeys.verify_sign_in(response, CHALLENGE, credential)


def test_what_another_key_signed_is_refused(passkeys: WebAuthnPasskeys) -> None:
    device = authenticator()
    credential = registered(passkeys, device)
    response = replace(device, key=KEY).get(asked(passkeys))

    with pytest.raises(InvalidPasskey):
        passkeys.verify_sign_in(response, CHALLENGE, credential)


def test_another_credential_is_refused(passkeys: WebAuthnPasskeys) -> None:
    device = authenticator()
    credential = registered(passkeys, device)
    response = replace(device, credential_id=b"another").get(asked(passkeys))

    with pytest.raises(InvalidPasskey):
        passkeys.verify_sign_in(response, CHALLENGE, credential)


def test_an_answer_to_one_question_is_none_to_the_other(passkeys: WebAuthnPasskeys) -> None:
    device = authenticator()
    made = device.create(creation(passkeys))
    credential = passkeys.verify_registration(made, CHALLENGE)
    answered = device.get(asked(passkeys))
    swapped = {
        **answered,
        "response": {
            **answered["response"],
            "clientDataJSON": made["response"]["clientDataJSON"],
        },
    }

    for response in (made, swapped):
        with pytest.raises(InvalidPasskey):
            passkeys.verify_sign_in(response, CHALLENGE, credential)
    with pytest.raises(InvalidPasskey):
        passkeys.verify_registration(answered, CHALLENGE)


def test_no_part_of_a_response_can_be_left_out_or_be_something_else(
    passkeys: WebAuthnPasskeys,
) -> None:
    device = authenticator()
    made = device.create(creation(passkeys))
    credential = passkeys.verify_registration(made, CHALLENGE)
    answered = device.get(asked(passkeys))
    needless = {"authenticatorAttachment", "clientExtensionResults", "transports", "userHandle"}
    others: list[object] = [None, 1, [], {}, "", "ü", "AAAA", "[" * 4000, packed(b"[" * 4000)]

    for response, judge in (
        (made, lambda it: passkeys.verify_registration(it, CHALLENGE)),
        (answered, lambda it: passkeys.verify_sign_in(it, CHALLENGE, credential)),
    ):
        for changed in _changed(response, others, needless):
            with pytest.raises(InvalidPasskey):
                judge(changed)


def _changed(response: Json, others: list[object], needless: set[str]) -> list[Json]:
    inner: Json = response["response"]
    return [
        *({**response, name: other} for name in response.keys() - needless for other in others),
        *(
            {**response, "response": {**inner, name: other}}
            for name in inner.keys() - needless
            for other in others
        ),
    ]


@pytest.mark.parametrize("handle", [None, b"", b"short", b"l" * 17])
def test_an_answer_has_to_say_whose_it_is(passkeys: WebAuthnPasskeys, handle: bytes | None) -> None:
    response = authenticator(user_handle=handle).get(asked(passkeys))

    with pytest.raises(InvalidPasskey):
        passkeys.claim(response)


def test_the_log_says_why_and_the_client_is_not_told(
    passkeys: WebAuthnPasskeys, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    with pytest.raises(InvalidPasskey) as caught:
        registered(passkeys, authenticator(origin="https://evil\n.example" + "e" * 10_000))

    assert "evil" in caplog.text
    assert len(caplog.text) < 500
    assert "\n." not in caplog.text
    assert "evil" not in str(caught.value)
