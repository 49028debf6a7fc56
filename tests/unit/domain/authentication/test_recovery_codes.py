import re
from uuid import UUID

import pytest

from domain.authentication.recovery_codes import (
    RECOVERY_CODES,
    hash_of_recovery_code,
    new_recovery_codes,
    read_recovery_code,
)

ACCOUNT, OTHER = UUID(int=1), UUID(int=2)


def test_codes_are_written_in_groups_of_letters_that_nobody_confuses() -> None:
    codes = new_recovery_codes()

    assert len(set(codes)) == len(codes) == RECOVERY_CODES
    for code in codes:
        assert re.fullmatch("(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code)


@pytest.mark.parametrize(
    "typed", ["ABCD-0111-2345-WXYZ", "abcd0111 2345wxyz", " AbCd-OiL1-2345-WXYZ "]
)
def test_a_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_recovery_code(typed) == "ABCD01112345WXYZ"


@pytest.mark.parametrize(
    "typed", ["", "123456", "ABCD-0111-2345-WXY", "ABCD-0111-2345-WXYZ-0", "ÁBCD-0111-2345-WXYZ"]
)
def test_another_text_is_no_code(typed: str) -> None:
    assert read_recovery_code(typed) is None


def test_what_is_kept_of_a_code_is_of_its_account_alone() -> None:
    code = read_recovery_code(new_recovery_codes()[0])
    assert code is not None

    assert hash_of_recovery_code(ACCOUNT, code) == hash_of_recovery_code(ACCOUNT, code)
    assert hash_of_recovery_code(ACCOUNT, code) != hash_of_recovery_code(OTHER, code)
