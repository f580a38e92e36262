"""The files of a bundle that the report reads, with figures that are easy to find again."""

import json
from pathlib import Path
from typing import Any

from training.settings import TrainingSettings


def _interval(mean: float) -> dict[str, float]:
    return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}


def _model(name: str, ndcg: float, difference: float | None) -> dict[str, Any]:
    return {
        "model": name,
        "ndcg": _interval(ndcg),
        "recall": _interval(ndcg * 0.8),
        "hit": _interval(0.5),
        "coverage": 0.0625,
        "popularity_rank": 49.0,
        "diversity": 0.68,
        "difference": None if difference is None else _interval(difference),
    }


def _task(name: str, shift: float) -> dict[str, Any]:
    models = [
        _model("whylens", 0.1402 + shift, None),
        _model("paper", 0.0151 + shift, 0.125),
        _model("most popular", 0.0783 + shift, 0.062),
        _model("EASE", 0.1204 + shift, 0.02),
    ]
    return {"name": name, "n_viewers": 589, "n_relevant": 9228, "models": models}


METRICS: dict[str, Any] = {
    "recipe": "whylens",
    "n_themes": 1,
    "n_clustered_movies": 2,
    "silhouette": [
        {"k": 10, "silhouette": 0.0441, "null": 0.0152},
        {"k": 20, "silhouette": 0.0523, "null": 0.0163},
    ],
    "paper_themes": {
        "n_clustered_movies": 2,
        "silhouette": [{"k": 10, "silhouette": 0.0871, "null": 0.0111}],
        "tag_coherence": 1.9,
    },
    "tag_coherence": 2.26,
    "seed_stability": {"themes": 0.57, "single_kmeans": 0.36},
    "theme_labels": {"share": 0.21, "chance": 0.025, "n_weak": 1},
    "evaluation": {
        "n_viewers": 610,
        "n_all_viewers": 610,
        "ratings": [
            {"model": name, "rmse_all": [rmse, rmse + 0.002], "rmse_warm": [rmse - 0.007] * 2}
            for name, rmse in (("biases only", 0.8601), ("paper", 0.8902), ("whylens", 0.8453))
        ],
        "tasks": [
            _task("temporal", 0.0),
            _task("random", 0.15),
            _task("new viewers", 0.001),
            _task("parts", 0.002),
        ],
        "cold_start": {
            "known": [0, 5, None],
            "curves": [
                {"model": "whylens", "ndcg": [_interval(v) for v in (0.077, 0.088, 0.132)]},
                {"model": "EASE", "ndcg": [None, _interval(0.055), _interval(0.116)]},
            ],
        },
    },
}

MANIFEST: dict[str, Any] = {
    "app_version": "0.1.0",
    "recipe": "whylens",
    "dataset": {
        "name": "films",
        "n_ratings": 100,
        "n_users": 9,
        "n_movies": 2,
        "dropped": {"ratings.csv: the rating is not a number": 12},
    },
    "settings": TrainingSettings().model_dump(mode="json"),
    "seeds": {"training": 42, "evaluation": [0, 1]},
    "versions": {"python": "3.11", "pyspark": "4.0"},
    "n_cores": 2,
    "seconds": {"reading": 3.25},
}


def write_report_files(
    folder: Path,
    *,
    metrics: dict[str, Any] = METRICS,
    title: str = "Pulp",
    label: str = "Gangsters who talk",
    reason: str = "",
) -> None:
    """Write ``metrics.json``, ``themes.json``, ``movies.json`` and ``map.json``.

    Args:
        folder: Existing directory.
        metrics: Content of ``metrics.json``.
        title: Of the first film.
        label: Of the theme.
        reason: Summary of the theme.
    """
    movies = [
        {"movie_id": n, "title": name, "year": 1994, "n_likes": likes, "theme_id": 0}
        for n, (name, likes) in enumerate(((title, 30), ("Heat", 20)), start=1)
    ]
    theme = {
        "theme_id": 0,
        "label": label,
        "summary": reason or "They talk before they shoot.",
        "size": 2,
        "label_quality": 0.125,
        "label_is_weak": True,
        "exemplar_movie_ids": [1, 2],
        "tags": [{"tag": "black-comedy", "lift": 4.0}],
    }
    files = {
        "metrics": metrics,
        "themes": [theme],
        "movies": movies,
        "map": {"1": [0.1, 0.2], "2": [-0.3, 0.4]},
    }
    for name, content in files.items():
        (folder / f"{name}.json").write_text(json.dumps(content), encoding="utf-8")
