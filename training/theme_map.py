"""The theme map of the report: a picture that keeps neighbours together."""

import numpy as np

from retrieval.domain.arrays import Matrix, unit_rows
from training.catalogue import Catalogue
from training.settings import TrainingSettings
from training.themes import Themes, project_to_map

__all__ = ["lay_out", "lay_out_themes"]

_MAX_MOVIES = 3000
_PERPLEXITY = 30.0
_MIN_MOVIES = 50


def lay_out_themes(
    themes: Themes, catalogue: Catalogue, settings: TrainingSettings
) -> dict[int, tuple[float, float]]:
    """Lay out the movies that were clustered, by movie id; the most liked where they are many."""
    rows = np.flatnonzero(themes.clustered)
    chosen = np.sort(np.argsort(-catalogue.n_likes[rows], kind="stable")[:_MAX_MOVIES])
    flat = lay_out(themes.points[chosen], settings)
    ids = catalogue.ids[rows[chosen]].tolist()
    return {movie_id: (float(x), float(y)) for movie_id, (x, y) in zip(ids, flat, strict=True)}


def lay_out(points: Matrix, settings: TrainingSettings) -> Matrix:
    """Two coordinates a movie by t-SNE of the points at unit length, in [-1, 1].

    Unlike a projection it shows which movies are neighbours in all dimensions, and unlike it says
    nothing about how far groups are apart. A few movies are projected instead.

    Args:
        points: What was clustered, shape ``(n, n_dimensions)``.
        settings: Seed.

    Returns:
        Shape ``(n, 2)``; a rerun with the same seed gives the same picture.
    """
    from sklearn.manifold import TSNE

    if len(points) < _MIN_MOVIES:
        return project_to_map(points)
    model = TSNE(
        init="pca",
        perplexity=min(_PERPLEXITY, len(points) / 4),
        max_iter=500,
        random_state=settings.seed,
    )
    flat = model.fit_transform(unit_rows(points)).astype(np.float64)
    low, high = flat.min(axis=0), flat.max(axis=0)
    scaled: Matrix = 2.0 * (flat - low) / np.maximum(high - low, 1e-12) - 1.0
    return scaled
