"""Ordering by score, repeatably."""

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Vector

__all__ = ["Rows", "rank_of", "top_rows"]

Rows = NDArray[np.int64]


def top_rows(scores: Vector, allowed: NDArray[np.bool_], *, n: int) -> Rows:
    """Rows of the ``n`` best allowed scores, best first.

    Rows are ordered by movie id, so ties broken by row are ties broken by movie id and a run
    repeats exactly.

    Args:
        scores: Shape ``(n_movies,)``.
        allowed: Candidates, same shape.
        n: Length wanted; fewer come back when fewer are allowed.
    """
    rows = np.flatnonzero(allowed)
    if n <= 0 or rows.size == 0:
        return np.empty(0, dtype=np.int64)
    candidate_scores = scores[rows]
    if rows.size > n:
        cut = np.partition(candidate_scores, rows.size - n)[rows.size - n]
        keep = candidate_scores >= cut
        rows, candidate_scores = rows[keep], candidate_scores[keep]
    order = np.lexsort((rows, -candidate_scores))
    return rows[order[:n]].astype(np.int64)


def rank_of(row: int, scores: Vector, allowed: NDArray[np.bool_]) -> int:
    """1-based rank that ``row`` has, or would have, among the allowed rows.

    Ties break on the row, as in `top_rows`.
    """
    rivals = allowed.copy()
    rivals[row] = False
    score = scores[row]
    ahead = (scores > score) | ((scores == score) & (np.arange(scores.size) < row))
    return 1 + int(np.count_nonzero(ahead & rivals))
