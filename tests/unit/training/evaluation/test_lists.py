import numpy as np
import pytest

from tests.support.rating_frames import rating_frame, shelf_of
from training.evaluation.lists import RankingTask, like_matrix
from training.evaluation.splits import Split
from training.settings import TrainingSettings

SETTINGS = TrainingSettings(list_length=2, bootstrap_samples=50)
TRAIN = rating_frame(
    [(1, 1, 5.0, 20), (1, 2, 4.0, 10), (2, 2, 4.5, 10), (2, 3, 1.0, 20), (3, 2, 3.0, 5)]
)
TEST = rating_frame([(1, 4, 5.0, 30), (2, 5, 4.0, 30), (3, 1, 3.5, 30), (4, 1, 5.0, 30)])


class Fixed:
    """Knows the same scores for everybody, and remembers what it was told."""

    def __init__(self, scores):
        self._scores, self.told = np.array(scores), []

    def scores(self, histories):
        self.told += histories
        return np.tile(self._scores, (len(histories), 1))


def task() -> RankingTask:
    return RankingTask("temporal", Split(TRAIN, TEST), shelf_of(6), SETTINGS)


def test_viewers_with_something_to_find_are_judged_also_without_a_training_part():
    assert task().relevant == {1: {3}, 2: {4}, 4: {0}}


def test_a_recommender_is_told_the_training_part_alone_in_order_of_time():
    ranker = Fixed([1, 2, 3, 4, 5, 6])
    task().lists({"fixed": ranker})
    told = {history.user_id: [e.movie_id for e in history.events] for history in ranker.told}
    assert told == {1: [2, 1], 2: [2, 3], 4: []}
    held_out = {(row.user_id, row.movie_id) for row in TEST.itertuples()}
    assert not {(user, movie) for user, movies in told.items() for movie in movies} & held_out


def test_seen_movies_and_unknown_scores_are_left_out_and_ties_break_on_id():
    lists = task().lists({"fixed": Fixed([9, 9, 5, 5, 5, np.nan])})["fixed"]
    assert lists == {1: [2, 3], 2: [0, 3], 4: [0, 1]}


def test_a_perfect_recommender_and_a_useless_one():
    perfect = {1: [3, 0], 2: [4, 0], 4: [0, 1]}
    useless = {1: [5, 2], 2: [5, 0], 4: [5, 4]}
    judged = task().judge({"whylens": perfect, "other": useless})
    best, worst = judged.models
    assert (judged.n_viewers, judged.n_relevant) == (3, 3)
    assert best.ndcg == best.recall == best.hit == (1.0, 1.0, 1.0)
    assert worst.ndcg.mean == worst.hit.mean == 0.0
    assert best.difference is None
    assert worst.difference == (1.0, 1.0, 1.0)
    assert worst.coverage == pytest.approx(4 / 6)
    assert best.diversity == pytest.approx(1.0)


def test_popularity_is_the_place_by_likes_in_the_training_part():
    lists = {1: [1], 2: [1], 4: [0, 1]}
    judged = task().judge({"whylens": lists})
    assert judged.models[0].popularity_rank == 1.0


def test_the_like_matrix_has_a_row_per_viewer_also_without_likes():
    matrix = like_matrix(TRAIN, np.arange(1, 7), threshold=4.0)
    expected = [[1, 1, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]]
    np.testing.assert_array_equal(matrix.toarray(), expected)
