"""Measures whether the onboarding list does its work: known films, varied, that move the list.

Simulated viewers start from the average and pick film by film; what counts is how much of the top
ten each pick changes, and whether it changes towards the picks.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from retrieval.bundle import Bundle
from retrieval.domain.arrays import unit_rows
from retrieval.domain.models import Movie, MovieId, ViewerId
from retrieval.domain.recommendation import ViewerSnapshot
from retrieval.onboarding import Pick, pick_events
from retrieval.recommender import Recommender

__all__ = ["ListMeasure", "OnboardingReport", "PickMeasure", "check_onboarding"]

N_PICKS: Final = 5
_TOP: Final = 10
_MOMENT_MS: Final = 1_500_000_000_000
_MOST_VIEWERS: Final = 2_000
_LIKED_STARS: Final = 4.0

_MOST_KEPT: Final = 7.0
"""Films of the first top ten that five picks may leave, on average over the viewers of a kind."""
_FEWEST_KNOWING: Final = 1 / 3
"""Share of the dataset's viewers who have to know five films of the list."""
_FEWEST_DECADES: Final = 6
_FEWEST_THEMES: Final = 0.75
"""Themes of the list, as a share of its films or of all themes, whichever are fewer."""


class ListMeasure(NamedTuple):
    """How well known and how varied a list of films is."""

    name: str
    median_popularity_rank: float
    know_five: float
    """Share of the dataset's viewers who rated at least five of its films."""
    n_themes: int
    n_decades: int
    mean_similarity: float
    """Mean cosine of two of its films."""
    largest_similarity: float


class PickMeasure(NamedTuple):
    """What five picks do to the top ten, mean over simulated viewers."""

    name: str
    n_viewers: int
    kept_each: tuple[float, ...]
    """Films of the ten that stay at each pick."""
    kept_of_start: tuple[float, ...]
    """Films of the average viewer's ten that are left after each pick."""
    theme_share: tuple[float, ...]
    """Share of the ten in the picked themes, before any pick and after each."""
    likeness: tuple[float, ...]
    """Mean cosine of the ten with the five picks, before any pick and after each."""


class OnboardingReport(NamedTuple):
    """The measured list, the lists it is held against, and what picks do."""

    lists: tuple[ListMeasure, ...]
    """The onboarding list first, then the most rated films and random ones."""
    picks: tuple[PickMeasure, ...]
    problems: tuple[str, ...]
    """What falls short of the thresholds; empty when nothing does."""


class _Context(NamedTuple):
    bundle: Bundle
    recommender: Recommender
    start: ViewerSnapshot
    """Any viewer at the moment of ranking; logs are put in place of theirs."""
    by_fame: list[Movie]
    histories: list[dict[MovieId, float]]
    """Stars by movie of each dataset viewer looked at."""


def check_onboarding(recommender: Recommender, chosen: Sequence[MovieId]) -> OnboardingReport:
    """Measure an onboarding list on the bundle that serves; nothing is saved.

    Args:
        recommender: Ranks for the simulated viewers.
        chosen: The list, two films or more.
    """
    bundle = recommender.bundle
    any_viewer = ViewerId(f"ml:{bundle.dataset_viewer_ids()[0]}")
    context = _Context(
        bundle,
        recommender,
        recommender.snapshot(any_viewer, as_of_ms=_MOMENT_MS),
        sorted(bundle.movies, key=lambda movie: (-movie.n_ratings, movie.movie_id)),
        _histories(bundle),
    )
    lists = tuple(
        _measure_list(context, name, movie_ids) for name, movie_ids in _lists(context, chosen)
    )
    picks = tuple(
        _measure_picks(context, name, viewers)
        for name, viewers in _viewers(context, chosen)
        if viewers
    )
    return OnboardingReport(lists, picks, tuple(_problems(context, lists[0], len(chosen), picks)))


def _histories(bundle: Bundle) -> list[dict[MovieId, float]]:
    user_ids = bundle.dataset_viewer_ids()
    step = max(1, len(user_ids) // _MOST_VIEWERS)
    return [
        {e.movie_id: e.rating for e in bundle.dataset_events(user_id) if e.rating is not None}
        for user_id in user_ids[::step]
    ]


def _lists(context: _Context, chosen: Sequence[MovieId]) -> list[tuple[str, list[MovieId]]]:
    n = len(chosen)
    rated = [movie.movie_id for movie in context.by_fame if movie.n_ratings]
    drawn = np.random.default_rng(0).choice(len(rated), size=min(n, len(rated)), replace=False)
    return [
        ("onboarding", list(chosen)),
        ("most rated", rated[:n]),
        ("random", [rated[int(place)] for place in drawn]),
    ]


def _measure_list(context: _Context, name: str, movie_ids: Sequence[MovieId]) -> ListMeasure:
    ranks = {movie.movie_id: rank for rank, movie in enumerate(context.by_fame, start=1)}
    movies = [context.bundle.movie(movie_id) for movie_id in movie_ids]
    units = unit_rows(context.bundle.vectors(movie_ids))
    pairs = (units @ units.T)[np.triu_indices(len(movie_ids), 1)]
    known = [sum(m in history for m in movie_ids) >= N_PICKS for history in context.histories]
    return ListMeasure(
        name,
        float(np.median([ranks[movie_id] for movie_id in movie_ids])),
        float(np.mean(known)) if known else 0.0,
        len({movie.theme_id for movie in movies}),
        len({movie.year // 10 for movie in movies if movie.year is not None}),
        float(pairs.mean()),
        float(pairs.max()),
    )


def _viewers(context: _Context, chosen: Sequence[MovieId]) -> list[tuple[str, list[list[MovieId]]]]:
    """Five likes each: of one theme, of two, and what dataset viewers liked of the list."""
    best: Mapping[int, list[MovieId]] = {
        theme_id: [m.movie_id for m in context.by_fame if m.theme_id == theme_id][:N_PICKS]
        for theme_id in sorted(context.bundle.themes)
    }
    full = [films for films in best.values() if len(films) == N_PICKS]
    mixed = [
        [*one[:3], *other[:2]] for one, other in zip(full, [*full[1:], *full[:1]], strict=True)
    ]
    liked = [
        [m for m in chosen if history.get(m, 0.0) >= _LIKED_STARS][:N_PICKS]
        for history in context.histories
    ]
    return [
        ("one theme", full),
        ("two themes", mixed),
        ("own likes", [films for films in liked if len(films) == N_PICKS]),
    ]


def _measure_picks(
    context: _Context, name: str, viewers: Sequence[Sequence[MovieId]]
) -> PickMeasure:
    each, of_start, shares, likeness = [], [], [], []
    for films in viewers:
        tops = [_top(context, films[:count]) for count in range(N_PICKS + 1)]
        each.append([len(set(a) & set(b)) for a, b in pairwise(tops)])
        of_start.append([len(set(tops[0]) & set(top)) for top in tops[1:]])
        shares.append([_theme_share(context.bundle, top, films) for top in tops])
        likeness.append([_likeness(context.bundle, top, films) for top in tops])
    return PickMeasure(
        name, len(viewers), _means(each), _means(of_start), _means(shares), _means(likeness)
    )


def _means(rows: Sequence[Sequence[float]]) -> tuple[float, ...]:
    return tuple(float(value) for value in np.mean(rows, axis=0))


def _top(context: _Context, liked: Sequence[MovieId]) -> list[MovieId]:
    picks = [Pick(movie_id, liked=True) for movie_id in liked]
    events = pick_events(picks, now_ms=context.start.as_of_ms)
    viewer = context.recommender.with_log(context.start, events)
    return [movie_id for movie_id, _ in context.recommender.top_movie_ids(viewer, n=_TOP)]


def _theme_share(bundle: Bundle, top: Sequence[MovieId], films: Sequence[MovieId]) -> float:
    picked = {bundle.movie(movie_id).theme_id for movie_id in films}
    return sum(bundle.movie(movie_id).theme_id in picked for movie_id in top) / len(top)


def _likeness(bundle: Bundle, top: Sequence[MovieId], films: Sequence[MovieId]) -> float:
    cosines = unit_rows(bundle.vectors(top)) @ unit_rows(bundle.vectors(films)).T
    return float(cosines.mean())


def _problems(
    context: _Context, chosen: ListMeasure, n_films: int, picks: Sequence[PickMeasure]
) -> list[str]:
    needed_themes = _FEWEST_THEMES * min(n_films, len(context.bundle.themes))
    found = []
    if chosen.know_five < _FEWEST_KNOWING:
        found.append(f"only {chosen.know_five:.0%} of viewers know five films of the list")
    if chosen.n_themes < needed_themes:
        found.append(f"{chosen.n_themes} themes, not {needed_themes:.0f}")
    if chosen.n_decades < _FEWEST_DECADES:
        found.append(f"{chosen.n_decades} decades, not {_FEWEST_DECADES}")
    for measure in picks:
        if measure.kept_of_start[-1] > _MOST_KEPT:
            found.append(
                f"five picks ({measure.name}) leave {measure.kept_of_start[-1]:.1f} of the first"
                f" {_TOP} films, not {_MOST_KEPT:.0f} or fewer"
            )
        if measure.likeness[-1] <= measure.likeness[0]:
            found.append(f"five picks ({measure.name}) do not draw the list towards them")
    return found
