"""What "less like this" does to a list, over viewers: the movie's kin have to fall."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from retrieval.build import Retrieval
from retrieval.domain.models import EventId, Interaction, InteractionKind, ViewerId

__all__ = ["DislikeEffect", "measure_dislikes"]


class DislikeEffect(NamedTuple):
    """The first movie of each viewer's list is disliked, and its nearest movies are ranked anew."""

    kind: str
    """How: ``less_like_this``, ``not_interested`` or one star."""
    n_viewers: int
    rank_before: float
    """Median rank of the kin, over all viewers and kin."""
    rank_after: float
    n_falling: int
    """Viewers whose kin fall, by the median change of rank."""
    kin_left: float
    """Mean share of the kin in the list of ten that leave it."""


def measure_dislikes(
    retrieval: Retrieval, viewer_ids: Iterable[ViewerId], *, n_kin: int = 20
) -> list[DislikeEffect]:
    """Measure each way of saying no, for the ``n_kin`` unmet movies nearest to the disliked one."""
    viewers = list(viewer_ids)
    ways: list[tuple[InteractionKind, float | None]] = [
        ("less_like_this", None),
        ("not_interested", None),
        ("rating", 1.0),
    ]
    return [_measure(retrieval, viewers, kind, rating, n_kin) for kind, rating in ways]


def _measure(
    retrieval: Retrieval,
    viewers: list[ViewerId],
    kind: InteractionKind,
    rating: float | None,
    n_kin: int,
) -> DislikeEffect:
    recommender = retrieval.recommender
    before, after, left = [], [], []
    for viewer_id in viewers:
        snapshot = recommender.snapshot(viewer_id)
        listed = [movie_id for movie_id, _ in recommender.top_movie_ids(snapshot, n=10)]
        disliked = Interaction(
            event_id=EventId("trial"),
            movie_id=listed[0],
            kind=kind,
            rating=rating,
            timestamp_ms=snapshot.as_of_ms,
        )
        changed = recommender.with_log(snapshot, [*snapshot.log, disliked])
        met = {event.movie_id for event in snapshot.events}
        kin = [m for m, _ in recommender.similar(listed[0], n=n_kin, exclude=met - {listed[0]})]
        before.append([recommender.place(snapshot, movie_id).rank for movie_id in kin])
        after.append([recommender.place(changed, movie_id).rank for movie_id in kin])
        remaining = {movie_id for movie_id, _ in recommender.top_movie_ids(changed, n=10)}
        near = set(kin) & set(listed)
        left.append(len(near - remaining) / len(near) if near else np.nan)
    ranks, changed_ranks = np.array(before), np.array(after)
    return DislikeEffect(
        kind="1 star" if rating else kind.replace("_", " "),
        n_viewers=len(viewers),
        rank_before=float(np.median(ranks)),
        rank_after=float(np.median(changed_ranks)),
        n_falling=int(np.sum(np.median(changed_ranks - ranks, axis=1) > 0)),
        kin_left=float(np.nanmean(left)),
    )
