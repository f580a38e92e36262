"""Array types and the one norm that everything shares."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["MS_PER_DAY", "Matrix", "Vector", "unit", "unit_rows"]

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]

MS_PER_DAY: Final = 86_400_000


def unit(vector: Vector) -> Vector:
    """Scale a vector to length 1.

    Args:
        vector: Any vector, shape ``(n,)``.

    Returns:
        ``vector / |vector|``; the zero vector comes back as zeros, never NaN.
    """
    length = float(np.sqrt(vector @ vector))
    return vector / length if length > 0.0 else np.zeros_like(vector)


def unit_rows(matrix: Matrix) -> Matrix:
    """Scale each row of a matrix to length 1; zero rows stay zero. Shape ``(m, n)`` both ways."""
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    rows: Matrix = np.divide(matrix, lengths, out=np.zeros_like(matrix), where=lengths > 0.0)
    return rows
