"""What variety and surprise bring and cost, over viewers."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.build import Retrieval
from retrieval.domain.arrays import unit_rows
from retrieval.domain.models import ViewerId
from retrieval.domain.recommendation import Filters, ViewerSnapshot

__all__ = ["SliderCost", "measure_sliders"]

_STRENGTHS = (0.25, 0.5, 0.75, 1.0)


class SliderCost(NamedTuple):
    """Lists at one position of the sliders, as means over viewers unless said otherwise."""

    diversity: float
    surprise: float
    popularity_rank: float
    """Median over viewers of the list's median; 1 is the movie with the most ratings."""
    score_kept: float
    """Mean score of the list, as a share of that of the list by score."""
    spread: float
    """Mean distance (1 less the cosine) between two movies of a list."""
    n_new: float
    """Movies of a list that are not in the list by score."""


def measure_sliders(
    retrieval: Retrieval, viewer_ids: Iterable[ViewerId], *, n: int = 10
) -> list[SliderCost]:
    """Measure lists of ``n`` with both sliders off, then with each at four positions."""
    snapshots = [retrieval.recommender.snapshot(viewer_id) for viewer_id in viewer_ids]
    positions = [
        Filters(),
        *(Filters(surprise=strength) for strength in _STRENGTHS),
        *(Filters(diversity=strength) for strength in _STRENGTHS),
    ]
    return [_measure(retrieval, snapshots, filters, n=n) for filters in positions]


def _measure(
    retrieval: Retrieval, snapshots: Sequence[ViewerSnapshot], filters: Filters, *, n: int
) -> SliderCost:
    lists = np.array([*_lists(retrieval, snapshots, filters, n=n)])
    rank, kept, spread, n_new = lists.T
    return SliderCost(
        diversity=filters.diversity,
        surprise=filters.surprise,
        popularity_rank=float(np.median(rank)),
        score_kept=float(kept.mean()),
        spread=float(spread.mean()),
        n_new=float(n_new.mean()),
    )


def _lists(
    retrieval: Retrieval, snapshots: Sequence[ViewerSnapshot], filters: Filters, *, n: int
) -> Iterator[tuple[float, float, float, float]]:
    bundle, recommender = retrieval.bundle, retrieval.recommender
    known = np.array([movie.n_ratings for movie in bundle.movies])
    popularity = np.empty(known.size)
    popularity[np.argsort(-known, kind="stable")] = np.arange(1, known.size + 1)
    items = unit_rows(bundle.item_vectors.astype(np.float64))
    for snapshot in snapshots:
        plain = recommender.top_movie_ids(snapshot, n=n)
        listed = recommender.top_movie_ids(snapshot, n=n, filters=filters)
        rows = [bundle.row(movie_id) for movie_id, _ in listed]
        cosines = items[rows] @ items[rows].T
        pairs = cosines[np.triu_indices(len(rows), k=1)]
        yield (
            float(np.median(popularity[rows])),
            sum(score for _, score in listed) / sum(score for _, score in plain),
            1.0 - float(pairs.mean()),
            len({movie_id for movie_id, _ in listed} - {movie_id for movie_id, _ in plain}),
        )
