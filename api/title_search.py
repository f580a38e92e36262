"""Finds movies by what people type of a title."""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from retrieval.domain.models import Movie

__all__ = ["TitleSearch"]

_WORD = re.compile(r"\w+")


class _Entry(NamedTuple):
    words: tuple[str, ...]
    """Of all titles of the movie, and its year."""
    text: str
    """The display title, folded."""
    movie: Movie


class TitleSearch:
    """Folded titles of a catalogue; case, accents and punctuation do not matter."""

    def __init__(self, movies: Sequence[Movie]) -> None:
        self._entries = [_entry(movie) for movie in movies]

    def search(self, query: str, *, n: int) -> list[Movie]:
        """Movies in whose titles each word of the query begins a word.

        Exact titles come first, then titles that begin with the query, then the most rated.

        Args:
            query: Words of a title, perhaps with its year; the last word may be unfinished.
            n: How many at most.

        Returns:
            Best first; empty when nothing matches or the query has no word.
        """
        wanted = _words(query)
        if not wanted:
            return []
        text = " ".join(wanted)
        found = [
            entry
            for entry in self._entries
            if all(any(word.startswith(part) for word in entry.words) for part in wanted)
        ]
        found.sort(
            key=lambda entry: (
                entry.text != text,
                not entry.text.startswith(text),
                -entry.movie.n_ratings,
                entry.movie.movie_id,
            )
        )
        return [entry.movie for entry in found[:n]]


def _entry(movie: Movie) -> _Entry:
    words = [word for title in (movie.title, *movie.alternate_titles) for word in _words(title)]
    if movie.year is not None:
        words.append(str(movie.year))
    return _Entry(tuple(words), " ".join(_words(movie.title)), movie)


def _words(text: str) -> list[str]:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _WORD.findall(plain.replace("'", "").replace("\u2019", ""))
