"""Where themes are looked for: what the same viewers like, and a little of what the films are.

Item vectors alone split a taste by chance: two fits share a third of their structure. Genres and
the film notes' style tags join them at less than half the length, enough to settle such films and
too little to move those that viewers clearly put elsewhere. Viewers' own tags stay out, so that
themes can be judged by them.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, unit_rows

__all__ = ["indicators", "join_space"]


def join_space(
    vectors: Matrix, blocks: Sequence[Matrix], *, clustered: NDArray[np.bool_], weight: float
) -> Matrix:
    """Item vectors of unit length beside weighted blocks of traits.

    Args:
        vectors: Item vectors, shape ``(n_movies, n_factors)``.
        blocks: 0/1 traits such as genres, each of shape ``(n_movies, n_traits)``. In each a trait
            counts by its rarity among clustered movies, ``log((n + 1) / (n_with + 1))``, and
            each movie that has any gets the length ``weight``.
        clustered: Movies that the rarity is counted among, shape ``(n_movies,)``.
        weight: Length of a block beside the item vector's 1; at least 0.

    Returns:
        Shape ``(n_movies, n_factors + all traits)``.
    """
    n_clustered = int(clustered.sum())
    parts = [unit_rows(vectors)]
    for block in blocks:
        rarity = np.log((n_clustered + 1) / (block[clustered].sum(axis=0) + 1))
        parts.append(weight * unit_rows(block * rarity))
    return np.hstack(parts)


def indicators(names: Sequence[Sequence[str]]) -> Matrix:
    """0/1 columns, one for each name in alphabetical order; shape ``(len(names), n_names)``."""
    column = {name: j for j, name in enumerate(sorted({name for row in names for name in row}))}
    flags = np.zeros((len(names), len(column)))
    for i, row in enumerate(names):
        for name in row:
            flags[i, column[name]] = 1.0
    return flags
