"""How much of the exact lists an approximate index finds, for real viewers."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from retrieval.build import Retrieval
from retrieval.domain.models import ViewerId
from retrieval.domain.ranking import top_rows
from retrieval.ports import MovieIndex

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
        viewer_ids: Whose user vectors are the queries; their seen movies are left out.
        ks: Lengths of the lists.
    """
    items = retrieval.bundle.item_vectors.astype(np.float64)
    found: dict[int, list[tuple[float, bool]]] = {k: [] for k in ks}
    for viewer_id in viewer_ids:
        snapshot = retrieval.recommender.snapshot(viewer_id)
        query = snapshot.user_vector.total
        allowed = np.ones(len(items), dtype=np.bool_)
        allowed[[retrieval.bundle.row(event.movie_id) for event in snapshot.events]] = False
        scores = np.vecdot(items, query)
        for k in ks:
            candidates = np.zeros_like(allowed)
            candidates[index.search(query, allowed, n=k)] = True
            got = top_rows(scores, candidates & allowed, n=k).tolist()
            exact = top_rows(scores, allowed, n=k).tolist()
            share = len(set(got) & set(exact)) / len(exact) if exact else 1.0
            found[k].append((share, got == exact))
    return [_summary(k, results) for k, results in found.items() if results]


def _summary(k: int, results: Sequence[tuple[float, bool]]) -> Recall:
    shares = [share for share, _ in results]
    return Recall(
        k=k,
        mean=float(np.mean(shares)),
        worst=min(shares),
        n_viewers=len(shares),
        n_identical=sum(same for _, same in results),
    )
