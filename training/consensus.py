"""Consensus of many K-Means runs: groups that do not hang on one lucky start.

Two K-Means fits of the same movies with other seeds agree poorly. Many fits together say how
often two movies land in the same group; K-Means on that agreement finds the groups that last, and
K-Means on the movies themselves, started at those groups' centres, gives each its nearest centre.
Source: Strehl and Ghosh (2002), cluster ensembles; the spectral form keeps the pairs implicit, so
memory grows with the number of movies and not with its square.
"""

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix

__all__ = ["consensus_centres"]

_SEEDS_APART = 10_000
"""Distance between the seed ranges of two fits, so that they share no run."""
_FINAL_STARTS = 20


def consensus_centres(points: Matrix, *, k: int, runs: int, seed: int) -> Matrix:
    """Centres of the groups that many K-Means runs agree on.

    Args:
        points: Shape ``(n, n_dimensions)``, with at least ``k`` distinct rows.
        k: Number of groups, at least 1.
        runs: K-Means fits that vote, each from one random start.
        seed: Fits of other seeds share no run.

    Returns:
        Shape ``(k, n_dimensions)``.
    """
    from sklearn.cluster import KMeans

    agreement = _agreement(points, k=k, runs=runs, seed=seed)
    model = KMeans(n_clusters=k, n_init=_FINAL_STARTS, random_state=seed)
    groups = model.fit_predict(agreement)
    return np.array([points[groups == group].mean(axis=0) for group in np.unique(groups)])


def _agreement(points: Matrix, *, k: int, runs: int, seed: int) -> Matrix:
    """Coordinates whose dot products are the share of runs that put two points together."""
    from scipy.sparse import csr_matrix
    from sklearn.cluster import KMeans
    from sklearn.utils.extmath import randomized_svd

    first = seed % (2**31 // _SEEDS_APART - 1) * _SEEDS_APART
    columns: NDArray[np.int64] = np.column_stack(
        [
            KMeans(n_clusters=k, n_init=1, random_state=first + run).fit_predict(points) + run * k
            for run in range(runs)
        ]
    )
    n_points = len(points)
    rows = np.repeat(np.arange(n_points), runs)
    values = np.full(n_points * runs, runs**-0.5)
    votes = csr_matrix((values, (rows, columns.ravel())), shape=(n_points, runs * k))
    n_components = min(k, *votes.shape)
    left, scales, _ = randomized_svd(votes, n_components, random_state=seed)
    coordinates: Matrix = left * scales
    return coordinates
