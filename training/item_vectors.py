"""Retrieval vectors: one per movie, whose dot product with a user vector is the score.

Movies with likes get theirs from implicit ALS, whitened; the others one read off their content.
The weights of events are the serving domain's own, so that training and serving agree.

ALS is fitted twice. Once its rows are viewers: movies are alike when the same people like them.
Once its rows are sittings, short runs of a viewer's consecutive likes: movies are alike when they
are liked around the same time. `merge_spaces` joins both into one space of the same rank.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.profile import WHYLENS, rating_effect
from training.als import fit_als
from training.errors import DatasetError
from training.settings import TrainingSettings
from training.spark import collect_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pyspark.sql import DataFrame

__all__ = [
    "ItemVectors",
    "average_user_vector",
    "complete_with_content",
    "fit_implicit_vectors",
    "like_events",
    "merge_spaces",
    "sitting_events",
    "whiten",
]

VectorSource = Literal["ratings", "content"]
_MAX_ALS_ID = 2**31 - 1
"""Spark's ALS takes 32-bit ids."""


class ItemVectors(NamedTuple):
    """Vectors of some or all movies."""

    movie_ids: NDArray[np.int64]
    """Ascending, shape ``(n,)``."""
    vectors: Matrix
    """Shape ``(n, n_factors)``."""
    weights: Vector
    """Summed event weight of each movie, 0 where it has none; shape ``(n,)``."""


def whiten(factors: Matrix, *, damping: float | None = None) -> Matrix:
    """Equalise the directions of a factor matrix: ``Z = Q (Q'Q + lam I)^(-1/2)``.

    With it, summing the vectors of a history is one damped least-squares step towards the
    factors that would be fitted to that history.

    Args:
        factors: ``Q``, shape ``(n, f)``.
        damping: ``lam``; the median eigenvalue of ``Q'Q`` when None. With 0, ``Z'Z = I``.

    Returns:
        Shape ``(n, f)``, in the coordinates of ``Q`` (the symmetric root is taken).
    """
    eigenvalues, basis = np.linalg.eigh(factors.T @ factors)
    lam = float(np.median(eigenvalues)) if damping is None else damping
    scales = np.maximum(eigenvalues, 0.0) + lam
    root = np.divide(1.0, np.sqrt(scales), out=np.zeros_like(scales), where=scales > 0.0)
    whitened: Matrix = factors @ (basis * root) @ basis.T
    return whitened


def merge_spaces(spaces: "Sequence[Matrix]") -> Matrix:
    """Join item vectors of several fits into one table of the same width.

    Each table is scaled to the same total squared length ``f``; the result ``Z`` is the best
    rank-``f`` answer to ``Z Z' ~ mean_k Z_k Z_k'``: inner products between movies are averaged, so
    it does not matter that every fit has axes of its own.

    Args:
        spaces: ``Z_k``, rows of the same movies in the same order, each of shape ``(n, f)``.

    Returns:
        Shape ``(n, f)``, on the principal axes, widest first.

    Source: Eckart and Young, The Approximation of One Matrix by Another of Lower Rank (1936).
    """
    width = spaces[0].shape[1]
    scaled = [space * np.sqrt(width / max(float((space**2).sum()), 1e-300)) for space in spaces]
    joined = np.hstack(scaled) / np.sqrt(len(spaces))
    _, basis = np.linalg.eigh(joined.T @ joined)
    axes = basis[:, ::-1][:, :width]
    # An axis has no sign of its own; the largest entry is made positive so that runs agree.
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(width)])
    merged: Matrix = joined @ axes
    return merged


def like_events(ratings: "DataFrame", settings: TrainingSettings) -> "DataFrame":
    """Likes with their event weight: ``user_id, movie_id, timestamp, weight``.

    A like is a rating of ``settings.like_threshold`` stars or more; its weight is the one that
    serving gives the same rating.
    """
    from pyspark.sql import functions as F

    weight = F.lit(None).cast("float")
    stars = settings.like_threshold
    while stars <= 5.0:
        effect = rating_effect(stars, WHYLENS)
        weight = F.when(F.col("rating") >= stars, F.lit(effect.weight)).otherwise(weight)
        stars += 0.5
    return ratings.where(F.col("rating") >= settings.like_threshold).select(
        "user_id", "movie_id", "timestamp", weight.cast("float").alias("weight")
    )


def sitting_events(likes: "DataFrame", *, length: int) -> "DataFrame":
    """Likes by sitting: ``user_id, movie_id, weight`` with one ``user_id`` a sitting.

    A viewer's likes in order of time (ties by movie id) are cut into runs of ``length``; the last
    run may be shorter.

    Args:
        likes: ``user_id, movie_id, timestamp, weight``.
        length: Likes in one sitting.

    Raises:
        DatasetError: The ids of viewers are too large to number their sittings in 31 bits.
    """
    from pyspark.sql import Window
    from pyspark.sql import functions as F

    in_time = Window.partitionBy("user_id").orderBy("timestamp", "movie_id")
    position = F.row_number().over(in_time) - 1
    numbered = likes.withColumn("sitting", F.floor(position / length)).cache()
    largest = numbered.agg(F.max("sitting"), F.max("user_id")).collect()[0]
    sittings, last_user = (largest[0] or 0) + 1, largest[1] or 0
    if (last_user + 1) * sittings > _MAX_ALS_ID:
        raise DatasetError(
            f"user ids up to {last_user} with {sittings} sittings do not fit Spark's ids;"
            " number the users from 1 without gaps"
        )
    row = F.col("user_id").cast("long") * sittings + F.col("sitting")
    return numbered.select(row.cast("int").alias("user_id"), "movie_id", "weight")


def fit_implicit_vectors(ratings: "DataFrame", settings: TrainingSettings) -> ItemVectors:
    """Fit implicit ALS over viewers and over sittings, whiten both, merge them.

    Args:
        ratings: ``user_id, movie_id, rating, timestamp``.
        settings: Rank, strengths, seed, length of a sitting.

    Returns:
        Vectors of every movie with at least one like.
    """
    from pyspark.sql import functions as F

    likes = like_events(ratings, settings).cache()
    by_viewer = fit_als(
        likes,
        settings,
        value="weight",
        reg=settings.implicit_reg,
        implicit_alpha=settings.implicit_alpha,
    )
    by_sitting = fit_als(
        sitting_events(likes, length=settings.sitting_length),
        settings,
        value="weight",
        reg=settings.sitting_reg,
        implicit_alpha=settings.sitting_alpha,
    )
    totals = collect_table(likes.groupBy("movie_id").agg(F.sum("weight").alias("total")))
    likes.unpersist()
    weights = totals.sort_values("movie_id")["total"].to_numpy(dtype=np.float64)
    spaces = [whiten(fit.items.vectors.astype(np.float64)) for fit in (by_viewer, by_sitting)]
    return ItemVectors(by_viewer.items.ids, merge_spaces(spaces), weights)


def average_user_vector(items: ItemVectors) -> Vector:
    """Where a viewer without history starts: ``xbar = sum_i w_i z_i / sum_i w_i`` over all likes.

    Returns:
        Shape ``(n_factors,)``; not unit length.
    """
    mean: Vector = items.weights @ items.vectors / items.weights.sum()
    return mean


def complete_with_content(
    items: ItemVectors, all_ids: "Sequence[int]", content: Matrix, *, reg: float
) -> tuple[Matrix, list[VectorSource]]:
    """Give every movie of the catalogue a vector.

    A ridge regression maps content to the vectors of the liked movies. A predicted vector is cut
    to the median length of the vectors of movies with little support, so that content alone never
    lifts a movie over one that somebody liked.

    Args:
        items: Vectors of the liked movies.
        all_ids: Catalogue, ascending; contains ``items.movie_ids``.
        content: Row for row with ``all_ids``, shape ``(n_movies, n_features)``.
        reg: Ridge strength, > 0.

    Returns:
        Vectors of the whole catalogue, shape ``(n_movies, n_factors)``, and where each is from.
    """
    rows = np.searchsorted(np.asarray(all_ids), items.movie_ids)
    x, mean = content[rows], items.vectors.mean(axis=0)
    gram = x.T @ x + reg * np.eye(x.shape[1])
    mapping = np.linalg.solve(gram, x.T @ (items.vectors - mean))
    vectors = content @ mapping + mean
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    few = items.weights <= np.quantile(items.weights, 0.25)
    limit = float(np.median(np.linalg.norm(items.vectors[few], axis=1)))
    vectors *= np.minimum(1.0, limit / np.maximum(lengths, 1e-12))
    vectors[rows] = items.vectors
    sources: list[VectorSource] = ["content"] * len(all_ids)
    for row in rows:
        sources[row] = "ratings"
    return vectors, sources
