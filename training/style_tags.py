"""Style tags of movies: from film notes, from viewers, and lent by neighbours; each says which."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, unit_rows
from training.movielens import UserTag

__all__ = [
    "SpreadSpace",
    "StyleTag",
    "collect_style_tags",
    "spread_space",
    "spread_to_neighbours",
]

TagSource = Literal["notes", "users", "neighbours"]


class StyleTag(NamedTuple):
    """One tag on one movie."""

    tag: str
    """Name in the style vocabulary."""
    source: TagSource
    confidence: float
    """In (0, 1]."""


def collect_style_tags(
    user_tags: Iterable[UserTag],
    notes: Mapping[int, Iterable[str]],
    canonical: Callable[[str], str | None],
) -> dict[int, list[StyleTag]]:
    """Gather the tags that somebody gave a movie.

    Args:
        user_tags: Free-text tags.
        notes: Vocabulary tags of the film notes, by movie id.
        canonical: Name in the vocabulary for a free-text tag, or None.

    Returns:
        Tags by movie id, surest first. A note counts 0.9; ``n`` viewers count ``1 - 2^-n``; where
        both name a tag the surer one stays.
    """
    viewers: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for given in user_tags:
        tag = canonical(given.tag)
        if tag is not None:
            viewers[given.movie_id][tag].add(given.user_id)
    found: dict[int, dict[str, StyleTag]] = defaultdict(dict)
    for movie_id, tags in viewers.items():
        for tag, users in tags.items():
            found[movie_id][tag] = StyleTag(tag, "users", round(1.0 - 0.5 ** len(users), 3))
    for movie_id, names in notes.items():
        for tag in names:
            known = found[movie_id].get(tag)
            if known is None or known.confidence < _NOTE_CONFIDENCE:
                found[movie_id][tag] = StyleTag(tag, "notes", _NOTE_CONFIDENCE)
    return {movie_id: _ordered(tags.values()) for movie_id, tags in found.items()}


_NOTE_CONFIDENCE = 0.9


def _ordered(tags: Iterable[StyleTag]) -> list[StyleTag]:
    return sorted(tags, key=lambda tag: (-tag.confidence, tag.tag))


class SpreadSpace(NamedTuple):
    """What makes movies neighbours; row ``i`` of every array is ``movie_ids[i]``."""

    movie_ids: NDArray[np.int64]
    """Ascending, shape ``(n_movies,)``."""
    units: Matrix
    """Item vectors of unit length, shape ``(n_movies, n_factors)``."""
    genres: Matrix
    """1 where a movie has a genre, else 0; shape ``(n_movies, n_genres)``."""
    years: NDArray[np.float64]
    """NaN where unknown, shape ``(n_movies,)``."""

    def likeness(self, row: int, others: NDArray[np.intp]) -> NDArray[np.float64]:
        """How alike a movie and some others are, 0 to 2.3.

        ``max(cosine, 0) + |genres in both| / |genres in either| + 0.3 exp(-years apart / 10)``
        """
        cosines = np.maximum(self.units[others] @ self.units[row], 0.0)
        either = np.maximum(self.genres[others], self.genres[row]).sum(axis=1)
        shared = (self.genres[others] @ self.genres[row]) / np.maximum(either, 1.0)
        apart = np.abs(self.years[others] - self.years[row])
        near = np.where(np.isnan(apart), 0.0, np.exp(-apart / _YEARS_APART))
        alike: NDArray[np.float64] = cosines + shared + _YEAR_WEIGHT * near
        return alike


_YEAR_WEIGHT = 0.3
_YEARS_APART = 10.0
_SHARPNESS = 3
"""Power of the likeness; with it the confidence of a lent tag comes out near its precision."""


def spread_space(
    movie_ids: NDArray[np.int64],
    vectors: Matrix,
    genres: Sequence[Iterable[str]],
    years: Iterable[int | None],
) -> SpreadSpace:
    """Gather what `spread_to_neighbours` compares, row for row with ``movie_ids``."""
    names = sorted({genre for row in genres for genre in row})
    column = {name: j for j, name in enumerate(names)}
    flags = np.zeros((len(movie_ids), len(names)))
    for i, row in enumerate(genres):
        for genre in row:
            flags[i, column[genre]] = 1.0
    when = np.array([np.nan if year is None else year for year in years], dtype=np.float64)
    return SpreadSpace(movie_ids, unit_rows(vectors), flags, when)


def spread_to_neighbours(
    direct: Mapping[int, Sequence[StyleTag]],
    *,
    space: SpreadSpace,
    borrowers: NDArray[np.bool_],
    neighbours: int,
    min_confidence: float,
) -> dict[int, list[StyleTag]]:
    """Lend movies without tags those that their nearest tagged neighbours agree on.

    The confidence of a lent tag is the share of the neighbours that carry it, weighted with the
    cube of their likeness and with the confidence of their own tag.

    Args:
        direct: Tags by movie id.
        space: Where neighbours are looked for.
        borrowers: Movies that may borrow (those whose vector rests on enough likes), one entry
            per movie; only they lend.
        neighbours: How many tagged neighbours are asked.
        min_confidence: Below it a tag is not lent.

    Returns:
        ``direct`` and the lent tags, by movie id.
    """
    result = {movie_id: list(tags) for movie_id, tags in direct.items()}
    ids = space.movie_ids.tolist()
    tagged = np.array([bool(direct.get(movie_id)) for movie_id in ids], dtype=bool)
    lenders = np.flatnonzero(tagged & borrowers)
    if lenders.size == 0:
        return result
    for row in np.flatnonzero(borrowers & ~tagged).tolist():
        alike = space.likeness(row, lenders)
        nearest = np.argsort(-alike, kind="stable")[:neighbours]
        lent = _agreed(
            [direct[ids[lender]] for lender in lenders[nearest]], alike[nearest] ** _SHARPNESS
        )
        kept = [tag for tag in lent if tag.confidence >= min_confidence]
        if kept:
            result[ids[row]] = _ordered(kept)
    return result


def _agreed(lent: Iterable[Sequence[StyleTag]], weights: NDArray[np.float64]) -> list[StyleTag]:
    total = float(weights.sum())
    if total <= 0.0:
        return []
    votes: Counter[str] = Counter()
    for tags, weight in zip(lent, weights.tolist(), strict=True):
        for tag in tags:
            votes[tag.tag] += weight * tag.confidence
    return [
        StyleTag(tag, "neighbours", round(min(1.0, vote / total), 3)) for tag, vote in votes.items()
    ]
