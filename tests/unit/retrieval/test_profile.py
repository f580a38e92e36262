import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.contributions import trim_contributions
from retrieval.domain.arrays import MS_PER_DAY
from retrieval.domain.models import EventId, Interaction, MovieId
from retrieval.domain.profile import (
    PAPER,
    RECIPES,
    WHYLENS,
    apply_event,
    build_user_vector,
    effective_events,
    effects_of,
    event_coefficients,
    event_effect,
    initial_state,
    rating_effect,
    replay,
)
from retrieval.domain.scoring import score_parts, split_scores
from retrieval.domain.style_part import StyleShare

N_FACTORS = 4
ITEMS = np.random.default_rng(3).normal(size=(30, N_FACTORS))
AVERAGE = ITEMS.mean(axis=0)


def rated(movie_id: int, stars: float, day: float = 0.0, event_id: str = "") -> Interaction:
    return Interaction(
        event_id=EventId(event_id or f"e{movie_id}-{day}"),
        movie_id=MovieId(movie_id),
        kind="rating",
        rating=stars,
        timestamp_ms=int(day * MS_PER_DAY),
    )


def vectors_of(events):
    return ITEMS[[event.movie_id for event in events]].reshape(len(events), N_FACTORS)


def state_of(events, recipe):
    return replay(effects_of(events, recipe=recipe), vectors_of(events), AVERAGE, recipe=recipe)


interactions = st.lists(
    st.tuples(
        st.integers(0, 29),
        st.sampled_from(
            ["watch", "click", "more_like_this", "less_like_this", "not_interested", *range(1, 11)]
        ),
        st.integers(0, 400),
    ),
    max_size=40,
).map(
    lambda rows: [
        Interaction(
            event_id=EventId(f"e{i}"),
            movie_id=MovieId(movie_id),
            kind="rating" if isinstance(kind, int) else kind,
            rating=kind / 2 if isinstance(kind, int) else None,
            timestamp_ms=day * MS_PER_DAY // 7,
        )
        for i, (movie_id, kind, day) in enumerate(rows)
    ]
)


def test_published_weights_and_rates():
    assert rating_effect(5.0, WHYLENS) == (1.5, 0.45)
    assert rating_effect(4.0, WHYLENS) == (0.8, 0.3)
    assert rating_effect(3.0, WHYLENS) == pytest.approx((0.2, 0.075))
    assert rating_effect(1.0, WHYLENS).weight < 0
    assert rating_effect(1.0, PAPER) == (0.8, 0.3)


def test_one_five_star_rating_moves_the_ema_by_45_percent():
    event = rated(2, 5.0)
    state = state_of([event], WHYLENS)
    np.testing.assert_allclose(state.ema, 0.55 * AVERAGE + 0.45 * ITEMS[2])
    np.testing.assert_allclose(state.weighted_sum, 10 * AVERAGE + 1.5 * ITEMS[2])


def test_the_published_sum_halves_in_thirteen_and_a_half_days():
    state = state_of([rated(2, 4.0, day=0), rated(3, 4.0, day=13.513)], PAPER)
    np.testing.assert_allclose(state.weighted_sum, 0.8 * (0.5 * ITEMS[2] + ITEMS[3]), rtol=1e-3)


def test_the_recent_part_fades_while_the_viewer_is_idle():
    state = state_of([rated(2, 5.0)], WHYLENS)
    today = build_user_vector(state, recipe=WHYLENS, as_of_ms=0)
    later = build_user_vector(state, recipe=WHYLENS, as_of_ms=10 * MS_PER_DAY)
    np.testing.assert_allclose(np.linalg.norm(today.base), 0.7)
    np.testing.assert_allclose(np.linalg.norm(today.recent), 0.3)
    np.testing.assert_allclose(later.recent, today.recent * 0.95**10)
    np.testing.assert_allclose(later.base, today.base)


def test_a_dislike_moves_the_vector_away_from_the_movie():
    before = build_user_vector(initial_state(AVERAGE, WHYLENS), recipe=WHYLENS, as_of_ms=0)
    for event in (rated(4, 1.0), rated(4, 2.0)):
        state = state_of([event], WHYLENS)
        after = build_user_vector(state, recipe=WHYLENS, as_of_ms=0)
        assert after.total @ ITEMS[4] < before.total @ ITEMS[4]


def test_a_later_rating_replaces_an_earlier_one():
    log = [rated(1, 1.0, day=0), rated(2, 4.0, day=1), rated(1, 5.0, day=2)]
    assert [(e.movie_id, e.rating) for e in effective_events(log)] == [(2, 4.0), (1, 5.0)]


def test_an_older_event_is_refused_instead_of_misplaced():
    state = state_of([rated(1, 4.0, day=5)], WHYLENS)
    with pytest.raises(ValueError, match="replay"):
        apply_event(state, rated(2, 4.0, day=1), ITEMS[2], recipe=WHYLENS)


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES)
@given(log=interactions, idle_days=st.integers(0, 60), movie=st.integers(0, 29))
@settings(max_examples=60, deadline=None)
def test_contributions_add_up_to_the_score(recipe, log, idle_days, movie):
    events = effective_events(log)
    state = state_of(events, recipe)
    moment = (state.last_event_ms or 0) + idle_days * MS_PER_DAY
    vector = build_user_vector(state, recipe=recipe, as_of_ms=moment)
    coefficients = event_coefficients(effects_of(events, recipe=recipe), vector, recipe=recipe)
    item = ITEMS[movie]
    style = StyleShare(0.7, (("slow-burn", 0.4), ("neo-noir", 0.3)))
    (split,) = split_scores(
        vector,
        coefficients,
        vectors_of(events),
        AVERAGE,
        item[None],
        [style],
        events,
        "film {}".format,
    )
    score = float(vector.total @ item) + 0.7
    assert split.score == pytest.approx(score, abs=1e-12)
    assert abs(split.residual) < 1e-9
    values = [contribution.value for contribution in split.contributions]
    assert values == sorted(values, reverse=True)
    assert len(values) == len(events) + 3
    assert sum(values) + split.residual == pytest.approx(score, abs=1e-12)
    parts = score_parts(vector, ITEMS[movie], style.total)
    assert parts.base + parts.recent + parts.style == pytest.approx(score, abs=1e-12)


@given(log=interactions)
@settings(max_examples=60, deadline=None)
def test_applying_one_by_one_is_replaying_bit_for_bit(log):
    events = effective_events(log)
    state = initial_state(AVERAGE, WHYLENS)
    for event in events:
        state = apply_event(state, event, ITEMS[event.movie_id], recipe=WHYLENS)
    whole = state_of(events, WHYLENS)
    assert state.ema.tobytes() == whole.ema.tobytes()
    assert state.weighted_sum.tobytes() == whole.weighted_sum.tobytes()


@given(log=interactions, seed=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None)
def test_the_order_in_which_events_arrive_does_not_matter(log, seed):
    shuffled = list(log)
    seed.shuffle(shuffled)
    assert effective_events(shuffled) == effective_events(log)


@given(log=interactions, scale=st.floats(0.01, 100))
@settings(max_examples=40, deadline=None)
def test_scaling_all_item_vectors_does_not_turn_the_user_vector(log, scale):
    events = effective_events(log)
    plain = build_user_vector(state_of(events, WHYLENS), recipe=WHYLENS, as_of_ms=0).total
    effects = effects_of(events, recipe=WHYLENS)
    scaled_state = replay(effects, scale * vectors_of(events), scale * AVERAGE, recipe=WHYLENS)
    scaled = build_user_vector(scaled_state, recipe=WHYLENS, as_of_ms=0).total
    np.testing.assert_allclose(scaled, plain, atol=1e-9)


def test_every_kind_of_interaction_has_an_effect():
    kinds = ["watch", "click", "more_like_this", "less_like_this", "not_interested"]
    effects = {
        kind: event_effect(
            Interaction(event_id=EventId("e"), movie_id=MovieId(1), kind=kind, timestamp_ms=0),
            WHYLENS,
        )
        for kind in kinds
    }
    assert effects["more_like_this"].weight > effects["watch"].weight > effects["click"].weight > 0
    assert effects["less_like_this"].weight < effects["not_interested"].weight < 0


@given(log=interactions, top=st.integers(0, 40), movie=st.integers(0, 29))
@settings(max_examples=60, deadline=None)
def test_the_largest_contributions_and_the_rest_are_the_whole(log, top, movie):
    events = effective_events(log)
    vector = build_user_vector(state_of(events, WHYLENS), recipe=WHYLENS, as_of_ms=0)
    (split,) = split_scores(
        vector,
        event_coefficients(effects_of(events, recipe=WHYLENS), vector, recipe=WHYLENS),
        vectors_of(events),
        AVERAGE,
        ITEMS[movie][None],
        [StyleShare(0.3, (("slow-burn", 0.3),))],
        events,
        "film {}".format,
    )
    trimmed = trim_contributions(split.contributions, top=top)
    assert [(c.source, c.event_id) for c in split.largest(top)] == [
        (c.source, c.event_id) for c in trimmed
    ]
    total = sum(c.value for c in split.contributions)
    assert sum(c.value for c in split.largest(top)) == pytest.approx(total, abs=1e-12)
