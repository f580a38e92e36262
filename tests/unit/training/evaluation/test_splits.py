import numpy as np
import pandas as pd

from training.evaluation.splits import split_last_per_user, split_rows


def ratings(n_users: int = 7, n_movies: int = 13) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    rows = [
        (user, movie, 3.0, int(rng.integers(0, 50)))
        for user in range(1, n_users + 1)
        for movie in range(1, n_movies + 1)
    ]
    return pd.DataFrame(rows, columns=["user_id", "movie_id", "rating", "timestamp"])


def pairs(frame: pd.DataFrame) -> set[tuple[int, int]]:
    return set(zip(frame["user_id"], frame["movie_id"], strict=True))


def test_a_row_split_keeps_every_row_once_and_rounds_the_share():
    split = split_rows(ratings(), test_share=0.2, seed=0)
    assert len(split.test) == round(0.2 * 91)
    assert pairs(split.train) | pairs(split.test) == pairs(ratings())
    assert not pairs(split.train) & pairs(split.test)


def test_a_row_split_depends_on_rows_and_seed_not_on_their_order():
    shuffled = ratings().sample(frac=1.0, random_state=3)
    same = split_rows(shuffled, test_share=0.2, seed=1)
    assert pairs(same.test) == pairs(split_rows(ratings(), test_share=0.2, seed=1).test)
    assert pairs(same.test) != pairs(split_rows(ratings(), test_share=0.2, seed=2).test)


def test_the_newest_ratings_of_each_user_are_held_out():
    frame = pd.DataFrame(
        {
            "user_id": [1] * 10 + [2] * 3,
            "movie_id": list(range(1, 14)),
            "rating": 4.0,
            "timestamp": [5, 1, 9, 3, 7, 8, 2, 6, 4, 0, 30, 10, 20],
        }
    )
    split = split_last_per_user(frame, test_share=0.2, seed=0)
    assert pairs(split.test) == {(1, 3), (1, 6), (2, 11)}
    for user, test in split.test.groupby("user_id"):
        train = split.train[split.train["user_id"] == user]
        assert train["timestamp"].max() <= test["timestamp"].min()


def test_a_user_with_one_rating_gives_it_to_the_test_part():
    frame = pd.DataFrame({"user_id": [9], "movie_id": [1], "rating": [4.0], "timestamp": [0]})
    split = split_last_per_user(frame, test_share=0.2, seed=0)
    assert len(split.train) == 0
    assert len(split.test) == 1


def test_ratings_of_the_same_second_are_dealt_by_seed_and_never_by_rating():
    frame = pd.DataFrame(
        {"user_id": 1, "movie_id": range(1, 101), "rating": [5.0, 1.0] * 50, "timestamp": 7}
    )
    one, again, other = (
        split_last_per_user(frame, test_share=0.2, seed=seed).test for seed in (0, 0, 1)
    )
    assert pairs(one) == pairs(again) != pairs(other)
    assert 5 <= (one["rating"] == 5.0).sum() <= 15


def test_no_pair_is_on_both_sides_and_none_is_lost():
    split = split_last_per_user(ratings(), test_share=0.2, seed=3)
    assert not pairs(split.train) & pairs(split.test)
    assert pairs(split.train) | pairs(split.test) == pairs(ratings())
