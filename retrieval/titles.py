"""Finds films in what people type: typos, dropped articles, years, quotation marks.

Two questions are kept apart. `mentions` finds titles written inside a sentence and is careful,
because *It*, *Her* and *Heat* are also words. `find` takes a text that is meant to be a title and
is generous with it.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from math import log10
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from retrieval.domain.models import Movie, MovieId

__all__ = ["TitleIndex", "TitleMatch", "TitleMention"]

_ARTICLES: Final = frozenset("the a an le la les el il der die das".split())
_NUMERALS: Final = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8",
    "two": "2", "three": "3", "four": "4", "second": "2", "third": "3",
}  # fmt: skip
_YEAR: Final = re.compile(r"\b(?:(?:18|19|20)\d\d|['’]\d\d)\b")
_CUES: Final = frozenset(
    "not forget forgot like unlike than about rate rated give gave watched watch saw seen see hide"
    " loved liked love hated hate recommend recommended suggest to with without and or versus vs"
    " for from of is was why if remove drop have had".split()
)
"""Words after which even a one-word title is meant as a title."""
_EVERYDAY: Final = (
    _CUES
    | _ARTICLES
    | frozenset(
        "it her him them that this one ones more first last second me you i we us up big go home"
        " then what who how when where can do does did are am be so too very some any all on in at"
        " my your again now here there yes no ok get got let help show tell compare explain find"
        " thanks hello please which anything something other others list film films movie movies"
        " think know good great better best".split()
    )
)
"""Words that are no title by themselves unless quoted, dated or capitalised."""
_QUOTED: Final = re.compile(r"[\"“]([^\"“”]{1,120})[\"”]|(?<!\w)['‘]([^'‘’]{2,120})['’](?!\w)")
_LONGEST: Final = 12
_LONGEST_SLIP: Final = 6
_SWAPPABLE: Final = 6
"""Letters from which a text with one swap of them is still only one title's."""
_GOOD: Final = 78.0
_TIE: Final = 3.0


class TitleMatch(NamedTuple):
    """A film that fits a text."""

    movie_id: MovieId
    score: float
    """0 to 100; 100 is the title itself."""


class TitleMention(NamedTuple):
    """A place in a message that names a film."""

    start: int
    end: int
    movie_ids: tuple[MovieId, ...]
    """Best first; several when films share the title."""


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    is_capitalised: bool


class TitleIndex:
    """Knows the ways in which each title of a catalogue is written."""

    def __init__(self, movies: Sequence[Movie]) -> None:
        """Index titles and alternate titles."""
        self._movies = {movie.movie_id: movie for movie in movies}
        self._by_form: dict[str, list[MovieId]] = {}
        for movie in movies:
            for title in (movie.title, *movie.alternate_titles):
                for form in _forms(title):
                    ids = self._by_form.setdefault(form, [])
                    if movie.movie_id not in ids:
                        ids.append(movie.movie_id)
        self._choices = list(self._by_form)
        self.words = frozenset(word for form in self._choices for word in form.split())
        """Words of all titles, folded."""

    def find(self, text: str, *, limit: int = 5) -> list[TitleMatch]:
        """Films whose title a text means, best first; empty when nothing is close.

        Args:
            text: A title, perhaps misspelt, perhaps with a year.
            limit: How many at most.
        """
        year = _year_in(text)
        wanted = _fold(_YEAR.sub(" ", text) if year else text) or _fold(text)
        if not wanted:
            return []
        scores: dict[MovieId, float] = {}
        for form, score, _ in process.extract(
            wanted, self._choices, scorer=_closeness, limit=60, score_cutoff=_GOOD
        ):
            for movie_id in self._by_form[form]:
                scores[movie_id] = max(scores.get(movie_id, 0.0), score)
        if year is not None and any(self._movies[m].year == year for m in scores):
            scores = {m: score for m, score in scores.items() if self._movies[m].year == year}
        matches = [TitleMatch(movie_id, score) for movie_id, score in scores.items()]
        matches.sort(
            key=lambda match: (-match.score - self._weight(match.movie_id), match.movie_id)
        )
        return matches[:limit]

    def best(self, text: str) -> tuple[MovieId, ...]:
        """The film that a text means, or several when it fits them equally well."""
        matches = self.find(text)
        if not matches:
            return ()
        top = matches[0].score
        close = [match.movie_id for match in matches if match.score >= top - _TIE]
        if top >= 100.0:
            close = [match.movie_id for match in matches if match.score >= top]
        return tuple(close[:1]) if len({self._title(m) for m in close}) > 1 else tuple(close)

    def n_ratings(self, movie_ids: Sequence[MovieId]) -> int:
        """How many ratings the best known of some films has."""
        return max((self._movies[movie_id].n_ratings for movie_id in movie_ids), default=0)

    def namesakes(self, movie_id: MovieId) -> tuple[MovieId, ...]:
        """The other films with exactly the title of one, best known first."""
        form = " ".join(map(_numeral, self._title(movie_id).split()))
        same = self._title(movie_id)
        others = [
            other
            for other in self._by_form.get(form, ())
            if other != movie_id and self._title(other) == same
        ]
        return tuple(sorted(others, key=lambda other: (-self.n_ratings([other]), other)))

    def mentions(self, message: str) -> list[TitleMention]:
        """Films named in a sentence, in reading order, longest titles first."""
        quoted = list(self._quoted(message))
        taken = [(mention.start, mention.end) for mention in quoted]
        words = [word for word in _words(message) if not _inside(word, taken)]
        found = quoted
        position = 0
        while position < len(words):
            mention, used = self._at(message, words, position)
            if mention is not None:
                found.append(mention)
            position += used
        return sorted(found, key=lambda mention: mention.start)

    def unmarked(self, message: str, *, ordinary: frozenset[str]) -> list[TitleMention]:
        """Titles with a word that is at home nowhere else, whatever stands before them.

        Args:
            message: As typed.
            ordinary: Words that are at home in a message.
        """
        found = []
        for window in _strange_windows(_words(message), ordinary):
            form = " ".join(_numeral(_fold(word.text)) for word in window)
            if form in self._by_form:
                ids, end = self._dated(message, tuple(self._by_form[form]), window[-1].end)
                ordered = sorted(self._closest(ids, form), key=lambda m: (-self._weight(m), m))
                found.append(TitleMention(window[0].start, end, tuple(ordered)))
        return _apart(sorted(found, key=lambda mention: mention.start - mention.end))

    def misspelt(
        self, message: str, *, ordinary: frozenset[str], taken: Sequence[TitleMention] = ()
    ) -> list[TitleMention]:
        """Places that look like a title with a slip of the finger, in reading order.

        Args:
            message: As typed.
            ordinary: Words that are at home in a message; a slip has at least one other word.
            taken: Mentions found already.
        """
        spans = [(mention.start, mention.end) for mention in taken]
        words = [word for word in _words(message) if not _inside(word, spans)]
        found: list[tuple[float, TitleMention]] = []
        for window in _strange_windows(words, ordinary):
            if re.search(r"[,.;!?] ", message[window[0].start : window[-1].end]):
                continue
            text = " ".join(_numeral(_fold(word.text)) for word in window)
            best = process.extractOne(
                text, self._choices, scorer=fuzz.ratio, score_cutoff=_slip_cutoff(text)
            )
            if best is None and len(text) >= _SWAPPABLE:
                # Two letters that changed places are one slip, and cost the ratio two.
                best = process.extractOne(text, self._choices, scorer=OSA.distance, score_cutoff=1)
            if best is not None:
                form, score, _ = best
                ids, end = self._dated(message, tuple(self._by_form[form]), window[-1].end)
                ordered = sorted(self._closest(ids, form), key=lambda m: (-self._weight(m), m))
                mention = TitleMention(window[0].start, end, tuple(ordered))
                found.append((score + len(text), mention))
        return _apart([mention for _, mention in sorted(found, key=lambda item: -item[0])])

    def _quoted(self, message: str) -> list[TitleMention]:
        found = []
        for match in _QUOTED.finditer(message):
            ids = self.best(match.group(1) or match.group(2))
            if ids:
                ids, end = self._dated(message, ids, match.end())
                found.append(TitleMention(match.start(), end, ids))
        return found

    def _at(
        self, message: str, words: list[_Word], position: int
    ) -> tuple[TitleMention | None, int]:
        for size in range(min(_LONGEST, len(words) - position), 0, -1):
            window = words[position : position + size]
            form = " ".join(_numeral(_fold(word.text)) for word in window)
            ids = self._by_form.get(form)
            if not ids:
                continue
            narrowed, end = self._dated(message, tuple(ids), window[-1].end)
            is_dated = end > window[-1].end
            if not is_dated and not _is_meant(words, position, size):
                continue
            ordered = sorted(self._closest(narrowed, form), key=lambda m: (-self._weight(m), m))
            return TitleMention(window[0].start, end, tuple(ordered)), size
        return None, 1

    def _dated(
        self, message: str, ids: tuple[MovieId, ...], end: int
    ) -> tuple[tuple[MovieId, ...], int]:
        """Narrow films by a year that follows their title."""
        match = re.match(
            r"[\s,]*\(?(?:from |of |the )*((?:18|19|20)\d\d|['’]\d\d)\b(?: one\b)?\)?",
            message[end:],
        )
        year = _year_in(match.group(1)) if match else None
        if match is None or year is None:
            return ids, end
        dated = tuple(m for m in ids if self._movies[m].year == year)
        return (dated, end + match.end()) if dated else (ids, end)

    def _closest(self, movie_ids: Sequence[MovieId], form: str) -> Sequence[MovieId]:
        """Films whose whole title is meant: "heat" is Heat, then The Heat, then Heat: Part II."""
        whole = {m: [_numeral(word) for word in self._title(m).split()] for m in movie_ids}
        exact = [m for m in movie_ids if " ".join(whole[m]) == form]
        bare = [m for m in movie_ids if " ".join(_without_article(whole[m])) == form]
        return exact or bare or movie_ids

    def _weight(self, movie_id: MovieId) -> float:
        """Well known films win ties: a few points, never more than a clear difference."""
        return 1.2 * log10(1 + self._movies[movie_id].n_ratings)

    def _title(self, movie_id: MovieId) -> str:
        return _fold(self._movies[movie_id].title)


def _closeness(a: str, b: str, *, score_cutoff: float | None = None, **_: object) -> float:
    """Similarity of two folded titles; a part of a title counts a little less than all of it."""
    whole = fuzz.ratio(a, b)
    if whole >= 90.0 or len(a) < 4:
        return whole
    sorted_words = fuzz.token_sort_ratio(a, b) - 1.0
    part = fuzz.partial_ratio(a, b) - 8.0 if len(a) < len(b) and f" {a} " in f" {b} " else 0.0
    return max(whole, sorted_words, part)


def _without_article(words: list[str]) -> list[str]:
    return words[1:] if len(words) > 1 and words[0] in _ARTICLES else words


def _forms(title: str) -> set[str]:
    words = [_numeral(word) for word in _fold(title).split()]
    forms = {" ".join(words)}
    if len(words) > 1 and words[0] in _ARTICLES:
        forms.add(" ".join(words[1:]))
    main, colon, rest = title.partition(":")
    if colon:
        main_words, rest_words = _fold(main).split(), _fold(rest).split()
        if len(main_words) > 1:
            forms.add(" ".join(_numeral(word) for word in main_words))
        part = [_numeral(word) for word in rest_words if word not in {"part", "episode", "vol"}]
        forms.add(" ".join([*(_numeral(word) for word in main_words), *part]))
        if len(rest_words) > 2:
            forms.add(" ".join(_numeral(word) for word in rest_words))
    forms |= {
        form.split(" ", 1)[1]
        for form in list(forms)
        if " " in form and form.split(" ")[0] in _ARTICLES
    }
    return {form for form in forms if form}


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("·", " ").replace("&", " and "))
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"['’`]", "", plain)
    return " ".join(re.findall(r"\w+", plain))


def _numeral(word: str) -> str:
    return _NUMERALS.get(word, word)


def _words(message: str) -> list[_Word]:
    return [
        _Word(m.group(), m.start(), m.end(), m.group()[0].isupper() or m.group()[0].isdigit())
        for m in re.finditer(r"[\w'’·&]+", message)
    ]


def _inside(word: _Word, spans: list[tuple[int, int]]) -> bool:
    return any(start <= word.start < end for start, end in spans)


def _is_meant(words: list[_Word], position: int, size: int) -> bool:
    """Whether words that are also a title are meant as one."""
    window = words[position : position + size]
    folded = [_fold(word.text) for word in window]
    if any(word.is_capitalised for word in window[0 if position else 1 :]) and folded != ["i"]:
        return True
    if all(word in _EVERYDAY for word in folded):
        return False
    if window[0].is_capitalised:
        return True
    before = _fold(words[position - 1].text) if position else ""
    return size > 1 or before in _CUES or len(words) == 1


def _apart(mentions: Sequence[TitleMention]) -> list[TitleMention]:
    """Mentions without those that overlap an earlier one, in reading order."""
    chosen: list[TitleMention] = []
    for mention in mentions:
        if all(mention.end <= m.start or mention.start >= m.end for m in chosen):
            chosen.append(mention)
    return sorted(chosen, key=lambda mention: mention.start)


def _strange_windows(words: list[_Word], ordinary: frozenset[str]) -> Iterator[list[_Word]]:
    """Runs of words with a strange one in them."""
    folded = [_fold(word.text) for word in words]
    strange = [word not in ordinary and not word.isdigit() for word in folded]
    for start in range(len(words)):
        for end in range(start + 1, min(start + _LONGEST_SLIP, len(words)) + 1):
            if any(strange[start:end]):
                yield words[start:end]


def _slip_cutoff(text: str) -> float:
    """Short titles are a slip away from too many words."""
    return 86.0 if len(text) >= 9 else 87.0 if len(text) >= 6 else 90.0 if len(text) == 5 else 100.0


def _year_in(text: str) -> int | None:
    match = _YEAR.search(text)
    if match is None:
        return None
    digits = match.group().lstrip("'’")
    if len(digits) == 4:
        return int(digits)
    return 1900 + int(digits) if int(digits) > 25 else 2000 + int(digits)
