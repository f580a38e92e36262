import numpy as np

from tests.support.rating_frames import rating_frame, shelf_of
from training.evaluation.lists import RankingTask
from training.evaluation.new_viewers import NewViewers, deal_folds
from training.evaluation.splits import split_last_per_user
from training.settings import TrainingSettings

SETTINGS = TrainingSettings(
    viewer_folds=3, cold_start_events=(0, 2), list_length=3, bootstrap_samples=20
)


def ratings():
    rng = np.random.default_rng(0)
    return rating_frame(
        [
            (user, int(movie), 4.0, n)
            for user in range(1, 11)
            for n, movie in enumerate(rng.permutation(12)[:10] + 1)
        ]
    )


class Spy:
    """Scores by the number of events it is told of; keeps what it was told."""

    def __init__(self):
        self.told = {}

    def scores(self, histories):
        for history in histories:
            self.told.setdefault(history.user_id, []).append([e.movie_id for e in history.events])
        return np.tile(np.arange(12.0), (len(histories), 1))


class NeedsHistory:
    def scores(self, histories):
        known = np.array([[bool(history.events)] for history in histories])
        return np.where(known, np.arange(12.0), np.nan)


def protocol() -> tuple[NewViewers, RankingTask]:
    split = split_last_per_user(ratings(), test_share=0.2, seed=0)
    task = RankingTask("temporal", split, shelf_of(12), SETTINGS)
    return NewViewers(task, SETTINGS), task


def test_folds_are_even_and_depend_on_ids_and_seed_alone():
    folds = deal_folds(range(1, 11), n_folds=3, seed=0)
    assert sorted(np.bincount(list(folds.values()))) == [3, 3, 4]
    assert folds == deal_folds(list(range(10, 0, -1)), n_folds=3, seed=0)
    assert folds != deal_folds(range(1, 11), n_folds=3, seed=1)


def test_no_model_sees_a_rating_of_the_viewers_it_serves():
    new_viewers, task = protocol()
    served = set()
    for fold in range(new_viewers.n_folds):
        spy = Spy()
        new_viewers.serve(fold, {"whylens": spy})
        assert not set(new_viewers.others(fold)["user_id"]) & set(spy.told)
        served |= set(spy.told)
        kept = new_viewers.others(fold).merge(task.train)
        assert len(kept) == len(new_viewers.others(fold))
    assert served == set(task.relevant)


def test_only_the_first_events_are_told_and_every_viewer_is_served_once():
    new_viewers, task = protocol()
    spy = Spy()
    for fold in range(new_viewers.n_folds):
        new_viewers.serve(fold, {"whylens": spy})
    for user, told in spy.told.items():
        mine = task.train[task.train["user_id"] == user].sort_values("timestamp")["movie_id"]
        assert told == [[], mine.tolist()[:2], mine.tolist()]


def test_a_model_that_lists_nothing_has_no_figure_rather_than_zero():
    new_viewers, _ = protocol()
    for fold in range(new_viewers.n_folds):
        new_viewers.serve(fold, {"whylens": Spy(), "picky": NeedsHistory()})
    cold = new_viewers.cold_start()
    ours, picky = cold.curves
    assert cold.known == [0, 2, None]
    assert None not in ours.ndcg
    assert picky.ndcg[0] is None
    assert picky.ndcg[1:] == ours.ndcg[1:]
    assert new_viewers.judge().name == "new viewers"
