"""What serving ranks with, fitted by each recipe: the one place that evaluation and bundles share.

Whatever `fit_retrieval_model` returns is both what is measured and what is published.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.profile import PAPER, WHYLENS, Recipe
from training.als import AlsFit
from training.item_vectors import (
    ItemVectors,
    VectorSource,
    average_user_vector,
    complete_with_content,
    fit_implicit_vectors,
)
from training.settings import TrainingSettings

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Content", "RetrievalModel", "fit_retrieval_model", "paper_retrieval_model"]


class Content(NamedTuple):
    """The catalogue, and what is known of a movie whether or not anybody rated it."""

    movie_ids: NDArray[np.int64]
    """Ascending, shape ``(n_movies,)``."""
    features: Matrix
    """Shape ``(n_movies, n_features)``; see `training.catalogue.content_matrix`."""


class RetrievalModel(NamedTuple):
    """A vector for every movie, and how a history becomes the vector they are multiplied with."""

    vectors: Matrix
    """Row for row with the catalogue, shape ``(n_movies, n_factors)``."""
    sources: list[VectorSource]
    """Where each vector is from."""
    average_user_vector: Vector
    """Where a viewer without history starts, shape ``(n_factors,)``."""
    recipe: Recipe


def fit_retrieval_model(
    ratings: "DataFrame", content: Content, settings: TrainingSettings
) -> RetrievalModel:
    """Fit recipe ``whylens``: whitened implicit ALS, content vectors where nobody liked.

    Args:
        ratings: ``user_id, movie_id, rating, timestamp``; all that is known of anybody.
        content: The catalogue.
        settings: Hyper-parameters.
    """
    items = fit_implicit_vectors(ratings, settings)
    return _complete(items, average_user_vector(items), WHYLENS, content, settings)


def paper_retrieval_model(
    fit: AlsFit, content: Content, settings: TrainingSettings, *, n_ratings: NDArray[np.int64]
) -> RetrievalModel:
    """Recipe ``paper``: explicit item factors, starting at their mean.

    Args:
        fit: Explicit ALS on the stars.
        content: The catalogue.
        settings: Hyper-parameters.
        n_ratings: Ratings that each movie of the catalogue was fitted on, shape ``(n_movies,)``.
    """
    factors = fit.items.vectors.astype(np.float64)
    support = n_ratings[np.searchsorted(content.movie_ids, fit.items.ids)].astype(np.float64)
    items = ItemVectors(fit.items.ids, factors, support)
    return _complete(items, factors.mean(axis=0), PAPER, content, settings)


def _complete(
    items: ItemVectors,
    average: Vector,
    recipe: Recipe,
    content: Content,
    settings: TrainingSettings,
) -> RetrievalModel:
    vectors, sources = complete_with_content(
        items, content.movie_ids.tolist(), content.features, reg=settings.content_reg
    )
    return RetrievalModel(vectors, sources, average, recipe)
