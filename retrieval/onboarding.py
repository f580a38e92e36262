"""The films that a new viewer is asked about first.

A good first list is recognised (an unknown film gives no answer), spread over themes and decades
(every taste finds something) and without near-doubles (two answers about one thing are one answer).
It follows from the bundle alone, so everybody with the same bundle sees the same list.
"""

from collections import Counter
from collections.abc import Sequence
from math import ceil
from typing import Final, NamedTuple

import numpy as np

from retrieval.bundle import Bundle
from retrieval.domain.arrays import unit_rows
from retrieval.domain.models import EventId, Interaction, Movie, MovieId
from retrieval.wording import as_ordinal

__all__ = [
    "ONBOARDING_LENGTH",
    "OnboardingFilm",
    "Pick",
    "choose_onboarding",
    "is_pick",
    "pick_events",
]

ONBOARDING_LENGTH: Final = 24
_EVENT_PREFIX: Final = "onboarding:"
_POOL_PER_PLACE = 15
"""Films looked at for each place, most rated first: 360 of 9,742 for 24 places."""
_FAIR_SHARES = 1.5
"""Films of one theme at most, in fair shares of the list, and two in any case."""
_SIMILARITY_WEIGHT, _THEME_WEIGHT, _DECADE_WEIGHT = 1.0, 0.3, 0.1
"""What likeness to a chosen film, a chosen film of the theme and one of the decade take off the
logarithm of the number of ratings: a second film of a theme has to be rated 1.35 times as often."""
_TOO_CLOSE = 0.6
"""Cosine from which two films are one question: sequels, trilogies, twins."""


class OnboardingFilm(NamedTuple):
    """One film of the list, with why it is there."""

    movie: Movie
    theme: str
    popularity_rank: int
    """1 for the most rated film of the catalogue."""
    reason: str


class Pick(NamedTuple):
    """What a new viewer says of a film."""

    movie_id: MovieId
    liked: bool
    """False: not for me."""


def choose_onboarding(bundle: Bundle, *, n: int = ONBOARDING_LENGTH) -> tuple[OnboardingFilm, ...]:
    """The ``n`` films to ask about, best known first; fewer where the catalogue has no more.

    Greedy: each place goes to the film with the highest ``log(ratings) - likeness - theme -
    decade``, where the deductions grow with what was chosen before.
    """
    by_fame = sorted(bundle.movies, key=lambda movie: (-movie.n_ratings, movie.movie_id))
    ranks = {movie.movie_id: rank for rank, movie in enumerate(by_fame, start=1)}
    pool = [movie for movie in by_fame if movie.vector_source == "ratings" and movie.n_ratings]
    chosen = _choose(bundle, pool[: n * _POOL_PER_PLACE], n)
    chosen.sort(key=lambda movie: ranks[movie.movie_id])
    return tuple(_film(bundle, movie, ranks[movie.movie_id]) for movie in chosen)


def _choose(bundle: Bundle, pool: list[Movie], n: int) -> list[Movie]:
    units = unit_rows(bundle.vectors([movie.movie_id for movie in pool]))
    fame = np.log([movie.n_ratings for movie in pool])
    likeness = np.zeros(len(pool))
    themes: Counter[int] = Counter()
    decades: Counter[int | None] = Counter()
    is_open = np.ones(len(pool), dtype=np.bool_)
    most_per_theme = max(2, ceil(_FAIR_SHARES * n / len(bundle.themes)))
    chosen: list[Movie] = []
    while len(chosen) < n and is_open.any():
        taken_themes = np.array([themes[movie.theme_id] for movie in pool])
        taken_decades = np.array([decades[_decade(movie)] for movie in pool])
        value = (
            fame
            - _SIMILARITY_WEIGHT * likeness
            - _THEME_WEIGHT * taken_themes
            - _DECADE_WEIGHT * taken_decades
        )
        is_open &= (likeness < _TOO_CLOSE) & (taken_themes < most_per_theme)
        if not is_open.any():
            break
        best = int(np.argmax(np.where(is_open, value, -np.inf)))
        chosen.append(pool[best])
        is_open[best] = False
        themes[pool[best].theme_id] += 1
        decades[_decade(pool[best])] += 1
        likeness = np.maximum(likeness, units @ units[best])
    return chosen


def _decade(movie: Movie) -> int | None:
    return None if movie.year is None else movie.year // 10


def _film(bundle: Bundle, movie: Movie, rank: int) -> OnboardingFilm:
    label = bundle.themes[movie.theme_id].label
    known = (
        f"the {as_ordinal(rank)} most rated film here" if rank > 1 else "the most rated film here"
    )
    return OnboardingFilm(movie, label, rank, f"It stands for “{label}”, and is {known}.")


def pick_events(picks: Sequence[Pick], *, now_ms: int) -> list[Interaction]:
    """The first log of a viewer: one event for each pick, in the order picked, the last one now.

    A pick is a wish for more or for none of the kind, not a rating: nobody gave stars.
    """
    return [
        Interaction(
            event_id=EventId(f"{_EVENT_PREFIX}{pick.movie_id}"),
            movie_id=pick.movie_id,
            kind="more_like_this" if pick.liked else "less_like_this",
            timestamp_ms=now_ms - behind,
        )
        for behind, pick in zip(range(len(picks) - 1, -1, -1), picks, strict=True)
    ]


def is_pick(event: Interaction) -> bool:
    """Whether an event is one of a viewer's first picks."""
    return event.event_id.startswith(_EVENT_PREFIX)
