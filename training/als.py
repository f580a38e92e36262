"""Spark's ALS behind one function: fit, and factors as arrays."""

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.settings import TrainingSettings
from training.spark import collect_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["AlsFit", "Factors", "fit_als"]


class Factors(NamedTuple):
    """Factor vectors of one side, ordered by id."""

    ids: NDArray[np.int64]
    """Shape ``(n,)``, ascending."""
    vectors: NDArray[np.float32]
    """Shape ``(n, rank)``."""


class AlsFit(NamedTuple):
    """Both sides of a factorisation ``R ~ users @ items.T``."""

    users: Factors
    items: Factors


def fit_als(
    events: "DataFrame",
    settings: TrainingSettings,
    *,
    value: str,
    reg: float,
    implicit_alpha: float | None = None,
    factors_dir: Path | None = None,
) -> AlsFit:
    """Factorise a sparse matrix with Spark's alternating least squares.

    Args:
        events: Columns ``user_id`` and ``movie_id`` (int) and ``value``.
        settings: Rank, iterations, blocks, checkpoints, seed.
        value: Column to factorise.
        reg: ``regParam``, weighted by the number of events of each row (Spark's weighted lambda).
        implicit_alpha: Confidence per unit of value for implicit feedback; None for explicit.
        factors_dir: Directory that receives ``user_factors`` and ``item_factors`` as Parquet
            (``id``, ``features``), written by Spark's executors; None writes nothing.

    Returns:
        Factors of every user and item that occurs in ``events``.
    """
    from pyspark.ml.recommendation import ALS

    als = ALS(
        userCol="user_id",
        itemCol="movie_id",
        ratingCol=value,
        rank=settings.rank,
        maxIter=settings.iterations,
        regParam=reg,
        numUserBlocks=settings.blocks,
        numItemBlocks=settings.blocks,
        checkpointInterval=settings.checkpoint_interval,
        seed=settings.seed,
        implicitPrefs=implicit_alpha is not None,
        alpha=implicit_alpha or 1.0,
    )
    model = als.fit(events)
    if factors_dir is not None:
        model.userFactors.write.mode("overwrite").parquet(str(factors_dir / "user_factors"))
        model.itemFactors.write.mode("overwrite").parquet(str(factors_dir / "item_factors"))
    return AlsFit(_factors(model.userFactors), _factors(model.itemFactors))


def _factors(frame: "DataFrame") -> Factors:
    table = collect_table(frame).sort_values("id")
    ids = table["id"].to_numpy(dtype=np.int64)
    return Factors(ids, np.stack(table["features"].to_numpy()).astype(np.float32))
