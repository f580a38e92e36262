import numpy as np
import pytest

from training.movielens import UserTag
from training.notes_agreement import measure_agreement

DRAMA, COMEDY = ("Drama",), ("Comedy", "Drama")
NOTES = {
    1: ["slow-burn", "grief"],
    2: ["bleak", "grief"],
    3: ["bleak", "grief"],
    4: ["slapstick", "wedding"],
}
GENRES = {1: DRAMA, 2: DRAMA, 3: DRAMA, 4: COMEDY}


def measure(user_tags, notes=NOTES, genres=GENRES):
    return measure_agreement(
        notes,
        genres=genres,
        user_tags=user_tags,
        canonical={"slow": "slow-burn", "sad": "grief", "grim": "bleak", "fun": "slapstick"}.get,
        rng=np.random.default_rng(0),
    )


def test_recall_of_note_other_film_and_genre_by_hand():
    said = [UserTag(1, 1, "slow"), UserTag(2, 1, "slow"), UserTag(1, 1, "sad")]
    found = measure([*said, UserTag(1, 2, "grim"), UserTag(1, 1, "seen on a plane")])
    assert (found.films, found.pairs) == (2, 3)
    assert found.notes.hits == 3
    # Film 1: both others carry grief and none slow-burn. Film 2: one of its two others is bleak.
    assert found.other_film.hits == pytest.approx(1.0 + 0.5)
    # Film 1's genre says bleak and grief; film 2's says grief, then bleak.
    assert found.genre_tags.hits == 2
    assert found.times_other_film.mean == pytest.approx(2.0)
    assert found.times_genre_tags.mean == pytest.approx(1.5)
    assert found.times_genre_tags.low <= 1.5 <= found.times_genre_tags.high


def test_the_only_film_of_a_genre_has_no_yardstick_and_is_left_out():
    assert measure([UserTag(1, 4, "fun")]) is None
    with_others = measure([UserTag(1, 4, "fun"), UserTag(1, 2, "grim"), UserTag(1, 1, "sad")])
    assert with_others.films == 2


def test_nothing_said_is_not_measured():
    assert measure([]) is None
    assert measure([UserTag(1, 1, "seen on a plane")]) is None


def test_notes_swapped_between_films_lose_their_lead():
    rng = np.random.default_rng(3)
    names = [f"tag {i}" for i in range(40)]
    notes = {m: list(rng.choice(names, size=5, replace=False)) for m in range(200)}
    user_tags = [UserTag(1, m, tags[0]) for m, tags in notes.items()]
    genres = dict.fromkeys(notes, DRAMA)
    swapped = {m: notes[(m + 1) % 200] for m in notes}

    def times(given):
        found = measure_agreement(
            given,
            genres=genres,
            user_tags=user_tags,
            canonical=lambda text: text,
            rng=np.random.default_rng(0),
        )
        return found.times_other_film.mean

    assert times(notes) > 5
    assert times(swapped) < 2
