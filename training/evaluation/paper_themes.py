"""The published way of grouping, measured as ours is, so that both can stand side by side."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix
from training.catalogue import Catalogue
from training.retrieval_model import RetrievalModel
from training.settings import TrainingSettings
from training.themes import fit_paper_themes, silhouette_curve, tag_coherence

__all__ = ["measure_paper_themes"]


def measure_paper_themes(
    model: RetrievalModel,
    catalogue: Catalogue,
    tags: Matrix,
    judged: NDArray[np.bool_],
    settings: TrainingSettings,
) -> dict[str, Any]:
    """Group by recipe ``paper`` and measure it as our themes are measured.

    Args:
        model: Recipe ``paper``, fitted on all ratings.
        catalogue: Likes, to number the groups.
        tags: Tag weights, shape ``(n_movies, n_tags)``.
        judged: Movies on which our own tag coherence is taken, so that both are comparable.
        settings: k, restarts, seed.

    Returns:
        What ``metrics.json`` says under ``paper_themes``.
    """
    rated = np.array([source == "ratings" for source in model.sources], dtype=bool)
    themes = fit_paper_themes(model.vectors, rated, catalogue.n_likes, settings)
    curve = silhouette_curve(themes.points, settings, keep_lengths=False)
    both = judged & rated
    return {
        "n_clustered_movies": int(rated.sum()),
        "silhouette": [point._asdict() for point in curve],
        "tag_coherence": tag_coherence(tags[both], themes.theme_of[both]),
    }
