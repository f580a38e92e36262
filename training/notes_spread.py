"""How far tags can be trusted that were lent by neighbours: notes hidden, spread, compared.

A note names at most seven tags, so a lent tag that is true but not among them counts as wrong:
precision is a lower bound. The films with a note are those that many people rated; a vector that
rests on fewer ratings makes a poorer neighbour, which `SpreadAccuracy.least_rated` hints at.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import Matrix
from retrieval.domain.models import Movie
from retrieval.domain.style import load_style_vocabulary
from training.style_tags import collect_style_tags, spread_space, spread_to_neighbours

__all__ = ["ConfidenceBin", "SpreadAccuracy", "TagScores", "measure_spread"]

_DRAWS = 5
_HIDDEN_SHARE = 0.2
_LEAST_RATED = 0.25
_EDGES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0)
_LENT_FROM = 0.001


class TagScores(NamedTuple):
    """Lent tags against the hidden notes' tags, pooled over films and draws."""

    tags_a_film: float
    """Lent tags per film."""
    films_reached: float
    """Share of the films that were lent at least one."""
    precision: float
    """NaN when nothing was lent."""
    recall: float
    f1: float


class ConfidenceBin(NamedTuple):
    """Lent tags of about one confidence."""

    low: float
    high: float
    n: int
    confidence: float
    """Mean confidence."""
    precision: float


class SpreadAccuracy(NamedTuple):
    """Held-out accuracy of spreading."""

    films: int
    """Films with a note whose vector rests on ratings."""
    draws: int
    """Random draws of a fifth of them, whose notes were hidden."""
    threshold: float
    spread: TagScores
    """At the confidence from which a bundle lends."""
    genre_only: TagScores
    """The genre's tags, as many in all as the spread lent, the most frequent first."""
    least_rated: TagScores
    """The spread on the quarter of the hidden films with the fewest ratings."""
    best_f1: float
    """Of the spread, at the confidence that maximises it."""
    genre_only_best_f1: float
    calibration: tuple[ConfidenceBin, ...]


class _Draw(NamedTuple):
    """Confidences and truth of one draw, a row per hidden film and a column per tag."""

    spread: Matrix
    genre: Matrix
    truth: NDArray[np.bool_]
    n_ratings: NDArray[np.int64]


def measure_spread(
    notes: Mapping[int, Sequence[str]],
    *,
    movies: Sequence[Movie],
    vectors: Matrix,
    neighbours: int,
    min_confidence: float,
    rng: np.random.Generator,
) -> SpreadAccuracy:
    """Hide a fifth of the notes, spread the others, and compare; several times.

    Args:
        notes: Vocabulary tags of each note, by movie id.
        movies: Catalogue of a bundle.
        vectors: Its item vectors, row for row.
        neighbours: As in training.
        min_confidence: As in training.
        rng: Draws the hidden films.
    """
    known = np.array(
        [m.movie_id in notes and m.vector_source == "ratings" for m in movies], dtype=bool
    )
    chosen = [movie for movie, keep in zip(movies, known, strict=True) if keep]
    names = sorted({tag for movie in chosen for tag in notes[movie.movie_id]})
    draws = [
        _draw(notes, chosen, np.asarray(vectors[known], dtype=np.float64), names, neighbours, rng)
        for _ in range(_DRAWS)
    ]
    spread, genre, truth, n_ratings = (np.concatenate(part) for part in zip(*draws, strict=True))
    lent = spread >= min_confidence
    rare = n_ratings <= np.quantile(n_ratings, _LEAST_RATED)
    return SpreadAccuracy(
        films=len(chosen),
        draws=_DRAWS,
        threshold=min_confidence,
        spread=_score(lent, truth),
        genre_only=_score(genre >= _cut(genre, int(lent.sum())), truth),
        least_rated=_score(lent[rare], truth[rare]),
        best_f1=_best_f1(spread, truth),
        genre_only_best_f1=_best_f1(genre, truth),
        calibration=_calibrate(spread, truth),
    )


def _draw(
    notes: Mapping[int, Sequence[str]],
    movies: Sequence[Movie],
    vectors: Matrix,
    names: Sequence[str],
    neighbours: int,
    rng: np.random.Generator,
) -> _Draw:
    hidden = np.sort(rng.permutation(len(movies))[: round(_HIDDEN_SHARE * len(movies))])
    column = {name: j for j, name in enumerate(names)}
    every = np.zeros((len(movies), len(names)), dtype=bool)
    for row, movie in enumerate(movies):
        every[row, [column[tag] for tag in notes[movie.movie_id]]] = True
    shown = np.setdiff1d(np.arange(len(movies)), hidden)
    shown_notes = {movies[row].movie_id: notes[movies[row].movie_id] for row in shown}
    direct = collect_style_tags((), shown_notes, load_style_vocabulary().tag_for)
    space = spread_space(
        np.array([movie.movie_id for movie in movies], dtype=np.int64),
        vectors,
        [movie.genres for movie in movies],
        (movie.year for movie in movies),
    )
    lent = spread_to_neighbours(
        direct,
        space=space,
        borrowers=np.ones(len(movies), dtype=bool),
        neighbours=neighbours,
        min_confidence=_LENT_FROM,
    )
    confidence = np.zeros((len(hidden), len(names)))
    for i, row in enumerate(hidden):
        for tag in lent.get(movies[row].movie_id, ()):
            confidence[i, column[tag.tag]] = tag.confidence
    return _Draw(
        confidence,
        _genre_shares(space.genres, every, hidden, shown),
        every[hidden],
        np.array([movies[row].n_ratings for row in hidden], dtype=np.int64),
    )


def _genre_shares(
    genres: Matrix,
    tags: NDArray[np.bool_],
    hidden: NDArray[np.intp],
    shown: NDArray[np.intp],
) -> Matrix:
    """Share of the shown films that carry a tag, weighted with the cube of the genres' overlap."""
    both = genres[hidden] @ genres[shown].T
    either = genres[hidden].sum(axis=1)[:, None] + genres[shown].sum(axis=1) - both
    weights = (both / np.maximum(either, 1.0)) ** 3
    total = np.maximum(weights.sum(axis=1, keepdims=True), 1e-12)
    shares: Matrix = weights @ tags[shown].astype(np.float64) / total
    return shares


def _score(lent: NDArray[np.bool_], truth: NDArray[np.bool_]) -> TagScores:
    right, n_lent = int((lent & truth).sum()), int(lent.sum())
    precision = right / n_lent if n_lent else float("nan")
    recall = right / int(truth.sum())
    f1 = 2 * right / (n_lent + int(truth.sum()))
    return TagScores(n_lent / len(lent), float(lent.any(axis=1).mean()), precision, recall, f1)


def _cut(confidence: Matrix, n: int) -> float:
    """The confidence from which about ``n`` tags are lent."""
    if n == 0:
        return float("inf")
    return float(np.sort(confidence, axis=None)[-n])


def _best_f1(confidence: Matrix, truth: NDArray[np.bool_]) -> float:
    order = np.argsort(-confidence, axis=None, kind="stable")
    right = np.cumsum(truth.ravel()[order])
    lent = np.arange(1, len(right) + 1)
    return float((2 * right / (lent + right[-1])).max())


def _calibrate(confidence: Matrix, truth: NDArray[np.bool_]) -> tuple[ConfidenceBin, ...]:
    bins = []
    for low, high in pairwise(_EDGES):
        within = (confidence >= low) & ((confidence < high) | (high == _EDGES[-1]))
        if within.any():
            bins.append(
                ConfidenceBin(
                    low,
                    high,
                    int(within.sum()),
                    float(confidence[within].mean()),
                    float(truth[within].mean()),
                )
            )
    return tuple(bins)
