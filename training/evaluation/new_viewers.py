"""Viewers whom the item vectors have never met.

The viewers are dealt into folds. For each fold everything is fitted on the other viewers, and the
fold's viewers are then served as a new account is: their events are replayed, nothing is fitted
again.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from training.evaluation.lists import Lists, RankingTask
from training.evaluation.metrics import Interval, bootstrap_mean
from training.evaluation.rankers import Ranker
from training.evaluation.results import ColdStart, ColdStartCurve, Task
from training.settings import TrainingSettings

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["NewViewers", "deal_folds"]


def deal_folds(user_ids: "Sequence[int]", *, n_folds: int, seed: int) -> dict[int, int]:
    """Deal viewers into folds of equal size, give or take one.

    Args:
        user_ids: Distinct ids in any order; the folds depend on the ids and the seed alone.
        n_folds: At most as many as viewers.
        seed: Of the shuffle.

    Returns:
        Fold, 0 to ``n_folds - 1``, by user id.
    """
    ordered = np.sort(np.asarray(user_ids))
    shuffled = np.random.default_rng(seed).permutation(ordered)
    return {int(user): place % n_folds for place, user in enumerate(shuffled)}


class NewViewers:
    """Five folds of viewers, and what is listed for them."""

    def __init__(self, task: RankingTask, settings: TrainingSettings) -> None:
        """Deal the folds of a task's viewers, judged or not."""
        self._task = task
        self.shelf = task.shelf
        self._settings = settings
        users = task.train["user_id"].unique().tolist()
        self.n_folds = min(settings.viewer_folds, len(users))
        self._fold_of = deal_folds(users, n_folds=self.n_folds, seed=settings.seed)
        self._lists: dict[str, dict[int | None, Lists]] = {}

    def others(self, fold: int) -> "pd.DataFrame":
        """Training ratings of everybody outside a fold."""
        folds = self._task.train["user_id"].map(self._fold_of)
        return self._task.train[folds != fold].reset_index(drop=True)

    def serve(self, fold: int, rankers: Mapping[str, Ranker]) -> None:
        """Let rankers that were fitted on `others` list for a fold, by number of known events.

        Viewers whose whole training part is empty belong to no fold; they join the first.
        """
        judged = (user for user in self._task.relevant if self._fold_of.get(user, 0) == fold)
        for histories in self._task.histories(judged):
            for name, ranker in rankers.items():
                by_known = self._lists.setdefault(name, {known: {} for known in self._known()})
                for known, lists in by_known.items():
                    told = [h if known is None else h.first(known) for h in histories]
                    lists |= self._task.recommend(ranker, told, seen=histories)

    def _known(self) -> list[int | None]:
        return [*self._settings.cold_start_events, None]

    def judge(self) -> Task:
        """Quality of the lists when the whole training part is known."""
        task = self._task.judge({name: lists[None] for name, lists in self._lists.items()})
        return task._replace(name="new viewers")

    def cold_start(self) -> ColdStart:
        """NDCG by number of known events. Candidates and test part are the same throughout."""
        curves = [
            ColdStartCurve(name, [self._interval(by_known[known]) for known in self._known()])
            for name, by_known in self._lists.items()
        ]
        return ColdStart(self._known(), curves)

    def _interval(self, lists: Lists) -> Interval | None:
        if not any(lists.values()):
            return None  # the model listed nothing for anybody
        return bootstrap_mean(
            self._task.ndcg(lists),
            samples=self._settings.bootstrap_samples,
            rng=np.random.default_rng(self._settings.seed),
        )
