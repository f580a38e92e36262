"""The style part of a score: what a viewer's list has in common feeds back into it.

A first round ranks by taste alone. Style tags that at least two of its ten best movies share are
a pattern of the viewer (the paper, IV.B), and a second round adds a little to every movie that
carries them: ``score(m) = <v, z_m> + s <p, a_m>``. The pattern is a function of the event log like
everything else, so it is never stored: an event that is forgotten takes its part of it along.

Both ``p`` and ``a_m`` have unit length and no negative entry, so the part lies in ``[0, s]``.
"""

from collections.abc import Iterable
from typing import Final, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Vector
from retrieval.domain.ranking import Rows

__all__ = ["NO_STYLE", "PATTERN_LENGTH", "StylePart", "StyleShare", "StyleTable", "Taggings"]

PATTERN_LENGTH: Final = 10
"""How many of the best movies by taste a pattern is read from."""
_SHARED_BY: Final = 2


class StylePart(NamedTuple):
    """What style adds to the scores of one viewer."""

    pattern: Vector
    """Weight of each tag, scaled by ``s``; shape ``(n_tags,)``."""
    scores: Vector
    """``s <p, a_m>`` of every movie, shape ``(n_movies,)``."""


class StyleShare(NamedTuple):
    """What style adds to the score of one movie."""

    total: float
    by_tag: tuple[tuple[str, float], ...]
    """The addends, largest first, zeros left out."""


NO_STYLE: Final = StyleShare(0.0, ())


class Taggings(NamedTuple):
    """Which movies of a catalogue carry which style tags, movie by movie."""

    n_movies: int
    rows: NDArray[np.int64]
    """Row of the movie, ascending, shape ``(n_taggings,)``."""
    columns: NDArray[np.int64]
    """Place of the tag in ``tags``, same shape."""
    confidences: Vector
    """In (0, 1], same shape."""
    tags: tuple[str, ...]
    """Sorted."""

    @classmethod
    def of(cls, movies: Iterable[Iterable[tuple[str, float]]]) -> Self:
        """Collect tags with their confidence in (0, 1], one sequence for each movie."""
        rows: list[int] = []
        names: list[str] = []
        sure: list[float] = []
        n_movies = 0
        for row, tags in enumerate(movies):
            n_movies = row + 1
            for tag, confidence in tags:
                rows.append(row)
                names.append(tag)
                sure.append(confidence)
        column = {tag: number for number, tag in enumerate(sorted(set(names)))}
        return cls(
            n_movies,
            np.array(rows, dtype=np.int64),
            np.array([column[name] for name in names], dtype=np.int64),
            np.array(sure, dtype=np.float64),
            tuple(column),
        )


class StyleTable:
    """Unit-length style vectors ``a_m`` of a catalogue, sparse.

    An entry is the tagging's confidence times the tag's rarity, ``log(n / n_carriers) / log(n)``:
    what nearly every movie carries says nothing.
    """

    def __init__(self, taggings: Taggings) -> None:
        """Weigh the taggings of a catalogue."""
        self.tags = taggings.tags
        """Columns."""
        self._n_movies = taggings.n_movies
        self._rows, self._columns = taggings.rows, taggings.columns
        carriers = np.maximum(np.bincount(self._columns, minlength=len(self.tags)), 1)
        self._rarity = np.log(self._n_movies / carriers) / np.log(max(self._n_movies, 2))
        raw = taggings.confidences * self._rarity[self._columns]
        squares = np.bincount(self._rows, weights=raw * raw, minlength=self._n_movies)
        lengths = np.sqrt(squares)[self._rows]
        self._weights = np.divide(raw, lengths, out=np.zeros_like(raw), where=lengths > 0.0)

    def part(self, best: Rows, *, strength: float) -> StylePart | None:
        """The style part for a viewer.

        Args:
            best: Rows of the best movies by taste, at most `PATTERN_LENGTH`.
            strength: ``s``, >= 0.

        Returns:
            None when no tag that says anything is shared.
        """
        counts = np.zeros(len(self.tags))
        for row in best.tolist():
            counts[self._columns[self._slice(row)]] += 1.0
        pattern = np.where(counts >= _SHARED_BY, counts, 0.0) * self._rarity
        length = float(np.sqrt(pattern @ pattern))
        if length == 0.0:
            return None
        pattern *= strength / length
        # Row by row and in the order of the entries, so equal movies have equal scores.
        weighted = self._weights * pattern[self._columns]
        sums = np.bincount(self._rows, weights=weighted, minlength=self._n_movies)
        scores: Vector = sums.astype(np.float64)
        return StylePart(pattern, scores)

    def share(self, row: int, part: StylePart) -> StyleShare:
        """What style adds to one movie, tag by tag."""
        here = self._slice(row)
        values = self._weights[here] * part.pattern[self._columns[here]]
        found = [
            (self.tags[column], value)
            for column, value in zip(self._columns[here].tolist(), values.tolist(), strict=True)
            if value > 0.0
        ]
        by_tag = tuple(sorted(found, key=lambda item: (-item[1], item[0])))
        return StyleShare(float(part.scores[row]), by_tag)

    def _slice(self, row: int) -> slice:
        start, stop = np.searchsorted(self._rows, [row, row + 1]).tolist()
        return slice(start, stop)
