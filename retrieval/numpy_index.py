"""The exact index: one matrix product over the whole catalogue."""

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Vector

__all__ = ["NumpyMovieIndex"]


class NumpyMovieIndex:
    """Exact search in float32, with a margin that covers its rounding.

    Implements `retrieval.ports.MovieIndex`.
    """

    def __init__(self, item_vectors: NDArray[np.float32]) -> None:
        """Keep a reference to the vectors, shape ``(n_movies, n_factors)``."""
        self._vectors = np.ascontiguousarray(item_vectors, dtype=np.float32)
        lengths = np.linalg.norm(self._vectors, axis=1) if self._vectors.size else np.zeros(1)
        # |fl(x.y) - x.y| <= n eps |x| |y| bounds the error of a float32 inner product
        # (Higham, Accuracy and Stability of Numerical Algorithms, eq. 3.5).
        n_factors = self._vectors.shape[1]
        self._relative_error = 4.0 * n_factors * float(np.finfo(np.float32).eps)
        self._longest = float(lengths.max(initial=0.0))

    def search(
        self, query: Vector, allowed: NDArray[np.bool_], *, n: int, slack: float = 0.0
    ) -> NDArray[np.int64]:
        """Every allowed row that can be among the ``n`` best after exact scoring."""
        if n <= 0:
            return np.empty(0, dtype=np.int64)
        if np.count_nonzero(allowed) <= n:
            return np.flatnonzero(allowed)
        # Not a matrix product: on a busy machine BLAS threads wait for each other, and the median
        # of 0.1 ms for 10,000 movies becomes 8 to 16 ms.
        scores = np.einsum("mf,f->m", self._vectors, query.astype(np.float32))
        scores[~allowed] = -np.inf
        cut = float(np.partition(scores, scores.size - n)[scores.size - n])
        margin = self._relative_error * self._longest * float(np.sqrt(query @ query))
        return np.flatnonzero(scores >= cut - margin - slack)
