"""The steps from the order by score to the list that is shown, and what each of them moved."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.adjustment import Adjustment, AdjustmentName, RankMove
from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.models import MovieId
from retrieval.domain.ranking import Rows, rank_of, top_rows
from retrieval.domain.recommendation import Filters
from retrieval.domain.reordering import (
    POOL_SIZE,
    diverse_order,
    relevance,
    surprising_relevance,
)

__all__ = [
    "Step",
    "adjustments_of",
    "after_filters",
    "listed_step",
    "moves_of",
    "reorder",
    "scored_step",
]


class Step(NamedTuple):
    """An order of movies on the way from the plain scores to the list."""

    by: AdjustmentName | None
    """What made this order out of the one before; None for the first one."""
    rows: Rows
    """Best first."""
    rank_of: Callable[[int], int]
    """1-based rank of a row in this order."""


def listed_step(rows: Rows) -> Step:
    """A first order that knows the ranks of its own rows alone."""
    return Step(None, rows, _ranks(rows).__getitem__)


def scored_step(scores: Vector, allowed: NDArray[np.bool_], *, n: int) -> Step:
    """The first ``n`` by score, with the rank that any row of the catalogue has among them all.

    Args:
        scores: Shape ``(n_movies,)``.
        allowed: Which rows have a rank, same shape.
        n: How many rows to list; 0 when ranks are all that is wanted.
    """
    rows = top_rows(scores, allowed, n=n)
    return Step(None, rows, lambda row: rank_of(row, scores, allowed))


def after_filters(unfiltered: Step, steps: Sequence[Step]) -> list[Step]:
    """The steps as a continuation of the order that there would be without filters."""
    return [unfiltered, steps[0]._replace(by="filters"), *steps[1:]]


def reorder(
    start: Step, scores: Vector, filters: Filters, *, unit_items: Matrix, n_ratings: Rows
) -> list[Step]:
    """Reorder the head of an order by score.

    Args:
        start: Allowed movies by score, ties by row; `POOL_SIZE` of them or more, or all.
        scores: Of its first `POOL_SIZE` rows, shape ``(n_pool,)``.
        filters: How much to reorder.
        unit_items: Item vectors of length 1 of the whole catalogue.
        n_ratings: Ratings of each movie of the catalogue.

    Returns:
        One step for each reordering that is on, in the order of their application.
    """
    pool = start.rows[:POOL_SIZE]
    merits = relevance(scores)
    steps = [start]
    if filters.surprise > 0.0:
        merits = surprising_relevance(merits, n_ratings[pool], surprise=filters.surprise)
        order = np.lexsort((pool, -merits))
        steps.append(_reordered("surprise", pool[order], steps[-1]))
    if filters.diversity > 0.0:
        # Of equal movies the lower id goes first, and rows are in the order of the ids.
        by_id = np.argsort(pool)
        chosen = diverse_order(merits[by_id], unit_items[pool[by_id]], diversity=filters.diversity)
        steps.append(_reordered("diversity", pool[by_id][chosen], steps[-1]))
    return steps[1:]


def _reordered(by: AdjustmentName, head: Rows, before: Step) -> Step:
    ranks = _ranks(head)

    def rank_of(row: int) -> int:
        return ranks[row] if row in ranks else before.rank_of(row)

    return Step(by, np.concatenate([head, before.rows[head.size :]]), rank_of)


def _ranks(rows: Rows) -> dict[int, int]:
    return {row: rank for rank, row in enumerate(rows.tolist(), start=1)}


def moves_of(row: int, steps: Sequence[Step]) -> tuple[RankMove, ...]:
    """The steps that changed the rank of a row."""
    ranks = [step.rank_of(row) for step in steps]
    return tuple(
        RankMove(by=step.by, rank_before=before, rank_after=after)
        for step, (before, after) in zip(steps[1:], pairwise(ranks), strict=True)
        if step.by is not None and before != after
    )


def adjustments_of(
    steps: Sequence[Step], filters: Filters, movie_ids: NDArray[np.int64], *, n: int
) -> tuple[Adjustment, ...]:
    """What every step did to a list of ``n``, whether it moved anything or not.

    Movies that one step brings in the next one may leave out; ``n_moved`` is of the last list.
    """
    strengths = {"surprise": filters.surprise, "diversity": filters.diversity}

    def ids(rows: list[int]) -> tuple[MovieId, ...]:
        return tuple(MovieId(int(movie_ids[row])) for row in rows)

    found, last = [], steps[-1].rows[:n].tolist()
    for before, after in pairwise(steps):
        old, new = before.rows[:n].tolist(), after.rows[:n].tolist()
        if after.by is not None:
            found.append(
                Adjustment(
                    by=after.by,
                    strength=strengths.get(after.by),
                    entered_movie_ids=ids([row for row in new if row not in old]),
                    left_movie_ids=ids([row for row in old if row not in new]),
                    n_moved=sum(before.rank_of(row) != after.rank_of(row) for row in last),
                )
            )
    return tuple(found)
