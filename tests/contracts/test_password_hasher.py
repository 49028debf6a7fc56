"""The contract of domain.authentication.ports.PasswordHasher."""

import pytest
from argon2 import Parameters, Type

from adapters.memory.passwords import FastPasswordHasher
from adapters.security.passwords import Argon2PasswordHasher
from domain.authentication.ports import PasswordHasher

CHEAP = Parameters(
    type=Type.ID, version=19, salt_len=16, hash_len=32, time_cost=1, memory_cost=8, parallelism=1
)


@pytest.fixture(params=[FastPasswordHasher, lambda: Argon2PasswordHasher(CHEAP)])
def hasher(request: pytest.FixtureRequest) -> PasswordHasher:
    adapter: PasswordHasher = request.param()
    return adapter


@pytest.mark.parametrize(
    "password",
    ["correct horse", "🙂" * 128, "p" * 1000, " \0\t\n", "", "half of a pair: \ud83d", "$1$%s"],
    ids=ascii,
)
async def test_a_password_is_that_of_its_hash_and_no_other_is(
    hasher: PasswordHasher, password: str
) -> None:
    hashed = await hasher.hash(password)

    assert await hasher.verify(password, hashed)
    for other in (password + " ", password + "\0", password.upper() + "P", password[:-1] + "q"):
        assert not await hasher.verify(other, hashed)


async def test_a_hash_says_nothing_of_its_password_and_fits_its_column(
    hasher: PasswordHasher,
) -> None:
    hashes = {await hasher.hash("correct horse") for _ in range(3)}

    assert len(hashes) == 3
    for hashed in hashes:
        assert hashed.isascii()
        assert len(hashed) <= 255
        assert "horse" not in hashed


async def test_spellings_of_one_text_are_one_password(hasher: PasswordHasher) -> None:
    hashed = await hasher.hash("jos\u0065\u0301")

    assert await hasher.verify("jos\u00e9", hashed)
    # An input method for Korean or Japanese may be set to full-width letters.
    assert await hasher.verify("\uff4aos\u00e9", hashed)
    assert not await hasher.verify("Jos\u00e9", hashed)


@pytest.mark.parametrize(
    "hashed",
    [
        None,
        "",
        "correct horse",
        "$fake$",
        "$argon2id$v=19$m=8,t=1,p=1$AAAA$!!!!",
        "$argon2id$v=19$m=8,t=1,p=1",
        "$2b$12$abcdefghijklmnopqrstuvwxyz",
        "é",
    ],
)
async def test_what_is_no_hash_is_of_no_password(
    hasher: PasswordHasher, hashed: str | None
) -> None:
    for password in ("", "correct horse"):
        assert not await hasher.verify(password, hashed)
    assert hashed is None or hasher.is_outdated(hashed)


async def test_a_hash_that_was_just_made_is_not_outdated(hasher: PasswordHasher) -> None:
    assert not hasher.is_outdated(await hasher.hash("correct horse"))
