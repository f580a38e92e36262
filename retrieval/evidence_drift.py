"""Evidence of taste drift: what the newest likes hold more and less of than the ones before.

Both the films and the user vector have to say so: the counts must differ more than a shuffled
history's would, and the recent part of the vector must lean the same way against its base.
"""

from collections import Counter
from collections.abc import Sequence
from math import comb
from typing import Literal, NamedTuple

import numpy as np

from retrieval.bundle import Bundle
from retrieval.domain.arrays import MS_PER_DAY, Vector
from retrieval.domain.evidence import DriftData, DriftEvidence, ShiftData, ShiftEvidence
from retrieval.domain.models import MovieId, ThemeId
from retrieval.domain.profile import event_effect
from retrieval.domain.recommendation import ViewerSnapshot
from retrieval.evidence_history import LIKED_WEIGHT
from retrieval.wording import as_date, as_list

__all__ = ["measure_drift"]

_MOST_RECENT = 10
"""Newest likes that are compared with the rest: they make up 96 % of the recent part (median)."""
_FEWEST_RECENT = 5
_FEWEST_DAYS = 7.0
"""Days that the middle of the newest likes lies after the middle of the others, at least: films
that were all rated in one sitting stand in the order they were shown, not in that of a life."""
_CHANCE = 0.005
"""Probability of a difference as large in a shuffled history, for one trait. Over all traits of a
viewer it comes to one in twenty: 5 % of shuffled MovieLens histories drift, 44 % of true ones."""
_NAMED_SHIFTS = 2
"""In either direction."""
_NAMED_FILMS = 5


class _Trait(NamedTuple):
    kind: Literal["genre", "theme"]
    key: str | ThemeId


class _Like(NamedTuple):
    movie_id: MovieId
    timestamp_ms: int
    base: float
    recent: float


def measure_drift(bundle: Bundle, viewer: ViewerSnapshot) -> list[DriftEvidence | ShiftEvidence]:
    """The drift and the shifts behind it, clearest first.

    Returns:
        Nothing when fewer than ten films were liked, when the newest likes are hardly younger than
        the others, or when no genre and no theme came or went more than by chance.
    """
    likes = _likes(bundle, viewer)
    n_recent = min(_MOST_RECENT, len(likes) // 2)
    earlier, recent = likes[: len(likes) - n_recent], likes[len(likes) - n_recent :]
    if n_recent < _FEWEST_RECENT or _days_between(earlier, recent) < _FEWEST_DAYS:
        return []
    shifts = _shifts(bundle, earlier, recent)
    if not shifts:
        return []
    data = DriftData(
        cosine=_cosine(viewer.user_vector.base, viewer.user_vector.recent),
        more=tuple(shift.data.name for shift in shifts if shift.data.direction == "more"),
        less=tuple(shift.data.name for shift in shifts if shift.data.direction == "less"),
        **_period(earlier, recent),
    )
    return [DriftEvidence(id="drift", text=_drift_text(shifts, data), data=data), *shifts]


def _likes(bundle: Bundle, viewer: ViewerSnapshot) -> list[_Like]:
    """Liked films in order of time, each once, at its newest event."""
    found: dict[MovieId, _Like] = {}
    coefficients = viewer.coefficients
    for event, base, recent in zip(
        viewer.events, coefficients.base, coefficients.recent, strict=True
    ):
        if event_effect(event, bundle.recipe).weight >= LIKED_WEIGHT:
            found.pop(event.movie_id, None)
            found[event.movie_id] = _Like(
                event.movie_id, event.timestamp_ms, float(base), float(recent)
            )
    return list(found.values())


def _days_between(earlier: Sequence[_Like], recent: Sequence[_Like]) -> float:
    if not earlier or not recent:
        return 0.0
    middles = [np.median([like.timestamp_ms for like in likes]) for likes in (earlier, recent)]
    return float(middles[1] - middles[0]) / MS_PER_DAY


def _shifts(
    bundle: Bundle, earlier: Sequence[_Like], recent: Sequence[_Like]
) -> list[ShiftEvidence]:
    counts = [
        Counter(trait for like in likes for trait in _traits(bundle, like.movie_id))
        for likes in (earlier, recent)
    ]
    before, now = counts
    n_likes, n_recent = len(earlier) + len(recent), len(recent)
    ranked = []
    for trait in {*before, *now}:
        n_carriers = before[trait] + now[trait]
        is_more = now[trait] * n_likes > n_carriers * n_recent
        bounds = (now[trait], n_recent) if is_more else (0, now[trait])
        chance = _chance_within(*bounds, n_likes, n_carriers, n_recent)
        if chance <= _CHANCE and _vector_agrees(bundle, trait, [*earlier, *recent], is_more):
            ranked.append((chance, trait, is_more))
    ranked.sort(key=lambda item: (item[0], item[1].kind, str(item[1].key)))
    more = [trait for _, trait, is_more in ranked if is_more][:_NAMED_SHIFTS]
    less = [trait for _, trait, is_more in ranked if not is_more][:_NAMED_SHIFTS]
    return [
        _shift(bundle, trait, earlier, recent, is_more=trait in more)
        for _, trait, _ in ranked
        if trait in more or trait in less
    ]


def _traits(bundle: Bundle, movie_id: MovieId) -> list[_Trait]:
    movie = bundle.movie(movie_id)
    genres = [_Trait("genre", genre) for genre in movie.genres]
    return [*genres, _Trait("theme", movie.theme_id)]


def _chance_within(low: int, high: int, n_likes: int, n_carriers: int, n_recent: int) -> float:
    """Hypergeometric probability that ``low`` to ``high`` of the newest likes are carriers."""
    highest = min(high, n_carriers, n_recent)
    ways = sum(
        comb(n_carriers, k) * comb(n_likes - n_carriers, n_recent - k)
        for k in range(low, highest + 1)
    )
    return ways / comb(n_likes, n_recent)


def _vector_agrees(bundle: Bundle, trait: _Trait, likes: Sequence[_Like], is_more: bool) -> bool:
    recent_weight, base_weight = _weights(bundle, trait, likes)
    return (recent_weight > base_weight) == is_more


def _weights(bundle: Bundle, trait: _Trait, likes: Sequence[_Like]) -> tuple[float, float]:
    """Shares of the recent part and of the base that liked films with the trait make up."""
    carries = [trait in _traits(bundle, like.movie_id) for like in likes]
    recent = np.array([like.recent for like in likes])
    base = np.array([like.base for like in likes])
    return (
        float(recent[carries].sum() / (recent.sum() or 1.0)),
        float(base[carries].sum() / (base.sum() or 1.0)),
    )


def _shift(
    bundle: Bundle,
    trait: _Trait,
    earlier: Sequence[_Like],
    recent: Sequence[_Like],
    *,
    is_more: bool,
) -> ShiftEvidence:
    films = [like.movie_id for like in recent if trait in _traits(bundle, like.movie_id)]
    earlier_count = sum(trait in _traits(bundle, like.movie_id) for like in earlier)
    recent_weight, base_weight = _weights(bundle, trait, [*earlier, *recent])
    theme = bundle.themes[ThemeId(int(trait.key))] if trait.kind == "theme" else None
    data = ShiftData(
        trait=trait.kind,
        name=theme.label if theme else str(trait.key),
        theme_id=theme.theme_id if theme else None,
        direction="more" if is_more else "less",
        recent_count=len(films),
        earlier_count=earlier_count,
        recent_share=len(films) / len(recent),
        earlier_share=earlier_count / len(earlier),
        recent_weight=recent_weight,
        base_weight=base_weight,
        recent_titles=tuple(bundle.movie(movie_id).name for movie_id in films[::-1][:_NAMED_FILMS]),
        **_period(earlier, recent),
    )
    return ShiftEvidence(id=f"drift:{trait.kind}:{trait.key}", text=_shift_text(data), data=data)


def _period(earlier: Sequence[_Like], recent: Sequence[_Like]) -> dict[str, int | str]:
    return {
        "recent_total": len(recent),
        "earlier_total": len(earlier),
        "recent_from": as_date(recent[0].timestamp_ms),
        "recent_to": as_date(recent[-1].timestamp_ms),
        "earlier_from": as_date(earlier[0].timestamp_ms),
        "earlier_to": as_date(earlier[-1].timestamp_ms),
    }


def _cosine(a: Vector, b: Vector) -> float:
    lengths = float(np.sqrt(a @ a) * np.sqrt(b @ b))
    return float(a @ b) / lengths if lengths else 0.0


def _shift_text(data: ShiftData) -> str:
    recent = data.recent_count or "none"
    earlier = data.earlier_count or "none"
    return (
        f"Lately {data.direction} {_named(data)}: {recent} of the last {data.recent_total} films"
        f" you liked, against {earlier} of the {data.earlier_total} before."
    )


def _drift_text(shifts: Sequence[ShiftEvidence], data: DriftData) -> str:
    parts = []
    for direction in ("more", "less"):
        names = [_named(s.data) for s in shifts if s.data.direction == direction]
        if names:
            parts.append(f"{direction} to {as_list(names)}")
    return (
        f"Since {data.recent_from} your likes lean {as_list(parts)} than the"
        f" {data.earlier_total} before."
    )


def _named(data: ShiftData) -> str:
    return f"“{data.name}”" if data.trait == "theme" else data.name.lower()
