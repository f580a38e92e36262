"""Taste drift: what is said, what it rests on, and when nothing is said."""

import random

import pytest

from agents.build import build_chat, build_verifier
from agents.settings import AgentSettings
from retrieval.domain.evidence import DriftEvidence, ShiftEvidence
from retrieval.domain.models import Interaction
from retrieval.evidence_drift import measure_drift
from tests.support.tiny_bundle import MOVIES

DAY_MS = 86_400_000
START_MS = 1_600_000_000_000
CRIME, ROMANCE, SCIENCE_FICTION, COMEDY, ANIMATION = (
    [movie[0] for movie in MOVIES if movie[4] == theme] for theme in range(5)
)
LABEL = "Cerebral science fiction"


def log(movie_ids, *, days_apart=2.0, kind="watch"):
    return [
        Interaction(
            event_id=f"e{place}",
            movie_id=movie_id,
            kind=kind,
            timestamp_ms=int(START_MS + place * days_apart * DAY_MS),
        )
        for place, movie_id in enumerate(movie_ids)
    ]


def snapshot(room, events):
    room.store.create_viewer("drifter", events, created_ms=0)
    return room.recommender.snapshot("drifter", as_of_ms=events[-1].timestamp_ms)


@pytest.fixture
def drifted(retrieval):
    """Crime and romance for a month, then science fiction and three comedies."""
    films = [*CRIME, *ROMANCE, *COMEDY[:3], *SCIENCE_FICTION]
    return snapshot(retrieval, log(films))


def test_a_new_theme_is_told_with_its_counts_and_its_days(retrieval, drifted):
    drift, *shifts = measure_drift(retrieval.bundle, drifted)
    shift = next(s for s in shifts if s.id == "drift:theme:2")
    data = shift.data
    assert (data.recent_count, data.recent_total) == (7, 10)
    assert (data.earlier_count, data.earlier_total) == (0, len(CRIME) + len(ROMANCE))
    assert data.direction == "more"
    assert data.recent_weight > data.base_weight
    assert shift.text == (
        f"Lately more “{LABEL}”: 7 of the last 10 films you liked, against none of the"
        f" {data.earlier_total} before."
    )
    assert LABEL in drift.data.more
    assert (drift.data.earlier_from, drift.data.recent_from) == ("2020-09-13", "2020-10-13")


def test_what_went_is_told_as_well(retrieval):
    films = [*ANIMATION, *SCIENCE_FICTION, *ROMANCE[:3], *CRIME]
    directions = {
        piece.id: piece.data.direction
        for piece in measure_drift(retrieval.bundle, snapshot(retrieval, log(films)))
        if isinstance(piece, ShiftEvidence)
    }
    assert directions["drift:theme:0"] == "more"
    assert directions["drift:genre:Sci-Fi"] == "less"
    assert "drift:theme:1" not in directions


def test_the_cosine_is_that_of_the_two_parts_of_the_user_vector(retrieval, drifted):
    drift = measure_drift(retrieval.bundle, drifted)[0]
    base, recent = drifted.user_vector.base, drifted.user_vector.recent
    expected = base @ recent / ((base @ base) * (recent @ recent)) ** 0.5
    assert isinstance(drift, DriftEvidence)
    assert drift.data.cosine == pytest.approx(expected)


@pytest.mark.parametrize(
    "events",
    [
        log([*CRIME[:4], *SCIENCE_FICTION[:4]]),
        log([*CRIME, *ROMANCE, *COMEDY[:3], *SCIENCE_FICTION], days_apart=0.01),
        log([film for four in zip(CRIME, ROMANCE, SCIENCE_FICTION, strict=False) for film in four]),
        log([*CRIME, *ROMANCE, *SCIENCE_FICTION], kind="click"),
    ],
    ids=["too few likes", "one sitting", "the same all along", "nothing liked"],
)
def test_nothing_is_said_without_grounds(retrieval, events):
    assert measure_drift(retrieval.bundle, snapshot(retrieval, events)) == []


def test_an_empty_history_has_no_drift(retrieval):
    viewer_id, _ = retrieval.new_viewers.create([])
    assert measure_drift(retrieval.bundle, retrieval.recommender.snapshot(viewer_id)) == []


def test_shuffled_histories_seldom_drift(retrieval):
    films = [*CRIME, *ROMANCE, *SCIENCE_FICTION, *COMEDY]
    base = retrieval.recommender.snapshot("ml:1")
    rng = random.Random(5)
    n_drifting = 0
    for _ in range(200):
        shuffled = retrieval.recommender.with_log(base, log(rng.sample(films, len(films))))
        n_drifting += bool(measure_drift(retrieval.bundle, shuffled))
    assert n_drifting <= 0.08 * 200


def test_drift_is_part_of_the_taste_profile_and_of_the_answer(retrieval, drifted, tiny_home):
    pieces = {piece.id: piece for piece in retrieval.evidence.taste(drifted)}
    assert {"drift", "drift:theme:2"} <= pieces.keys()
    chat = build_chat(retrieval, AgentSettings(provider="offline"), home=tiny_home)
    answer = chat.ask_once("drifter", "what do you know about me?")
    assert "Lately more" in answer.text
    assert answer.verification.replaced == 0


def test_its_sentences_are_checked(retrieval, drifted):
    verifier = build_verifier(retrieval.bundle)
    pieces = {piece.id: piece for piece in measure_drift(retrieval.bundle, drifted)}
    for piece in pieces.values():
        assert verifier.verify(piece.text, [piece.id], pieces) == []
    ids = ["drift:theme:2"]
    true = f"Seven of your last ten favourites are {LABEL}; before, none of 15 were."
    assert verifier.verify(true, ids, pieces) == []
    for false, kind in [
        (f"Lately less “{LABEL}”.", "direction"),
        (f"Lately more “{LABEL}”: 10 of the last 10 films you liked.", "number"),
        (f"Lately more “{LABEL}”: 7 of the last 10 films, against 10 of the 15 before.", "number"),
        ("Lately more knockabout comedies.", "theme"),
    ]:
        assert kind in {p.kind for p in verifier.verify(false, ids, pieces)}, false
    viewer = {piece.id: piece for piece in retrieval.evidence.taste(drifted)}
    found = verifier.verify("Lately you like more crime.", ["viewer"], viewer)
    assert "direction" in {problem.kind for problem in found}
