"""Style tags of movies: from film notes, from viewers, and lent by neighbours; each says which."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, unit_rows
from training.movielens import UserTag

__all__ = ["StyleTag", "collect_style_tags", "spread_to_neighbours"]

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


def spread_to_neighbours(
    direct: Mapping[int, list[StyleTag]],
    *,
    movie_ids: NDArray[np.int64],
    vectors: Matrix,
    borrowers: NDArray[np.bool_],
    neighbours: int,
    min_confidence: float,
) -> dict[int, list[StyleTag]]:
    """Lend movies without tags those that their nearest tagged neighbours agree on.

    The confidence of a lent tag is the cosine-weighted share of the neighbours that carry it,
    times their mean cosine.

    Args:
        direct: Tags by movie id.
        movie_ids: Ascending, shape ``(n_movies,)``.
        vectors: Item vectors, row for row, shape ``(n_movies, n_factors)``.
        borrowers: Movies that may borrow (those whose vector rests on enough likes).
        neighbours: How many tagged neighbours are asked.
        min_confidence: Below it a tag is not lent.

    Returns:
        ``direct`` and the lent tags, by movie id.
    """
    result = {movie_id: list(tags) for movie_id, tags in direct.items()}
    tagged = np.array([bool(direct.get(int(movie_id))) for movie_id in movie_ids], dtype=bool)
    lenders = np.flatnonzero(tagged & borrowers)
    if lenders.size == 0:
        return result
    units = unit_rows(vectors)
    for row in np.flatnonzero(borrowers & ~tagged):
        cosines = units[lenders] @ units[row]
        nearest = np.argsort(-cosines, kind="stable")[:neighbours]
        lent = _agreed(direct, movie_ids[lenders[nearest]], np.maximum(cosines[nearest], 0.0))
        kept = [tag for tag in lent if tag.confidence >= min_confidence]
        if kept:
            result[int(movie_ids[row])] = _ordered(kept)
    return result


def _agreed(
    direct: Mapping[int, list[StyleTag]], ids: NDArray[np.int64], cosines: NDArray[np.float64]
) -> list[StyleTag]:
    total = float(cosines.sum())
    if total <= 0.0:
        return []
    votes: Counter[str] = Counter()
    for movie_id, cosine in zip(ids.tolist(), cosines.tolist(), strict=True):
        for tag in direct[movie_id]:
            votes[tag.tag] += cosine * tag.confidence
    mean = total / len(ids)
    return [
        StyleTag(tag, "neighbours", round(min(1.0, vote / total) * mean, 3))
        for tag, vote in votes.items()
    ]
