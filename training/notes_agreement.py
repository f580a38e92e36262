"""Do the tags of film notes say what viewers said? Viewers' tags had no part in the notes.

Two yardsticks on the same films: the tags of another film of the same main genre, and the tags
that the genre has most often. The main genre is the first that the catalogue lists.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.evaluation.metrics import Interval
from training.movielens import UserTag

__all__ = ["Agreement", "Recall", "measure_agreement"]

_SAMPLES = 2000


class Recall(NamedTuple):
    """How many of the viewers' tags something names."""

    hits: float
    """Film-tag pairs; an expected number for the other film."""
    share: float
    """Of all pairs, 0 to 1."""


class Agreement(NamedTuple):
    """Agreement of notes with viewers on the films that both described."""

    films: int
    pairs: int
    """Film-tag pairs given by viewers, each counted once however many gave it."""
    notes: Recall
    other_film: Recall
    """Tags of a random other note of the same main genre: the exact expectation over all."""
    genre_tags: Recall
    """The most frequent tags of the genre's other notes, as many as the film's note has."""
    times_other_film: Interval
    """``notes / other_film``, with a 95 % interval from resampling films."""
    times_genre_tags: Interval


def measure_agreement(
    notes: Mapping[int, Sequence[str]],
    *,
    genres: Mapping[int, Sequence[str]],
    user_tags: Iterable[UserTag],
    canonical: Callable[[str], str | None],
    rng: np.random.Generator,
) -> Agreement | None:
    """Compare the notes' tags with the viewers'.

    Args:
        notes: Vocabulary tags of each note, by movie id.
        genres: Genres by movie id, main genre first; a film without genre is left out, and so is
            the only one of its genre.
        user_tags: Viewers' free-text tags.
        canonical: Name in the vocabulary for a free-text tag, or None.
        rng: Draws the bootstrap samples.

    Returns:
        The agreement, or None when viewers said nothing about these films that can be compared.
    """
    said = _viewers_tags(user_tags, canonical)
    by_genre: dict[str, list[int]] = defaultdict(list)
    for movie_id in notes:
        if genres.get(movie_id):
            by_genre[genres[movie_id][0]].append(movie_id)
    rows = []
    for members in by_genre.values():
        uses = Counter(tag for movie_id in members for tag in notes[movie_id])
        rows += [
            _count_hits(said[movie_id], notes[movie_id], uses, len(members) - 1)
            for movie_id in sorted(said.keys() & set(members))
            if len(members) > 1
        ]
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    if not (table.sum(axis=0) > 0).all():
        return None
    return _summarise(table, rng)


def _viewers_tags(
    user_tags: Iterable[UserTag], canonical: Callable[[str], str | None]
) -> dict[int, set[str]]:
    said: dict[int, set[str]] = defaultdict(set)
    for given in user_tags:
        tag = canonical(given.tag)
        if tag is not None:
            said[given.movie_id].add(tag)
    return said


def _count_hits(
    said: set[str], own: Sequence[str], uses: Counter[str], n_others: int
) -> tuple[float, float, float, float]:
    """Viewers' tags, and how many the note, another note and the genre name."""
    others = uses - Counter(own)
    frequent = sorted(others, key=lambda tag: (-others[tag], tag))[: len(own)]
    return (
        float(len(said)),
        float(len(said & set(own))),
        sum(others[tag] for tag in said) / n_others,
        float(len(said & set(frequent))),
    )


def _summarise(table: NDArray[np.float64], rng: np.random.Generator) -> Agreement:
    pairs, *hits = table.sum(axis=0).tolist()
    rows = rng.integers(0, len(table), size=(_SAMPLES, len(table)))
    _, notes, other, genre = table[rows].sum(axis=1).T
    return Agreement(
        films=len(table),
        pairs=int(pairs),
        notes=Recall(hits[0], hits[0] / pairs),
        other_film=Recall(hits[1], hits[1] / pairs),
        genre_tags=Recall(hits[2], hits[2] / pairs),
        times_other_film=_ratio(hits[0] / hits[1], notes, other),
        times_genre_tags=_ratio(hits[0] / hits[2], notes, genre),
    )


def _ratio(value: float, above: NDArray[np.float64], below: NDArray[np.float64]) -> Interval:
    drawn = np.divide(above, below, out=np.full_like(above, np.inf), where=below > 0)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Interval(value, float(low), float(high))
