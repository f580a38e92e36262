"""The theme map of the report: a picture that keeps neighbours together."""

import numpy as np

from retrieval.domain.arrays import Matrix, unit_rows
from training.settings import TrainingSettings
from training.themes import project_to_map

__all__ = ["lay_out"]

_PERPLEXITY = 30.0
_MIN_MOVIES = 50


def lay_out(vectors: Matrix, settings: TrainingSettings) -> Matrix:
    """Two coordinates a movie by t-SNE of the unit-length vectors, in [-1, 1].

    Unlike a projection it shows which movies are neighbours in all dimensions, and unlike it says
    nothing about how far groups are apart. A few movies are projected instead.

    Args:
        vectors: Item vectors of the movies to show, shape ``(n, n_factors)``.
        settings: Seed.

    Returns:
        Shape ``(n, 2)``; a rerun with the same seed gives the same picture.
    """
    from sklearn.manifold import TSNE

    if len(vectors) < _MIN_MOVIES:
        return project_to_map(vectors)
    model = TSNE(
        init="pca",
        perplexity=min(_PERPLEXITY, len(vectors) / 4),
        max_iter=500,
        random_state=settings.seed,
    )
    flat = model.fit_transform(unit_rows(vectors)).astype(np.float64)
    low, high = flat.min(axis=0), flat.max(axis=0)
    scaled: Matrix = 2.0 * (flat - low) / np.maximum(high - low, 1e-12) - 1.0
    return scaled
