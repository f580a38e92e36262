"""What a run writes down about itself: ``metrics.json`` and ``manifest.json``."""

import importlib.metadata
import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from retrieval.domain.arrays import Matrix, unit_rows
from training.bundle import FORMAT_VERSION
from training.dataset_source import Dataset, file_digests
from training.evaluation.results import Evaluation
from training.labels import ThemeCard
from training.report import DataReport
from training.settings import TrainingSettings
from training.themes import Themes, seed_stability, silhouette, silhouette_curve, tag_coherence

__all__ = ["describe_run", "measure_run"]

_REPORTED_PACKAGES = ("pyspark", "numpy", "scikit-learn", "scipy")


def measure_run(
    *,
    recipe: str,
    themes: Themes,
    vectors: Matrix,
    viewer_tags: Matrix,
    cards: Sequence[ThemeCard],
    evaluation: Evaluation | None,
    settings: TrainingSettings,
    paper_themes: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Metrics of a run: of the themes always, of predictions and lists when evaluated.

    Args:
        recipe: ``whylens`` or ``paper``.
        themes: Clustering of the catalogue.
        vectors: Item vectors, shape ``(n_movies, n_factors)``.
        viewer_tags: Weights of the tags that viewers gave, shape ``(n_movies, n_tags)``; the
            themes of recipe ``whylens`` were fitted without them.
        cards: The labelled themes.
        evaluation: Result of the honest splits, or None.
        settings: Seed and ks of the silhouette curve.
        paper_themes: The published grouping measured in the same way, if it was.
    """
    curve = silhouette_curve(themes.points, settings, keep_lengths=recipe == "whylens")
    clustered, theme_of = themes.clustered, themes.theme_of[themes.clustered]
    return {
        "recipe": recipe,
        "n_themes": themes.n_themes,
        "n_clustered_movies": int(clustered.sum()),
        "silhouette": [point._asdict() for point in curve],
        "theme_silhouette": silhouette(themes.points, theme_of, settings),
        "theme_silhouette_of_taste": silhouette(unit_rows(vectors[clustered]), theme_of, settings),
        "seed_stability": seed_stability(themes, settings, recipe=recipe)._asdict(),
        "tag_coherence": tag_coherence(viewer_tags[clustered], theme_of),
        "theme_labels": _label_metrics(cards),
        "paper_themes": paper_themes,
        "evaluation": evaluation.as_json() if evaluation else None,
        "note": None
        if evaluation
        else "RMSE and ranking quality need a held-out part: run with --evaluate",
    }


def _label_metrics(cards: Sequence[ThemeCard]) -> dict[str, Any]:
    """How well labels and summaries alone tell where held-out movies belong."""
    matched = sum(card.quality.matched for card in cards)
    held_out = [card.quality.held_out for card in cards]
    total = sum(held_out)
    return {
        "held_out": total,
        "matched": round(matched, 4),
        "share": matched / total if total else None,
        "chance": 1.0 / len(cards),
        "largest_theme": max(held_out) / total if total else None,
        "n_weak": sum(card.quality.is_weak for card in cards),
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
