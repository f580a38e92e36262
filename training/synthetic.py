"""Ratings that nobody gave: as many as asked for, with the shape of MovieLens.

Popularity and activity follow power laws, tastes are low-dimensional, and a movie's genres go with
its place in taste space. Made to measure how training grows, not how good it is.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from training.errors import BundleWriteError, TrainingError

__all__ = ["SyntheticSize", "default_size", "write_synthetic"]

GENRES: Final = "Action Comedy Crime Drama Horror Romance Sci-Fi Thriller".split()
_N_TASTES: Final = len(GENRES)
_MIN_PER_USER: Final = 20
_ACTIVITY_SIGMA: Final = 1.1
"""Spread of the log of how much users rate; MovieLens' is close to it."""
_POPULARITY_EXPONENT: Final = 1.3
_POPULARITY_OFFSET: Final = 20.0
_TASTE_WEIGHT: Final = 1.2
_USERS_AT_ONCE: Final = 256
_START_S: Final = 1_000_000_000
_SPAN_S: Final = 500_000_000


class SyntheticSize(NamedTuple):
    """How much to make."""

    n_ratings: int
    n_users: int
    n_movies: int


def default_size(n_ratings: int) -> SyntheticSize:
    """Users and movies in MovieLens' proportions: 165 ratings a user, ``4 sqrt(n)`` movies.

    Raises:
        TrainingError: Fewer than 1,000 ratings.
    """
    if n_ratings < 1_000:
        raise TrainingError("a synthetic dataset needs 1,000 ratings or more")
    return SyntheticSize(n_ratings, max(10, n_ratings // 165), max(600, int(4 * n_ratings**0.5)))


def write_synthetic(folder: Path, size: SyntheticSize, *, seed: int) -> None:
    """Write ``ratings.csv`` and ``movies.csv`` in MovieLens' form, a block of users at a time.

    Args:
        folder: Created when missing; files of the same names are replaced.
        size: Exactly so many ratings, users and movies.
        seed: The same seed writes the same bytes.

    Raises:
        TrainingError: So few users and movies cannot hold so many ratings.
        BundleWriteError: The folder cannot be written.
    """
    rng = np.random.default_rng(seed)
    movies = rng.normal(size=(size.n_movies, _N_TASTES))
    quality = rng.normal(scale=0.4, size=size.n_movies)
    counts = _ratings_per_user(size, rng)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "movies.csv").open("w", encoding="utf-8") as file:
            _write_movies(file, movies, rng)
        with (folder / "ratings.csv").open("w", encoding="utf-8") as file:
            file.write("userId,movieId,rating,timestamp\n")
            for rows in _rating_blocks(counts, movies, quality, rng):
                np.savetxt(file, rows, fmt=["%d", "%d", "%.1f", "%d"], delimiter=",")
    except OSError as error:
        raise BundleWriteError(f"cannot write {folder}: {error.strerror}") from error


def _ratings_per_user(size: SyntheticSize, rng: np.random.Generator) -> NDArray[np.int64]:
    """Log-normal activity that adds up to the ratings asked for."""
    low, high = min(_MIN_PER_USER, size.n_movies), size.n_movies // 2
    if not low * size.n_users <= size.n_ratings <= high * size.n_users:
        raise TrainingError(
            f"{size.n_users:,} users of {size.n_movies:,} movies give between "
            f"{low * size.n_users:,} and {high * size.n_users:,} ratings, not {size.n_ratings:,}"
        )
    activity = rng.lognormal(sigma=_ACTIVITY_SIGMA, size=size.n_users)
    counts = np.full(size.n_users, low, dtype=np.int64)
    while missing := size.n_ratings - int(counts.sum()):
        room = high - counts
        share = activity * (room > 0)
        more = np.minimum(np.floor(missing * share / share.sum()).astype(np.int64), room)
        if not more.any():
            open_users = np.flatnonzero(room > 0)[:missing]
            more[open_users] = 1
        counts += more
    return counts


def _write_movies(file: TextIO, movies: NDArray[np.float64], rng: np.random.Generator) -> None:
    years = rng.integers(1930, 2019, size=len(movies)).tolist()
    file.write("movieId,title,genres\n")
    for row, year in enumerate(years):
        genres = "|".join(GENRES[g] for g in sorted(np.argsort(-movies[row])[:2].tolist()))
        file.write(f"{row + 1},Synthetic Film {row + 1} ({year}),{genres}\n")


def _rating_blocks(
    counts: NDArray[np.int64],
    movies: NDArray[np.float64],
    quality: NDArray[np.float64],
    rng: np.random.Generator,
) -> Iterator[NDArray[np.float64]]:
    """Rows of ``user, movie, stars, time`` for some users at a time.

    Who sees what is drawn without replacement (Gumbel top-k) by popularity and taste.
    """
    rank = rng.permutation(len(movies)) + _POPULARITY_OFFSET
    log_popularity = -_POPULARITY_EXPONENT * np.log(rank)
    for start in range(0, len(counts), _USERS_AT_ONCE):
        block = counts[start : start + _USERS_AT_ONCE]
        tastes = rng.normal(size=(len(block), _N_TASTES)) / np.sqrt(_N_TASTES)
        affinity = tastes @ movies.T
        keys = log_popularity + _TASTE_WEIGHT * affinity + rng.gumbel(size=affinity.shape)
        order = np.argsort(-keys, axis=1)
        yield np.vstack(
            [
                _user_rows(start + i + 1, order[i, :n], affinity[i], quality, rng)
                for i, n in enumerate(block.tolist())
            ]
        )


def _user_rows(
    user_id: int,
    seen: NDArray[np.intp],
    affinity: NDArray[np.float64],
    quality: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    stars = 3.0 + 0.8 * affinity[seen] + quality[seen] + rng.normal(scale=0.7, size=len(seen))
    halves = np.clip(np.round(stars * 2) / 2, 0.5, 5.0)
    first = _START_S + rng.integers(_SPAN_S)
    times = first + np.sort(rng.integers(0, 86_400 * 30, size=len(seen)))
    return np.column_stack([np.full(len(seen), user_id), seen + 1, halves, times])
