"""Predicting stars: two damped biases and, on what they leave over, ALS factors.

Recipe ``paper`` is explicit ALS alone. Either way a `RatingModel` is arrays and one formula, so
that serving predicts without Spark.
"""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.als import AlsFit, fit_als
from training.settings import TrainingSettings
from training.spark import collect_table

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame

__all__ = [
    "Biases",
    "RatingModel",
    "bias_only",
    "fit_biases",
    "fit_explicit",
    "fit_residual_model",
    "mean_rating",
    "paper_model",
    "predict_frame",
]

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]

MIN_STARS, MAX_STARS = 0.5, 5.0


class Biases(NamedTuple):
    """``r ~ global_mean + user_bias + item_bias``; ids ascending."""

    global_mean: float
    user_ids: Ids
    user_bias: Floats
    item_ids: Ids
    item_bias: Floats


class RatingModel(NamedTuple):
    """Everything a prediction needs.

    ``stars = global_mean + b_u + b_i + <p_u, q_i>``, clipped to 0.5-5. An unknown user or movie
    has bias 0, and the product counts only when both are known.
    """

    biases: Biases
    user_factors: NDArray[np.float32]
    """Row for row with ``biases.user_ids``, shape ``(n_users, n_factors)``."""
    item_factors: NDArray[np.float32]
    """Row for row with ``biases.item_ids``, shape ``(n_items, n_factors)``."""

    def predict(self, user_ids: Ids, item_ids: Ids) -> Floats:
        """Predict stars for pairs.

        Args:
            user_ids: Shape ``(n,)``, known or not.
            item_ids: Shape ``(n,)``, known or not.

        Returns:
            Stars in [0.5, 5], shape ``(n,)``; never NaN.
        """
        users, known_users = _rows(self.biases.user_ids, user_ids)
        items, known_items = _rows(self.biases.item_ids, item_ids)
        both = known_users & known_items
        stars = self.biases.global_mean + np.where(known_users, self.biases.user_bias[users], 0.0)
        stars = stars + np.where(known_items, self.biases.item_bias[items], 0.0)
        p = self.user_factors[users].astype(np.float64)
        q = self.item_factors[items].astype(np.float64)
        stars = stars + np.where(both, np.einsum("nf,nf->n", p, q), 0.0)
        return np.clip(stars, MIN_STARS, MAX_STARS)


def _rows(known: Ids, wanted: Ids) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Rows of ``wanted`` among ascending ``known`` (any row where unknown), and which are known."""
    rows = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return rows, known[rows] == wanted


def fit_biases(
    ratings: "DataFrame", *, user_damping: float, item_damping: float, rounds: int
) -> Biases:
    """Fit damped biases by alternating two grouped sums.

    ``b_i = sum_u (r - mean - b_u) / (item_damping + n_i)``, then
    ``b_u = sum_i (r - mean - b_i) / (user_damping + n_u)``, which is coordinate descent on the
    ridge problem for both.

    Args:
        ratings: ``user_id, movie_id, rating``.
        user_damping: Pseudo-ratings at zero for each user.
        item_damping: The same for each movie.
        rounds: Alternations; three come within 0.0005 RMSE of convergence.

    Source: Koren & Bell, Advances in Collaborative Filtering, section 3.1 (baseline predictors).
    """
    from pyspark.sql import functions as F

    mean = mean_rating(ratings)
    offsets = ratings.select("user_id", "movie_id", (F.col("rating") - mean).alias("offset"))
    items = _grouped_bias(offsets, "movie_id", item_damping)
    users = _grouped_bias(_less(offsets, items), "user_id", user_damping)
    for _ in range(rounds - 1):
        items = _grouped_bias(_less(offsets, users), "movie_id", item_damping)
        users = _grouped_bias(_less(offsets, items), "user_id", user_damping)
    return Biases(
        global_mean=mean,
        user_ids=users["user_id"].to_numpy(dtype=np.int64),
        user_bias=users["bias"].to_numpy(dtype=np.float64),
        item_ids=items["movie_id"].to_numpy(dtype=np.int64),
        item_bias=items["bias"].to_numpy(dtype=np.float64),
    )


def _grouped_bias(offsets: "DataFrame", key: str, damping: float) -> "pd.DataFrame":
    """Damped mean offset of each user or movie, ordered by id; as long as there are ids."""
    from pyspark.sql import functions as F

    bias = (F.sum("offset") / (F.count("*") + damping)).alias("bias")
    return collect_table(offsets.groupBy(key).agg(bias)).sort_values(key)


def _less(offsets: "DataFrame", biases: "pd.DataFrame") -> "DataFrame":
    """Offsets with one side's biases taken off."""
    from pyspark.sql import functions as F

    key = biases.columns[0]
    table = F.broadcast(offsets.sparkSession.createDataFrame(biases))
    rest = (F.col("offset") - F.col("bias")).alias("offset")
    return offsets.join(table, key).select("user_id", "movie_id", rest)


def fit_residual_model(
    ratings: "DataFrame", settings: TrainingSettings, *, factors_dir: Path | None = None
) -> RatingModel:
    """Fit recipe ``whylens``: damped biases, then explicit ALS on the residuals.

    Args:
        ratings: ``user_id, movie_id, rating``.
        settings: Hyper-parameters.
        factors_dir: Where to write the ALS factors as Parquet, if anywhere.
    """
    import pandas as pd
    from pyspark.sql import functions as F

    biases = fit_biases(
        ratings,
        user_damping=settings.user_damping,
        item_damping=settings.item_damping,
        rounds=settings.bias_rounds,
    )
    offset = (F.col("rating") - biases.global_mean).alias("offset")
    rest = ratings.select("user_id", "movie_id", offset)
    rest = _less(rest, pd.DataFrame({"user_id": biases.user_ids, "bias": biases.user_bias}))
    rest = _less(rest, pd.DataFrame({"movie_id": biases.item_ids, "bias": biases.item_bias}))
    fit = fit_als(
        rest, settings, value="offset", reg=settings.residual_reg, factors_dir=factors_dir
    )
    _check_aligned(biases, fit)
    return RatingModel(biases, fit.users.vectors, fit.items.vectors)


def fit_explicit(
    ratings: "DataFrame", settings: TrainingSettings, *, factors_dir: Path | None = None
) -> AlsFit:
    """Fit recipe ``paper``: explicit ALS on the stars. Arguments as in `fit_residual_model`."""
    return fit_als(
        ratings, settings, value="rating", reg=settings.paper_reg, factors_dir=factors_dir
    )


def paper_model(fit: AlsFit, *, global_mean: float) -> RatingModel:
    """Explicit ALS in the one formula of `RatingModel`, with the mean for unknown pairs.

    Biases are zero. Explicit factors carry the whole rating, mean included, so each user factor
    gets a further coordinate 1 and each item factor ``-global_mean``: their product is then what
    is to be added to the mean.
    """
    users, items = fit.users.vectors, fit.items.vectors
    ones = np.ones((len(users), 1), dtype=np.float32)
    means = np.full((len(items), 1), -global_mean, dtype=np.float32)
    biases = Biases(
        global_mean=global_mean,
        user_ids=fit.users.ids,
        user_bias=np.zeros(len(users)),
        item_ids=fit.items.ids,
        item_bias=np.zeros(len(items)),
    )
    return RatingModel(biases, np.hstack([users, ones]), np.hstack([items, means]))


def mean_rating(ratings: "DataFrame") -> float:
    """Mean of all stars."""
    from pyspark.sql import functions as F

    first = ratings.agg(F.avg("rating").alias("mean")).first()
    assert first is not None
    return float(first["mean"])


def _check_aligned(biases: Biases, fit: AlsFit) -> None:
    same_users = np.array_equal(biases.user_ids, fit.users.ids)
    if not (same_users and np.array_equal(biases.item_ids, fit.items.ids)):
        raise RuntimeError("Spark returned factors for other ids than it was given")


def bias_only(model: RatingModel) -> RatingModel:
    """The same biases without factors: the baseline that factors have to beat."""
    return model._replace(
        user_factors=np.zeros_like(model.user_factors),
        item_factors=np.zeros_like(model.item_factors),
    )


def predict_frame(model: RatingModel, pairs: "pd.DataFrame") -> Floats:
    """`RatingModel.predict` for a frame with ``user_id`` and ``movie_id``."""
    return model.predict(
        pairs["user_id"].to_numpy(dtype=np.int64), pairs["movie_id"].to_numpy(dtype=np.int64)
    )
