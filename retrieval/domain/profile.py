r"""How a viewer's events become a user vector.

A recipe keeps two running vectors over the item vectors ``z`` of the movies a viewer met:

* ``weighted_sum``: ``S <- d^days * S + w z``, starting at ``kappa * xbar``;
* ``ema``: ``e <- (1 - eta) e + sign(w) eta z``, starting at ``xbar``;

and blends one of them (the base, slow) with the other (the recent, quick):

``v = r * base' + (1 - r) * f^days * recent'``

where ``'`` is scaling to unit length in recipe ``whylens`` and nothing in recipe ``paper``.
Both vectors are linear in the events, so ``v`` is a sum of one term per event plus one for the
starting profile ``xbar``: `event_coefficients` returns the factors of that sum, and every
explanation rests on them.

Source: weights 1.5 / .8 / .2, rates .3 / .45, decay .95 and blend .7 are the published system's;
the prior ``kappa`` follows the usual shrinkage of a mean towards a population mean.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.arrays import MS_PER_DAY, Matrix, Vector
from retrieval.domain.models import Interaction

__all__ = [
    "PAPER",
    "RECIPES",
    "WHYLENS",
    "EventCoefficients",
    "EventEffect",
    "EventEffects",
    "Recipe",
    "RecipeName",
    "UserState",
    "UserVector",
    "apply_event",
    "build_user_vector",
    "effective_events",
    "effects_of",
    "event_coefficients",
    "event_effect",
    "initial_state",
    "rating_effect",
    "replay",
]

RecipeName = Literal["whylens", "paper"]


@dataclass(frozen=True, slots=True)
class Recipe:
    """The constants that turn events into a user vector."""

    name: RecipeName
    base: Literal["weighted_sum", "ema"]
    """Which running vector is the slow base; the other one is the recent part."""
    blend: float
    """Share of the base in the user vector, 0 to 1."""
    prior_weight: float
    """``kappa``: how many unit-weight events the average user vector counts for in the sum."""
    sum_decay_per_day: float
    """Factor on the weighted sum for each day between events; 1 keeps everything."""
    recent_fade_per_day: float
    """Factor on the recent part for each day since the last event."""
    ema_rate: float
    ema_rate_five_stars: float
    unit_parts: bool
    """Scale base and recent to unit length before blending."""
    signed: bool
    """Whether dislikes count negatively and lukewarm ratings count less."""
    style_strength: float
    """``s``: the most that shared style tags add to a score; see `style_part`."""


WHYLENS = Recipe(
    name="whylens",
    base="weighted_sum",
    blend=0.7,
    prior_weight=10.0,
    sum_decay_per_day=1.0,
    recent_fade_per_day=0.95,
    ema_rate=0.3,
    ema_rate_five_stars=0.45,
    unit_parts=True,
    signed=True,
    # A tenth of a score at the end of a list of ten at most, and on average one in fifty. Twice as
    # much begins to cost accuracy; `make report` measures lists with and without it.
    style_strength=0.01,
)
PAPER = Recipe(
    name="paper",
    base="ema",
    blend=0.7,
    prior_weight=0.0,
    sum_decay_per_day=0.95,
    recent_fade_per_day=0.95,
    ema_rate=0.3,
    ema_rate_five_stars=0.45,
    unit_parts=False,
    signed=False,
    style_strength=0.0,
)
RECIPES: dict[RecipeName, Recipe] = {"whylens": WHYLENS, "paper": PAPER}

FIVE_STAR_WEIGHT = 1.5
WATCH_WEIGHT = 0.8
CLICK_WEIGHT = 0.2
DISLIKE_WEIGHT = -0.2


class EventEffect(NamedTuple):
    """What one event does to the two running vectors."""

    weight: float
    """Factor ``w`` of the movie's vector in the weighted sum; negative for a dislike."""
    ema_step: float
    """Step ``eta`` of the EMA in [0, 1)."""

    @property
    def sign(self) -> float:
        """Direction of the step: +1 towards the movie, -1 away from it."""
        return -1.0 if self.weight < 0.0 else 1.0


def rating_effect(rating: float, recipe: Recipe) -> EventEffect:
    """Weight and EMA step of a rating.

    Args:
        rating: Stars, 0.5 to 5.
        recipe: ``paper`` takes every rating as a watch and five stars as 1.5; ``whylens`` scales
            lukewarm ratings down and turns ratings of 2 stars or fewer negative.
    """
    if not recipe.signed:
        weight = FIVE_STAR_WEIGHT if rating >= 5.0 else WATCH_WEIGHT
    elif rating >= 4.5:
        weight = FIVE_STAR_WEIGHT
    elif rating >= 3.5:
        weight = WATCH_WEIGHT
    elif rating > 2.0:
        weight = CLICK_WEIGHT
    else:
        weight = DISLIKE_WEIGHT
    return _effect(weight, five_stars=rating >= 5.0, recipe=recipe)


def event_effect(event: Interaction, recipe: Recipe) -> EventEffect:
    """Weight and EMA step of any interaction; ratings go through `rating_effect`."""
    if event.rating is not None:
        return rating_effect(event.rating, recipe)
    weight = {
        "watch": WATCH_WEIGHT,
        "click": CLICK_WEIGHT,
        "more_like_this": FIVE_STAR_WEIGHT,
        "less_like_this": -WATCH_WEIGHT,
        "not_interested": DISLIKE_WEIGHT,
    }[event.kind]
    return _effect(weight, five_stars=False, recipe=recipe)


def _effect(weight: float, *, five_stars: bool, recipe: Recipe) -> EventEffect:
    if five_stars:
        return EventEffect(weight, recipe.ema_rate_five_stars)
    return EventEffect(weight, recipe.ema_rate * min(1.0, abs(weight) / WATCH_WEIGHT))


class EventEffects(NamedTuple):
    """The events of a log as numbers: all that running vectors and coefficients read of them."""

    times_ms: NDArray[np.int64]
    """Shape ``(n_events,)``, as the other fields."""
    weights: Vector
    steps: Vector
    signs: Vector

    def at(self, places: NDArray[np.int64]) -> "EventEffects":
        """The effects of some of the events."""
        return EventEffects(
            self.times_ms[places], self.weights[places], self.steps[places], self.signs[places]
        )


def effects_of(events: Sequence[Interaction], *, recipe: Recipe) -> EventEffects:
    """The effect of every event; a log has few different ones, so each is worked out once."""
    known: dict[tuple[str, float | None], EventEffect] = {}
    effects = []
    for event in events:
        key = (event.kind, event.rating)
        if key not in known:
            known[key] = event_effect(event, recipe)
        effects.append(known[key])
    return EventEffects(
        times_ms=np.array([event.timestamp_ms for event in events], dtype=np.int64),
        weights=np.array([effect.weight for effect in effects], dtype=np.float64),
        steps=np.array([effect.ema_step for effect in effects], dtype=np.float64),
        signs=np.array([effect.sign for effect in effects], dtype=np.float64),
    )


def effective_events(events: Iterable[Interaction]) -> list[Interaction]:
    """Order a log and drop what a later event replaces.

    Events are ordered by time, then movie id, then event id, so that the order in which equal-time
    events arrived does not matter. A rating replaces the earlier ratings of the same movie: the
    viewer changed their mind, and a rating repeated ten times is still one opinion.
    """
    ordered = sorted(events, key=lambda event: (event.timestamp_ms, event.movie_id, event.event_id))
    last_rating = {event.movie_id: event.event_id for event in ordered if event.kind == "rating"}
    return [
        event
        for event in ordered
        if event.kind != "rating" or last_rating[event.movie_id] == event.event_id
    ]


@dataclass(frozen=True, slots=True)
class UserState:
    """The two running vectors of one viewer; never changed in place."""

    weighted_sum: Vector
    """Shape ``(n_factors,)``, as of ``last_event_ms``."""
    ema: Vector
    """Shape ``(n_factors,)``."""
    last_event_ms: int | None
    """Time of the newest event, or None before the first."""
    n_events: int


def initial_state(average_user_vector: Vector, recipe: Recipe) -> UserState:
    """State of a viewer without events: the average viewer's. Shape ``(n_factors,)``."""
    return UserState(
        weighted_sum=recipe.prior_weight * average_user_vector,
        ema=average_user_vector.copy(),
        last_event_ms=None,
        n_events=0,
    )


def apply_event(state: UserState, event: Interaction, item: Vector, *, recipe: Recipe) -> UserState:
    """Move a state by one event that is not older than the newest one in it.

    Args:
        state: State before the event; left untouched.
        event: The interaction; ``event.timestamp_ms >= state.last_event_ms``.
        item: Vector of the event's movie, shape ``(n_factors,)``.
        recipe: Constants.

    Returns:
        The state after the event. Applying a log event by event gives `replay` bit for bit.

    Raises:
        ValueError: The event is older than the state, so the log must be replayed instead.
    """
    if state.last_event_ms is not None and event.timestamp_ms < state.last_event_ms:
        raise ValueError("an event older than the state needs a replay of the log")
    effect = event_effect(event, recipe)
    total = state.weighted_sum
    if recipe.sum_decay_per_day < 1.0 and state.last_event_ms is not None:
        days = (event.timestamp_ms - state.last_event_ms) / MS_PER_DAY
        total = total * recipe.sum_decay_per_day**days
    return UserState(
        weighted_sum=total + effect.weight * item,
        ema=(1.0 - effect.ema_step) * state.ema + (effect.sign * effect.ema_step) * item,
        last_event_ms=event.timestamp_ms,
        n_events=state.n_events + 1,
    )


def replay(
    effects: EventEffects, items: Matrix, average_user_vector: Vector, *, recipe: Recipe
) -> UserState:
    """Rebuild a state from the whole log.

    Args:
        effects: Effects of the effective events in order (see `effective_events`), ``n`` of them.
        items: Item vectors of the events' movies, row for row, shape ``(n, n_factors)``.
        average_user_vector: Starting profile, shape ``(n_factors,)``.
        recipe: Constants.

    Raises:
        ValueError: The events are not in order.
    """
    state = initial_state(average_user_vector, recipe)
    times = effects.times_ms
    if not times.size:
        return state
    if (times[1:] < times[:-1]).any():
        raise ValueError("events to replay have to be in order; see effective_events")
    weighted = effects.weights[:, None] * items
    if recipe.sum_decay_per_day == 1.0:
        weighted_sum = np.add.accumulate(np.vstack([state.weighted_sum, weighted]), axis=0)[-1]
    else:
        days = [0.0, *(np.diff(times) / MS_PER_DAY).tolist()]
        # Python's power, as in `apply_event`: numpy's may round otherwise.
        decays = np.array([recipe.sum_decay_per_day**gap for gap in days])
        weighted_sum = _run(state.weighted_sum, decays, weighted)
    stepped = (effects.signs * effects.steps)[:, None] * items
    return UserState(
        weighted_sum=weighted_sum,
        ema=_run(state.ema, 1.0 - effects.steps, stepped),
        last_event_ms=int(times[-1]),
        n_events=times.size,
    )


def _run(start: Vector, kept: Vector, added: Matrix) -> Vector:
    """``x <- kept[i] * x + added[i]``, with the roundings of doing it event by event.

    Args:
        start: ``x`` before the first event, shape ``(n_factors,)``.
        kept: Shape ``(n_events,)``.
        added: Shape ``(n_events, n_factors)``.
    """
    running = start
    # Factors written out as rows: numpy takes twice as long to convert a float at every step.
    for row_kept, row_added in zip(np.repeat(kept[:, None], start.size, 1), added, strict=True):
        running = row_kept * running + row_added
    return running


class UserVector(NamedTuple):
    """The served user vector and the two parts that add up to it."""

    base: Vector
    recent: Vector
    base_factor: float
    """Factor on the running vector: ``base = base_factor * running``."""
    recent_factor: float

    @property
    def total(self) -> Vector:
        """``base + recent``, shape ``(n_factors,)``: what scores are taken with."""
        return self.base + self.recent


def build_user_vector(state: UserState, *, recipe: Recipe, as_of_ms: int) -> UserVector:
    """Blend the running vectors into the user vector at a moment.

    Args:
        state: The viewer's state.
        recipe: Constants.
        as_of_ms: The moment; the recent part fades with the days since the last event. A moment
            before the last event counts as no days.
    """
    idle_days = 0.0
    if state.last_event_ms is not None:
        idle_days = max(0, as_of_ms - state.last_event_ms) / MS_PER_DAY
    base, recent = state.weighted_sum, state.ema
    if recipe.base == "ema":
        base, recent = recent, base
    base_factor = recipe.blend
    recent_factor = (1.0 - recipe.blend) * recipe.recent_fade_per_day**idle_days
    if recipe.unit_parts:
        base_factor *= _inverse_length(base)
        recent_factor *= _inverse_length(recent)
    return UserVector(base_factor * base, recent_factor * recent, base_factor, recent_factor)


def _inverse_length(vector: Vector) -> float:
    length = float(np.sqrt(vector @ vector))
    return 1.0 / length if length > 0.0 else 0.0


class EventCoefficients(NamedTuple):
    """Factors of the sum ``v = profile * xbar + sum_i events[i] * z_i``."""

    base: Vector
    """Share of each event in the base part, shape ``(n_events,)``."""
    recent: Vector
    """Share of each event in the recent part, same shape."""
    profile_base: float
    profile_recent: float

    @property
    def events(self) -> Vector:
        """Factor of each event's item vector in the whole user vector, shape ``(n_events,)``."""
        return self.base + self.recent

    @property
    def profile(self) -> float:
        """Factor of the average user vector in the whole user vector."""
        return self.profile_base + self.profile_recent


def event_coefficients(
    effects: EventEffects, user_vector: UserVector, *, recipe: Recipe
) -> EventCoefficients:
    """Unroll both recursions into one factor per event.

    ``S_n = kappa d^(t_n - t_1) xbar + sum_i w_i d^(t_n - t_i) z_i`` and
    ``e_n = prod_j (1 - eta_j) xbar + sum_i sign_i eta_i prod_{j>i} (1 - eta_j) z_i``.

    Args:
        effects: Effects of the effective events in order.
        user_vector: The vector that was served; its factors already hold blend, fade and norms.
        recipe: Constants.
    """
    times, weights, steps, signs = effects
    kept_after = np.ones(times.size + 1)
    kept_after[:-1] = np.cumprod((1.0 - steps)[::-1])[::-1]
    ema, ema_start = signs * steps * kept_after[1:], float(kept_after[0])
    total, total_start = weights, recipe.prior_weight
    if recipe.sum_decay_per_day < 1.0 and times.size:
        decay = recipe.sum_decay_per_day ** ((times[-1] - times) / MS_PER_DAY)
        total, total_start = weights * decay, total_start * float(decay[0])
    if recipe.base == "ema":
        ema, total, ema_start, total_start = total, ema, total_start, ema_start
    return EventCoefficients(
        base=user_vector.base_factor * total,
        recent=user_vector.recent_factor * ema,
        profile_base=user_vector.base_factor * total_start,
        profile_recent=user_vector.recent_factor * ema_start,
    )
