"""How far predicted stars are off, on random splits of the rows."""

from typing import TYPE_CHECKING

import numpy as np

from training.als import AlsFit
from training.evaluation.metrics import rmse
from training.evaluation.results import RatingResult
from training.rating_model import (
    RatingModel,
    bias_only,
    fit_residual_model,
    mean_rating,
    paper_model,
    predict_frame,
)
from training.settings import TrainingSettings

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame

__all__ = ["SeedErrors", "combine_seeds", "rating_errors"]

SeedErrors = dict[str, tuple[float, float]]
"""RMSE over all rows and over warm rows, by model, on one split."""


def rating_errors(
    train: "DataFrame", paper_fit: AlsFit, test: "pd.DataFrame", settings: TrainingSettings
) -> SeedErrors:
    """Errors of the two biases alone, the paper's explicit ALS, and ours on one split.

    Args:
        train: Training part.
        paper_fit: Explicit ALS fitted on it.
        test: Held-out rows.
        settings: Hyper-parameters of ours.
    """
    ours = fit_residual_model(train, settings)
    models = {
        "biases only": bias_only(ours),
        "paper": paper_model(paper_fit, global_mean=mean_rating(train)),
        "whylens": ours,
    }
    return {name: _error(model, test) for name, model in models.items()}


def _error(model: RatingModel, test: "pd.DataFrame") -> tuple[float, float]:
    predicted, actual = predict_frame(model, test), test["rating"].to_numpy(dtype=np.float64)
    warm = np.isin(test["movie_id"].to_numpy(), model.biases.item_ids)
    return rmse(predicted, actual), rmse(predicted[warm], actual[warm])


def combine_seeds(errors: list[SeedErrors]) -> list[RatingResult]:
    """One result a model from one dictionary a seed."""
    return [
        RatingResult(
            name,
            rmse_all=tuple(seed[name][0] for seed in errors),
            rmse_warm=tuple(seed[name][1] for seed in errors),
        )
        for name in errors[0]
    ]
