"""How much of the exact lists an approximate index finds, for real viewers."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.build import Retrieval
from retrieval.domain.models import ViewerId
from retrieval.numpy_index import NumpyMovieIndex
from retrieval.ports import MovieIndex
from retrieval.recommender import Recommender

__all__ = ["Recall", "measure_recall"]


class Recall(NamedTuple):
    """Share of the ``k`` best movies that an index finds, over viewers."""

    k: int
    mean: float
    worst: float
    n_viewers: int
    n_identical: int
    """Viewers whose whole list is the exact one, in the same order."""


def measure_recall(
    retrieval: Retrieval,
    index: MovieIndex,
    viewer_ids: Iterable[ViewerId],
    *,
    ks: Sequence[int] = (10, 100),
) -> list[Recall]:
    """Compare lists made from an index's candidates with those of a scan of all vectors.

    Both are scored in float64, so what differs is what the index did not find.

    Args:
        retrieval: Vectors and viewers.
        index: Asked for candidates as `Recommender` asks.
        viewer_ids: Whose lists are compared.
        ks: Lengths of the lists.
    """
    found: dict[int, list[tuple[float, bool]]] = {k: [] for k in ks}
    exact = _over(retrieval, NumpyMovieIndex(retrieval.bundle.item_vectors))
    asking = _over(retrieval, index)
    for viewer_id in viewer_ids:
        snapshot = exact.snapshot(viewer_id)
        for k in ks:
            wanted = [movie_id for movie_id, _ in exact.top_movie_ids(snapshot, n=k)]
            got = [movie_id for movie_id, _ in asking.top_movie_ids(snapshot, n=k)]
            share = len(set(got) & set(wanted)) / len(wanted) if wanted else 1.0
            found[k].append((share, got == wanted))
    return [_summary(k, results) for k, results in found.items() if results]


def _over(retrieval: Retrieval, index: MovieIndex) -> Recommender:
    return Recommender(retrieval.bundle, index, retrieval.profiles)


def _summary(k: int, results: Sequence[tuple[float, bool]]) -> Recall:
    shares = [share for share, _ in results]
    return Recall(
        k=k,
        mean=float(np.mean(shares)),
        worst=min(shares),
        n_viewers=len(shares),
        n_identical=sum(same for _, same in results),
    )
