"""Finding film titles in a sentence: the longest match wins, and capitals matter.

``It``, ``Her``, ``Big`` and ``Heat`` are films and words. A one-word title counts as a film when
it carries a year, stands in quotation marks, is capitalised inside a sentence, or opens one and is
followed by a verb that films take.
"""

import re
from collections.abc import Container, Iterable, Sequence, Set
from itertools import pairwise
from typing import Final, NamedTuple

from agents.wording import Word, first_words, fold, name_key, spelled_words, split_name, tokenize

__all__ = ["FUNCTION_WORDS", "Mention", "TitleIndex", "is_sentence_start", "mask"]

_YEAR_AFTER: Final = re.compile(r"\s*\((\d{4})\)")
_IN_BRACKETS: Final = re.compile(r"\s*\([^)]*\)")
_ARTICLES: Final = frozenset({"the", "a", "an"})
FUNCTION_WORDS: Final = frozenset(
    [
        "i", "it", "its", "he", "she", "they", "we", "you", "your", "this", "that", "these",
        "those", "here", "there", "what", "when", "where", "who", "why", "how", "if", "as", "at",
        "by", "for", "from", "in", "of", "on", "to", "up", "so", "and", "or", "but", "nor", "yet",
        "not", "no", "yes", "the", "a", "an", "one", "two", "three", "four", "five", "six",
        "seven", "eight", "nine", "ten", "both", "all", "most", "more", "much", "many", "some",
        "any", "each", "every", "once", "only", "still", "then", "now", "next", "first", "last",
        "about", "above", "after", "again", "against", "along", "also", "before", "behind",
        "below", "between", "beyond", "despite", "during", "even", "forget", "forgetting",
        "without", "with", "within", "while", "until", "since", "than", "though", "although",
        "mainly", "partly", "chiefly", "mostly", "largely", "slightly", "nearly", "almost",
        "half", "twice", "because", "thanks", "take", "taken", "together", "apart", "her", "him",
        "his", "them", "us", "my", "me", "our", "go", "get", "let", "see", "seen", "being",
        "nothing", "everything", "something", "anything", "nobody", "everybody",
        "none", "never", "always",
        "over", "under", "out", "off", "down", "back", "away",
    ]
)  # fmt: skip
_TITLE_VERB: Final = re.compile(
    r"(?:'s|’s)?\s+(?:is|was|has|does|did|pulls?|counts?|accounts?|drives?|speaks?|leads?|adds?"
    r"|weighs?|holds?|drops?|falls?|slips?|belongs?|shares?|carries|comes|came|would|explains?|tops"
    r"|stands|sits|ranks|gives|gave|makes?|made|keeps?|brings?|works?|alone|and [A-Z])\b"
)
_SENTENCE_END: Final = re.compile(r"(?:^|[.!?…]['\"”’)]*\s+|\n\s*)['\"“‘(]*$")


class Mention(NamedTuple):
    """A film named in a text."""

    text: str
    key: str
    """Folded name without article; see `wording.name_key`."""
    year: int | None
    start: int
    end: int
    quoted: bool = False


class _Pattern(NamedTuple):
    words: tuple[str, ...]
    key: str


class TitleIndex:
    """Knows every way a title may be written, by its first two words.

    Two words tell titles apart where "the" alone would not; what follows is only looked at for
    titles that a text may hold.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._names_by_start: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for name in names:
            title = split_name(name).title
            for variant in _variants(title):
                # A variant, and the title that it means.
                self._names_by_start.setdefault(_start(variant), []).append((variant, title))
        self._patterns_by_start: dict[tuple[str, ...], list[_Pattern]] = {(): []}

    def _patterns(self, start: tuple[str, ...]) -> list[_Pattern]:
        """Titles that begin so, longest first."""
        found = self._patterns_by_start.get(start)
        if found is None:
            # One written form may mean several films: "Die Hard" is one and begins others.
            patterns = {
                _Pattern(tuple(spelled_words(variant)), name_key(title)): None
                for variant, title in self._names_by_start.get(start, ())
            }
            found = sorted(patterns, key=lambda pattern: -len(pattern.words))
            if found:
                self._patterns_by_start[start] = found
        return found

    def find(
        self,
        text: str,
        *,
        plain_words: Set[str] = frozenset(),
        cited: Container[str] = frozenset(),
    ) -> list[Mention]:
        """Titles in reading order, none overlapping.

        Args:
            text: The text; masked characters are skipped.
            plain_words: Folded words that are no title when they stand alone, because the
                evidence uses them otherwise.
            cited: Keys of the films that the text may name; one that opens a sentence is one.
        """
        words = tokenize(text)
        folded = [fold(word.text) for word in words]
        found: list[Mention] = []
        position = 0
        while position < len(words):
            start = tuple(folded[position : position + 2])
            mention, used = None, 1
            # Most words begin no title.
            if start in self._names_by_start or start[:1] in self._names_by_start:
                mention, used = self._at(text, words[position:], start, plain_words, cited)
            if mention is not None:
                found.append(mention)
            position += used
        return found

    def _at(
        self,
        text: str,
        words: Sequence[Word],
        start: tuple[str, ...],
        plain_words: Set[str],
        cited: Container[str],
    ) -> tuple[Mention | None, int]:
        patterns = self._patterns(start)
        if len(start) > 1:
            patterns = [*patterns, *self._patterns(start[:1])]
        for pattern in patterns:
            size = len(pattern.words)
            window = words[:size]
            if len(window) < size or not all(map(_same_word, window, pattern.words)):
                continue
            if not _is_connected(text, window):
                continue
            end = window[-1].end
            year_match = _YEAR_AFTER.match(text, end)
            year = int(year_match.group(1)) if year_match else None
            stop = year_match.end() if year_match else end
            begin = window[0].start
            if (
                size == 1
                and year is None
                and not _is_film(
                    text,
                    window[0],
                    plain_words,
                    is_cited=any(p.words == pattern.words and p.key in cited for p in patterns),
                )
            ):
                continue
            key = next(
                (
                    other.key
                    for other in patterns
                    if other.words == pattern.words and other.key in cited
                ),
                pattern.key,
            )
            return Mention(text[begin:stop], key, year, begin, stop), size
        return None, 1


def is_sentence_start(text: str, position: int) -> bool:
    """Whether a sentence begins at the position, leading quotation marks aside."""
    return _SENTENCE_END.search(text[:position]) is not None


def mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with the spans blanked out; every position stays where it was."""
    for start, end in spans:
        text = f"{text[:start]}{'□' * (end - start)}{text[end:]}"
    return text


def _start(variant: str) -> tuple[str, ...]:
    """The first two words, folded; fewer when there are no more."""
    return tuple(map(fold, first_words(variant, 2)))


def _variants(title: str) -> set[str]:
    """Ways to write a title: as it is, article in front, without article, without subtitle."""
    forms = {title}
    head, comma, article = title.rpartition(", ")
    if comma and article.casefold() in _ARTICLES:
        forms.add(f"{article} {head}")
    first, _, rest = title.partition(" ")
    if rest and first.casefold() in _ARTICLES:
        forms.add(rest)
    main = title.partition(": ")[0]
    if main != title and len(tokenize(main)) > 1:
        forms.add(main)
    bare = _IN_BRACKETS.sub("", title) if "(" in title else title
    if bare:
        forms.add(bare)
    return forms


def _same_word(word: Word, wanted: str) -> bool:
    if fold(word.text) != fold(wanted):
        return False
    return word.text[0].isupper() or not wanted[0].isupper()


def _is_connected(text: str, window: Sequence[Word]) -> bool:
    # Two sentences, or text on both sides of a masked span, are no title.
    return all(
        not re.search(r"[□;\n]|[.!?]\s", text[left.end : right.start])
        or (right.start - left.end <= 2 and "□" not in text[left.end : right.start])
        for left, right in pairwise(window)
    )


def _is_film(text: str, word: Word, plain_words: Set[str], *, is_cited: bool) -> bool:
    """Whether a lone word without a year names a film."""
    if not word.text[0].isupper() or len(word.text) == 1 or fold(word.text) in plain_words:
        return False
    if not is_sentence_start(text, word.start):
        return True
    if fold(word.text) in FUNCTION_WORDS:
        return False
    return is_cited or _TITLE_VERB.match(text, word.end) is not None
