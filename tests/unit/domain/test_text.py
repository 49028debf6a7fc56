"""The forms of text by which lists are sorted and searched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import text as text_module
from domain.errors import InvalidValue
from domain.text import (
    KEY_MAX_LENGTH,
    MAX_WORDS,
    WORD_MAX_LENGTH,
    search_words,
    sort_key,
    words_of,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@pytest.mark.parametrize(
    "text, words",
    [
        ("", ()),
        ("  ... 🙂 ", ()),
        ("Han Kang", ("han", "kang")),
        ("한강의 「채식주의자」", ("한강의", "채식주의자")),
        ("O'Brien, Flann", ("o", "brien", "flann")),
        ("Straße ﬁn Ⅳ ①", ("strasse", "fin", "iv", "1")),
        ("e\N{COMBINING ACUTE ACCENT}té été", ("été",)),
        ("हिन्दी", ("हिन्दी",)),
        ("1_000", ("1", "000")),
        ("word " * 3, ("word",)),
        ("a" * 99, ("a" * WORD_MAX_LENGTH,)),
    ],
)
def test_words_are_runs_of_letters_marks_and_numbers(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


def test_the_number_of_words_is_bounded() -> None:
    assert len(words_of(" ".join(map(str, range(1000))))) == MAX_WORDS


@given(texts)
def test_words_are_distinct_and_bounded(text: str) -> None:
    words = words_of(text)

    assert len(set(words)) == len(words)
    assert all(1 <= len(word) <= WORD_MAX_LENGTH for word in words)


@pytest.mark.parametrize("one, other", [("A", "a"), ("É", "e\N{COMBINING ACUTE ACCENT}")])
def test_forms_of_one_text_have_one_key(one: str, other: str) -> None:
    assert sort_key(one) == sort_key(other)


def test_a_key_is_bounded() -> None:
    assert sort_key("ﷺ" * 300) == sort_key("ﷺ" * 299)
    assert len(sort_key("ﷺ" * 300)) == KEY_MAX_LENGTH


@pytest.mark.parametrize("text", ["", "🙂", "a b c d e f"])
def test_a_search_has_from_1_to_5_words(text: str) -> None:
    with pytest.raises(InvalidValue, match="from 1 to 5 words") as caught:
        search_words(text)

    assert caught.value.field == "search"
    assert search_words("a B c d e a") == ("a", "b", "c", "d", "e")


def test_what_is_known_of_characters_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    table = text_module._Spaced()
    monkeypatch.setattr(text_module, "_REMEMBERED", 2)
    assert "a-b+c".translate(table) == "a b c"
    assert len(table) == 2
