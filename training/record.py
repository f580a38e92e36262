"""What a run writes down about itself: ``metrics.json`` and ``manifest.json``."""

import importlib.metadata
import os
import platform
from collections.abc import Mapping
from typing import Any

from retrieval.domain.arrays import Matrix
from training.bundle import FORMAT_VERSION
from training.dataset_source import Dataset, file_digests
from training.evaluation.results import Evaluation
from training.report import DataReport
from training.settings import TrainingSettings
from training.themes import Themes, silhouette_curve, tag_coherence

__all__ = ["describe_run", "measure_run"]

_REPORTED_PACKAGES = ("pyspark", "numpy", "scikit-learn", "scipy")


def measure_run(
    *,
    recipe: str,
    themes: Themes,
    tags: Matrix,
    evaluation: Evaluation | None,
    settings: TrainingSettings,
    paper_themes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Metrics of a run: of the themes always, of predictions and lists when evaluated.

    Args:
        recipe: ``whylens`` or ``paper``.
        themes: Clustering of the catalogue.
        tags: Tag weights, shape ``(n_movies, n_tags)``.
        evaluation: Result of the honest splits, or None.
        settings: Seed and ks of the silhouette curve.
        paper_themes: The published grouping measured in the same way, if it was.
    """
    curve = silhouette_curve(themes.points, settings, unit_length=recipe == "whylens")
    coherence = tag_coherence(tags[themes.clustered], themes.theme_of[themes.clustered])
    return {
        "recipe": recipe,
        "n_themes": themes.n_themes,
        "n_clustered_movies": int(themes.clustered.sum()),
        "silhouette": [point._asdict() for point in curve],
        "tag_coherence": coherence,
        "paper_themes": paper_themes,
        "evaluation": evaluation.as_json() if evaluation else None,
        "note": None
        if evaluation
        else "RMSE and ranking quality need a held-out part: run with --evaluate",
    }


def describe_run(
    *,
    recipe: str,
    dataset: Dataset,
    report: DataReport,
    n_factors: int,
    settings: TrainingSettings,
    seconds: Mapping[str, float],
) -> dict[str, Any]:
    """The manifest, but for what publishing adds: version, time and file digests."""
    return {
        "format_version": FORMAT_VERSION,
        "app_version": _app_version(),
        "recipe": recipe,
        "n_factors": n_factors,
        "n_movies": report.n_movies,
        "dataset": {
            "name": dataset.name,
            "source": dataset.source,
            "n_ratings": report.n_ratings,
            "n_users": report.n_users,
            "n_movies": report.n_movies,
            "dropped": dict(report.dropped),
            "sha256": file_digests(dataset.folder),
        },
        "settings": settings.model_dump(mode="json"),
        "seeds": {"training": settings.seed, "evaluation": list(settings.evaluation_seeds)},
        "versions": {
            "python": platform.python_version(),
            **{name: importlib.metadata.version(name) for name in _REPORTED_PACKAGES},
        },
        "n_cores": os.cpu_count(),
        "seconds": dict(seconds),
    }


def _app_version() -> str:
    try:
        return importlib.metadata.version("whylens")
    except importlib.metadata.PackageNotFoundError:
        return "source"  # run from a checkout that was not installed
