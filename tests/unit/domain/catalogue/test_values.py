"""ISBNs, language tags and prices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.catalogue.values import MAX_AMOUNT, Price, isbn13, language_tag
from domain.errors import InvalidValue


@pytest.mark.parametrize(
    "text, kept",
    [
        ("9780306406157", "9780306406157"),
        ("978-0-306-40615-7", "9780306406157"),
        ("978 0 306 40615 7", "9780306406157"),
        ("0-306-40615-2", "9780306406157"),
        ("080442957X", "9780804429573"),
        ("0 8044 2957 x", "9780804429573"),
        ("9791190090018", "9791190090018"),
        ("979-11-90090-01-8", "9791190090018"),
    ],
)
def test_an_isbn_is_kept_as_13_digits(text: str, kept: str) -> None:
    assert isbn13(text) == kept
    assert isbn13(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "9780306406158",
        "0306406153",
        "0804429579",
        "X306406152",
        "977-0-306-40615-7",
        "978030640615",
        "97803064061577",
        "978_0306406157",
        "９７８０３０６４０６１５７",  # noqa: RUF001 - digits, but wide ones.
        "٩٧٨٠٣٠٦٤٠٦١٥٧",
        "9780306406157" + "-" * 1000,
    ],
)
def test_what_is_no_isbn_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="must be an ISBN") as caught:
        isbn13(text)

    assert caught.value.field == "isbn"


@given(st.from_regex(r"97[89][0-9]{10}", fullmatch=True), st.integers(0, 11))
def test_of_ten_check_digits_one_is_right(digits: str, place: int) -> None:
    def is_right(text: str) -> bool:
        try:
            return isbn13(text) == text
        except InvalidValue:
            return False

    right = [digits[:-1] + check for check in "0123456789" if is_right(digits[:-1] + check)]
    assert len(right) == 1
    changed = right[0][:place] + str((int(right[0][place]) + 1) % 10) + right[0][place + 1 :]
    assert not is_right(changed)


@pytest.mark.parametrize(
    "text, kept",
    [
        ("ko", "ko"),
        ("KO-kr", "ko-KR"),
        ("ZH-HANT-tw", "zh-Hant-TW"),
        ("es-419", "es-419"),
        ("SL-rozaj-BISKE-1994", "sl-rozaj-biske-1994"),
        ("de-ch-X-PHONEbk-ab", "de-CH-x-phonebk-ab"),
        ("en-u-CA-gregory", "en-u-ca-gregory"),
        ("zh-cmn-hans-cn", "zh-cmn-Hans-CN"),
    ],
)
def test_a_language_tag_is_kept_in_its_usual_case(text: str, kept: str) -> None:
    assert language_tag(text) == kept
    assert language_tag(kept) == kept


@pytest.mark.parametrize(
    "text",
    [
        "",
        "k",
        "한국어",
        "en_US",
        "en-",
        "-en",
        "en--US",
        "x-private",
        "en-x",
        "K" * 36,
        "\N{LATIN SMALL LETTER LONG S}k",
    ],
)
def test_what_is_no_language_tag_is_refused(text: str) -> None:
    with pytest.raises(InvalidValue, match="language tag") as caught:
        language_tag(text)

    assert caught.value.field == "language"


def test_a_price_has_an_amount_and_a_currency() -> None:
    assert Price(0, "KRW") == Price(amount=0, currency="KRW")
    assert Price(MAX_AMOUNT, "USD").amount == 10**12


@pytest.mark.parametrize(
    "amount, currency", [(-1, "KRW"), (MAX_AMOUNT + 1, "KRW"), (1, "krw"), (1, "XXX"), (1, "")]
)
def test_any_other_price_is_refused(amount: int, currency: str) -> None:
    with pytest.raises(InvalidValue, match="must have a") as caught:
        Price(amount, currency)

    assert caught.value.field == "price"
