"""Retrieval vectors: one per movie, whose dot product with a user vector is the score.

Movies with likes get theirs from implicit ALS, whitened; the others one read off their content.
The weights of events are the serving domain's own, so that training and serving agree.
"""

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.profile import WHYLENS, rating_effect
from training.als import fit_als
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
    "whiten",
]

VectorSource = Literal["ratings", "content"]


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


def like_events(ratings: "DataFrame", settings: TrainingSettings) -> "DataFrame":
    """Likes with their event weight: ``user_id, movie_id, weight``.

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
        "user_id", "movie_id", weight.cast("float").alias("weight")
    )


def fit_implicit_vectors(ratings: "DataFrame", settings: TrainingSettings) -> ItemVectors:
    """Fit implicit ALS on the likes and whiten its item factors.

    Returns:
        Vectors of every movie with at least one like.
    """
    from pyspark.sql import functions as F

    likes = like_events(ratings, settings).cache()
    fit = fit_als(
        likes,
        settings,
        value="weight",
        reg=settings.implicit_reg,
        implicit_alpha=settings.implicit_alpha,
    )
    totals = collect_table(likes.groupBy("movie_id").agg(F.sum("weight").alias("total")))
    likes.unpersist()
    weights = totals.sort_values("movie_id")["total"].to_numpy(dtype=np.float64)
    return ItemVectors(fit.items.ids, whiten(fit.items.vectors.astype(np.float64)), weights)


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
