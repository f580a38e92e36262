import numpy as np
import pytest

from retrieval.domain.models import Movie
from training.notes_spread import measure_spread

TAGS = ("slow-burn", "slapstick", "western", "space")


def catalogue(n: int) -> list[Movie]:
    return [
        Movie(movie_id=i, title=f"Film {i}", year=1990, genres=("Drama",), n_ratings=i, theme_id=0)
        for i in range(n)
    ]


def measure(vectors, notes, movies):
    return measure_spread(
        notes,
        movies=movies,
        vectors=vectors,
        neighbours=10,
        min_confidence=0.5,
        rng=np.random.default_rng(0),
    )


def test_tags_that_follow_the_vectors_come_back_and_the_genre_cannot_tell():
    movies = catalogue(120)
    vectors = np.eye(4)[np.arange(120) % 4] + 0.01
    notes = {i: [TAGS[i % 4]] for i in range(120)}
    found = measure(vectors, notes, movies)
    assert found.films == 120
    assert (found.spread.precision, found.spread.recall) == (1.0, 1.0)
    assert found.least_rated.f1 == 1.0
    assert found.genre_only_best_f1 < 0.6
    assert found.calibration[-1].precision == 1.0


def test_tags_that_follow_nothing_are_rarely_lent_with_confidence():
    rng = np.random.default_rng(1)
    notes = {i: [TAGS[rng.integers(4)]] for i in range(200)}
    found = measure(rng.normal(size=(200, 8)), notes, catalogue(200))
    assert found.spread.recall < 0.3
    for one in found.calibration:
        if one.n > 50:
            assert one.precision == pytest.approx(0.25, abs=0.15)


def test_a_vector_read_off_content_takes_no_part():
    movies = catalogue(40)
    movies[0] = movies[0].model_copy(update={"vector_source": "content"})
    vectors = np.eye(4)[np.arange(40) % 4] + 0.01
    assert measure(vectors, {i: [TAGS[i % 4]] for i in range(40)}, movies).films == 39
