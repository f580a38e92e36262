"""The catalogue as arrays: one row per movie of movies.csv, in order of movie id."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix
from training.movielens import CatalogueMovie
from training.spark import collect_table
from training.style_tags import StyleTag

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["Catalogue", "build_catalogue", "content_matrix", "genre_matrix", "tag_matrix"]

_MIN_TAG_MOVIES = 5


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Movies and how often they were rated; every array has one entry per movie."""

    movies: Sequence[CatalogueMovie]
    ids: NDArray[np.int64]
    """Ascending."""
    n_ratings: NDArray[np.int64]
    n_likes: NDArray[np.int64]
    mean_rating: NDArray[np.float64]
    """Mean stars; NaN where nobody rated the movie."""

    def __len__(self) -> int:
        """Number of movies."""
        return len(self.ids)


def build_catalogue(
    movies: Sequence[CatalogueMovie], ratings: "DataFrame", *, like_threshold: float
) -> Catalogue:
    """Count each movie's ratings with one grouped query.

    Args:
        movies: In order of movie id.
        ratings: ``movie_id, rating``.
        like_threshold: Stars from which a rating is a like.
    """
    from pyspark.sql import functions as F

    counts = collect_table(
        ratings.groupBy("movie_id").agg(
            F.count("*").alias("n"),
            F.sum(F.when(F.col("rating") >= like_threshold, 1).otherwise(0)).alias("likes"),
            F.avg("rating").alias("mean"),
        )
    )
    ids = np.array([movie.movie_id for movie in movies], dtype=np.int64)
    rows = np.searchsorted(ids, counts["movie_id"].to_numpy(dtype=np.int64))
    n_ratings, n_likes = np.zeros(len(ids), dtype=np.int64), np.zeros(len(ids), dtype=np.int64)
    mean = np.full(len(ids), np.nan)
    n_ratings[rows], n_likes[rows] = counts["n"].to_numpy(), counts["likes"].to_numpy()
    mean[rows] = counts["mean"].to_numpy()
    return Catalogue(movies, ids, n_ratings, n_likes, mean)


def tag_matrix(catalogue: Catalogue, style_tags: Mapping[int, Sequence[StyleTag]]) -> Matrix:
    """Confidence of each tag on each movie, shape ``(n_movies, n_tags)``."""
    names = sorted({tag.tag for tags in style_tags.values() for tag in tags})
    column = {name: j for j, name in enumerate(names)}
    matrix = np.zeros((len(catalogue), len(names)))
    for row, movie_id in enumerate(catalogue.ids.tolist()):
        for tag in style_tags.get(movie_id, ()):
            matrix[row, column[tag.tag]] = tag.confidence
    return matrix


def genre_matrix(movies: Sequence[CatalogueMovie]) -> Matrix:
    """Genres as 0/1, shape ``(len(movies), n_genres)``."""
    names = sorted({genre for movie in movies for genre in movie.genres})
    rows = [[name in movie.genres for name in names] for movie in movies]
    return np.array(rows, dtype=np.float64).reshape(len(movies), len(names))


def content_matrix(
    movies: Sequence[CatalogueMovie], style_tags: Mapping[int, Sequence[StyleTag]]
) -> Matrix:
    """What can be known of a movie that nobody rated: genres, decade, style tags.

    Args:
        movies: In order of movie id.
        style_tags: Tags by movie id; tags on fewer than five movies are left out.

    Returns:
        Shape ``(len(movies), n_features)``: 0/1, and the confidence for a tag.
    """
    features: list[dict[str, float]] = []
    for movie in movies:
        row = dict.fromkeys((f"genre:{genre}" for genre in movie.genres), 1.0)
        year = movie.parsed.year
        row[f"decade:{year // 10 * 10 if year else 'unknown'}"] = 1.0
        row |= {f"tag:{tag.tag}": tag.confidence for tag in style_tags.get(movie.movie_id, ())}
        features.append(row)
    counts: dict[str, int] = {}
    for row in features:
        for name in row:
            counts[name] = counts.get(name, 0) + 1
    names = sorted(n for n in counts if not n.startswith("tag:") or counts[n] >= _MIN_TAG_MOVIES)
    column = {name: j for j, name in enumerate(names)}
    matrix = np.zeros((len(movies), len(names)))
    for i, row in enumerate(features):
        for name, value in row.items():
            if name in column:
                matrix[i, column[name]] = value
    return matrix
