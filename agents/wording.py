"""Comparing words: folding case, accents and punctuation, and taking film names apart."""

import re
import unicodedata
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

__all__ = [
    "ParsedName",
    "Word",
    "first_words",
    "fold",
    "lower_case",
    "name_key",
    "spelled_words",
    "split_name",
    "tokenize",
    "words_of",
]

_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_YEAR_SUFFIX: Final = re.compile(r"\((\d{4})\)\s*$")
_ARTICLES: Final = frozenset(
    {"the", "a", "an", "le", "la", "les", "l", "el", "los", "das", "der", "il", "lo"}
)


class Word(NamedTuple):
    """A word of a text with its place."""

    text: str
    start: int
    end: int


class ParsedName(NamedTuple):
    """A film's name taken apart."""

    title: str
    year: int | None


def lower_case(text: str) -> str:
    """The text in lower case; every position stays where it was."""
    lowered = text.lower()
    if len(lowered) == len(text):
        return lowered
    # "İ" becomes two characters.
    return "".join(low if len(low := char.lower()) == 1 else char for char in text)


@lru_cache(maxsize=64)  # every check of a claim asks for it
def tokenize(text: str) -> tuple[Word, ...]:
    """Words of a text; punctuation separates, apostrophes do not."""
    return tuple(
        [Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]
    )


def spelled_words(text: str) -> list[str]:
    """What `tokenize` finds, without places."""
    return _WORD.findall(text)


def first_words(text: str, n: int) -> list[str]:
    """The first ``n`` of `spelled_words`."""
    return [match.group() for match in islice(_WORD.finditer(text), n)]


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Words in lower case without accents and punctuation, separated by one space."""
    if text.isalnum() and text.isascii():
        return text.lower()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in text if not unicodedata.combining(char))
    folded = (word.casefold() for word in _WORD.findall(text))
    return " ".join(word.replace("’", "'").removesuffix("'s").replace("'", "") for word in folded)


def words_of(text: str) -> list[str]:
    """Folded words of a text."""
    return fold(text).split()


@lru_cache(maxsize=8_192)
def split_name(name: str) -> ParsedName:
    """``Heat (1995)`` into title and year."""
    bracket = name.rfind("(")
    match = _YEAR_SUFFIX.match(name, bracket) if bracket >= 0 else None
    if match is None:
        return ParsedName(name.strip(), None)
    return ParsedName(name[:bracket].strip(), int(match.group(1)))


@lru_cache(maxsize=65_536)
def name_key(title: str) -> str:
    """A title for comparing: folded, without an article in front or behind a comma."""
    words = words_of(title)
    if len(words) > 1 and words[0] in _ARTICLES:
        words = words[1:]
    elif len(words) > 1 and "," in title and words[-1] in _ARTICLES:
        words = words[:-1]
    return " ".join(words)
