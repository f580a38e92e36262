"""Reads what training wrote. A bundle is loaded once and never changes.

The files are described in the README under "Bundle". This module knows nothing of Spark or
Parquet: it reads the JSON and NumPy forms, which need no extra package.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from retrieval.bundle_files import load_array, load_arrays, parse_file
from retrieval.catalogue import Catalogue, read_catalogue
from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.errors import BundleInvalid, BundleNotFound, UnknownMovie
from retrieval.domain.models import (
    EventId,
    FilmReading,
    Interaction,
    Movie,
    MovieId,
    Theme,
    ThemeId,
)
from retrieval.domain.profile import RECIPES, Recipe
from retrieval.domain.recommendation import Prediction
from retrieval.domain.style_part import StyleTable

__all__ = [
    "FORMAT_VERSION",
    "Bundle",
    "RatingModel",
    "current_bundle_dir",
    "load_bundle",
    "read_bundle",
    "read_manifest",
    "read_movie_vectors",
]

FORMAT_VERSION = 1


class RatingModel(NamedTuple):
    """Damped biases plus ALS on the residuals: ``mean + b_u + b_i + <p_u, q_i>``."""

    mean: float
    user_ids: NDArray[np.int64]
    user_bias: NDArray[np.float64]
    user_factors: NDArray[np.float32]
    item_ids: NDArray[np.int64]
    item_bias: NDArray[np.float64]
    item_factors: NDArray[np.float32]

    def predict(self, user_id: int | None, movie_id: MovieId) -> Prediction:
        """Predicted stars; a user or movie that training never saw falls back to the biases."""
        user = _position(self.user_ids, user_id) if user_id is not None else None
        item = _position(self.item_ids, movie_id)
        viewer_bias = float(self.user_bias[user]) if user is not None else 0.0
        movie_bias = float(self.item_bias[item]) if item is not None else 0.0
        taste = 0.0
        if user is not None and item is not None:
            factors = self.user_factors[user].astype(np.float64)
            taste = float(factors @ self.item_factors[item].astype(np.float64))
        return self.combine(viewer_bias=viewer_bias, movie_bias=movie_bias, taste=taste)

    def combine(self, *, viewer_bias: float, movie_bias: float, taste: float) -> Prediction:
        """Add the parts up and clip them to the scale from 0.5 to 5 stars."""
        stars = self.mean + viewer_bias + movie_bias + taste
        return Prediction(
            float(np.clip(stars, 0.5, 5.0)), self.mean, viewer_bias, movie_bias, taste
        )


_LIKED_STARS = 3.5


class _DatasetEvents(NamedTuple):
    """The ratings that the bundle was trained on, grouped by user and memory-mapped."""

    user_ids: NDArray[np.int64]
    offsets: NDArray[np.int64]
    movie_ids: NDArray[np.int32]
    ratings: NDArray[np.float32]
    timestamps: NDArray[np.int64]


class Bundle:
    """A trained bundle in memory: catalogue, vectors, themes, and the dataset's viewers."""

    def __init__(
        self,
        *,
        path: Path,
        manifest: dict[str, Any],
        movies: Catalogue,
        item_vectors: NDArray[np.float32],
        average_user_vector: Vector,
        themes: Sequence[Theme],
    ) -> None:
        self.path = path
        self.manifest = manifest
        self.version: str = manifest["version"]
        self.recipe: Recipe = RECIPES[manifest["recipe"]]
        self.movies = movies
        """In ascending order of movie id; row ``i`` of every array is ``movies[i]``."""
        self.movie_ids: NDArray[np.int64] = movies.ids
        self.item_vectors = item_vectors
        """Shape ``(n_movies, n_factors)``."""
        self.average_user_vector = average_user_vector
        """Shape ``(n_factors,)``: the starting profile of every viewer."""
        self.themes: dict[ThemeId, Theme] = {theme.theme_id: theme for theme in themes}
        self._rows: dict[int, int] = {
            movie_id: row for row, movie_id in enumerate(movies.ids.tolist())
        }

    def row(self, movie_id: MovieId) -> int:
        """Row of a movie in every array.

        Raises:
            UnknownMovie: The catalogue has no such movie.
        """
        try:
            return self._rows[movie_id]
        except KeyError:
            raise UnknownMovie(
                f"no movie has the id {movie_id} in this catalogue of {len(self.movies)} movies"
            ) from None

    def has_movie(self, movie_id: MovieId) -> bool:
        """Whether the catalogue has the movie."""
        return movie_id in self._rows

    def movie(self, movie_id: MovieId) -> Movie:
        """The movie with this id; raises `UnknownMovie`."""
        return self.movies[self.row(movie_id)]

    def theme_of(self, movie_id: MovieId) -> Theme:
        """The theme that a movie belongs to; raises `UnknownMovie`."""
        return self.themes[self.movie(movie_id).theme_id]

    def rows(self, movie_ids: Iterable[MovieId]) -> NDArray[np.int64]:
        """Rows of some movies, in their order; raises `UnknownMovie`."""
        return np.array([self.row(movie_id) for movie_id in movie_ids], dtype=np.int64)

    def vectors(self, movie_ids: Iterable[MovieId]) -> Matrix:
        """Item vectors of some movies, shape ``(len(movie_ids), n_factors)``, float64."""
        return self.item_vectors[self.rows(movie_ids)].astype(np.float64)

    @cached_property
    def film_notes(self) -> dict[MovieId, FilmReading]:
        """Machine-written style readings by movie; empty when the bundle carries none."""
        path = self.path / "film_notes.json"
        if not path.exists():
            return {}
        return parse_file(path, TypeAdapter(dict[MovieId, FilmReading]).validate_json)

    @cached_property
    def tag_frequency(self) -> Counter[str]:
        """How many movies of the catalogue carry each style tag."""
        return Counter(tagging.tag for movie in self.movies for tagging in movie.style_tags)

    @cached_property
    def style_table(self) -> StyleTable:
        """Style vectors of the movies, row for row with `movies`."""
        return StyleTable(self.movies.taggings)

    @cached_property
    def rating_model(self) -> RatingModel:
        """The rating model, read on first use."""
        arrays = load_arrays(self.path / "rating_model.npz")
        try:
            return RatingModel(
                mean=float(arrays["global_mean"]),
                **{name: arrays[name] for name in RatingModel._fields if name != "mean"},
            )
        except KeyError as error:
            raise BundleInvalid(f"{self.path / 'rating_model.npz'} lacks {error}") from error

    @cached_property
    def _dataset_events(self) -> _DatasetEvents:
        folder = self.path / "events"
        return _DatasetEvents(
            *(load_array(folder / f"{name}.npy", mmap=True) for name in _DatasetEvents._fields)
        )

    def dataset_viewer_ids(self) -> list[int]:
        """User ids of the dataset, ascending."""
        return [int(user_id) for user_id in self._dataset_events.user_ids]

    def has_dataset_viewer(self, user_id: int) -> bool:
        """Whether the dataset has ratings of this user."""
        return _position(self._dataset_events.user_ids, user_id) is not None

    def dataset_likers(self, movie_id: MovieId) -> NDArray[np.int64]:
        """Places in `dataset_viewer_ids` of the viewers who gave a movie 3.5 stars or more."""
        log = self._dataset_events
        found = np.flatnonzero(log.movie_ids == movie_id)
        liked = found[log.ratings[found] >= _LIKED_STARS]
        likers: NDArray[np.int64] = np.searchsorted(log.offsets, liked, side="right") - 1
        return likers

    def dataset_events(self, user_id: int) -> list[Interaction]:
        """The ratings of one user of the dataset, oldest first; empty for an unknown user."""
        log = self._dataset_events
        position = _position(log.user_ids, user_id)
        if position is None:
            return []
        span = slice(int(log.offsets[position]), int(log.offsets[position + 1]))
        rows = zip(
            log.movie_ids[span].tolist(),
            log.ratings[span].tolist(),
            log.timestamps[span].tolist(),
            strict=True,
        )
        # The ratings were validated when the bundle was made; validating each again would be
        # most of the time of a batch over all viewers.
        return [
            Interaction.model_construct(
                event_id=EventId(f"ml:{user_id}:{movie_id}"),
                movie_id=MovieId(movie_id),
                kind="rating",
                rating=float(rating),
                timestamp_ms=int(timestamp) * 1000,
            )
            for movie_id, rating, timestamp in rows
        ]


def current_bundle_dir(bundles_dir: Path) -> Path:
    """Directory of the bundle that serves.

    Raises:
        BundleNotFound: Nothing was trained, or the bundle named by ``CURRENT`` is gone.
    """
    pointer = bundles_dir / "CURRENT"
    try:
        version = pointer.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        raise BundleNotFound(
            f"no trained bundle in {bundles_dir}; run 'whylens train' (or 'make run') first"
        ) from None
    except OSError as error:
        raise BundleNotFound(f"cannot read {pointer}: {error.strerror}") from error
    path = bundles_dir / version
    if not version or not path.is_dir():
        raise BundleNotFound(f"{pointer} names the bundle '{version}', which is not there")
    return path


def load_bundle(bundles_dir: Path) -> Bundle:
    """Load the bundle that serves; raises `BundleNotFound` or `BundleInvalid`."""
    return read_bundle(current_bundle_dir(bundles_dir))


def read_bundle(path: Path) -> Bundle:
    """Load the bundle in a directory.

    Raises:
        BundleInvalid: A file is missing or damaged, of another format, or does not fit the rest.
    """
    manifest = read_manifest(path)
    if manifest.get("format_version") != FORMAT_VERSION:
        raise BundleInvalid(
            f"{path} is not a bundle of format {FORMAT_VERSION}; run 'whylens train' again"
        )
    if manifest.get("recipe") not in RECIPES:
        raise BundleInvalid(f"{path} has the unknown recipe {manifest.get('recipe')!r}")
    movies, item_vectors = read_movie_vectors(path)
    themes = parse_file(path / "themes.json", TypeAdapter(list[Theme]).validate_json)
    average = load_array(path / "average_user_vector.npy").astype(np.float64)
    _check_fit(path, movies, themes, item_vectors, average)
    return Bundle(
        path=path,
        manifest=manifest,
        movies=movies,
        item_vectors=item_vectors,
        average_user_vector=average,
        themes=themes,
    )


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of a bundle directory; raises `BundleInvalid`."""
    return parse_file(path / "manifest.json", TypeAdapter(dict[str, Any]).validate_json)


def read_movie_vectors(path: Path) -> tuple[Catalogue, NDArray[np.float32]]:
    """Catalogue and item vectors of a bundle directory, also of one not published yet.

    Raises:
        BundleInvalid: A file is missing or damaged, or there is not one vector a movie.
    """
    movies = read_catalogue(path)
    item_vectors = load_array(path / "item_vectors.npy")
    if item_vectors.ndim != 2 or item_vectors.shape[0] != len(movies):
        raise BundleInvalid(
            f"{path / 'item_vectors.npy'} has shape {item_vectors.shape} for {len(movies)} movies"
        )
    return movies, item_vectors


def _check_fit(
    path: Path,
    movies: Catalogue,
    themes: list[Theme],
    item_vectors: NDArray[np.float32],
    average: Vector,
) -> None:
    """Refuse arrays and lists that do not belong together."""
    if not (np.diff(movies.ids) > 0).all():
        raise BundleInvalid(f"{path / 'movies.json'} is not in ascending order of unique movie ids")
    if average.shape != (item_vectors.shape[1],):
        raise BundleInvalid(f"{path / 'average_user_vector.npy'} has shape {average.shape}")
    if not (np.isfinite(item_vectors).all() and np.isfinite(average).all()):
        raise BundleInvalid(f"{path} holds vectors that are not finite")
    if not set(movies.theme_ids.tolist()) <= {theme.theme_id for theme in themes}:
        raise BundleInvalid(f"{path / 'themes.json'} lacks a theme that movies.json names")


def _position(sorted_ids: NDArray[np.int64], wanted: int) -> int | None:
    position = int(np.searchsorted(sorted_ids, wanted))
    found = position < sorted_ids.size and int(sorted_ids[position]) == wanted
    return position if found else None
