"""Text in the forms by which lists are sorted and searched, the same on every store."""

import unicodedata

from domain.errors import InvalidValue

# Text is sorted by its first characters; those that share so many follow the order of ids.
KEY_MAX_LENGTH = 100

WORD_MAX_LENGTH = 40
MAX_WORDS = 150
MAX_SEARCH_WORDS = 5

# Unicode's letters, marks, numbers, punctuation and symbols: neither spaces nor what has no form.
_VISIBLE = frozenset("LMNPS")
_OF_WORDS = frozenset("LMN")
# Those of a dozen scripts, all of Korean among them.
_REMEMBERED = 20_000


class _Spaced(dict[int, int]):
    """What `str.translate` puts in a character's place: itself in a word, else a space.

    The table fills as characters come, up to _REMEMBERED: it takes long to ask what each one is.
    """

    def __missing__(self, code: int) -> int:
        spaced = code if unicodedata.category(chr(code))[0] in _OF_WORDS else ord(" ")
        if len(self) < _REMEMBERED:
            self[code] = spaced
        return spaced


_SPACED = _Spaced()


def check_line(field: str, text: str, max_length: int) -> None:
    """Raise InvalidValue for text that shows nothing or is too long."""
    # Most text begins with a letter, and that is seen at once.
    if not text[:1].isalnum() and not any(
        unicodedata.category(character)[0] in _VISIBLE for character in text
    ):
        raise InvalidValue(field, "must not be blank")
    check_length(field, text, max_length)


def check_length(field: str, text: str, max_length: int) -> None:
    """Raise InvalidValue for text that is too long."""
    if len(text) > max_length:
        raise InvalidValue(field, f"must have at most {max_length} characters")


def sort_key(text: str) -> str:
    """Give what text is sorted by, in the order of code points: case and form do not count."""
    return _folded(text)[:KEY_MAX_LENGTH]


def words_of(text: str) -> tuple[str, ...]:
    """Give the words by which text is found, each once, folded and cut to WORD_MAX_LENGTH.

    A word is a run of letters, marks and numbers. Words behind the first MAX_WORDS are left out.
    """
    spaced = _folded(text).translate(_SPACED)
    words = dict.fromkeys(word[:WORD_MAX_LENGTH] for word in spaced.split())
    return tuple(words)[:MAX_WORDS]


def search_words(text: str) -> tuple[str, ...]:
    """Give the words of a search, each of which a word of what is found begins with.

    Raises InvalidValue for a search without words, or with more than MAX_SEARCH_WORDS.
    """
    words = words_of(text)
    if not 1 <= len(words) <= MAX_SEARCH_WORDS:
        raise InvalidValue("search", f"must have from 1 to {MAX_SEARCH_WORDS} words")
    return words


def _folded(text: str) -> str:
    # Folding can undo the normal form, and the normal form can bring back what folds.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
