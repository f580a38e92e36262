"""Scores and their exact split into contributions.

``score(m) = <v, z_m>`` and ``v = profile * xbar + sum_i c_i z_i`` (see `profile`), hence
``<v, z_m> = profile * <xbar, z_m> + sum_i c_i <z_i, z_m>``: one number per past event. The style
part, where there is one, adds one number per shared tag (see `style_part`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict

from retrieval.domain.arrays import Matrix, Vector
from retrieval.domain.models import EventId, Interaction, MovieId
from retrieval.domain.profile import EventCoefficients, UserVector
from retrieval.domain.ranking import Rows
from retrieval.domain.style_part import StyleShare

__all__ = [
    "Contribution",
    "ScoreParts",
    "SplitScore",
    "score_parts",
    "split_scores",
]

PROFILE_TITLE: Final = "Starting profile"


class ScoreParts(BaseModel):
    """The parts of a score by time scale; they add up to the score."""

    model_config = ConfigDict(frozen=True)

    base: float
    """From the slow part of the user vector."""
    recent: float
    """From the quick part."""
    style: float = 0.0
    """From the style tags that the list by taste has in common."""


# A long history has thousands of them in one explanation, and a model takes five times as long.
@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One addend of a score."""

    source: Literal["interaction", "profile", "style", "rest"]
    """``rest`` sums up what a trimmed list left out."""
    event_id: EventId | None = None
    movie_id: MovieId | None = None
    title: str
    """Of the movie; with source ``style`` the tag, such as ``slow-burn``."""
    value: float
    """In units of the score; negative pulls the movie down."""
    share: float
    """``value / score``; the shares of one score add up to 1."""


@dataclass(frozen=True)
class SplitScore:
    """A score with its complete split, as numbers; `contributions` spells them out."""

    score: float
    profile: float
    """Contribution of the starting profile."""
    events: Vector
    """Contribution of each event, shape ``(n_events,)``, in the order of the log."""
    style: StyleShare
    """What shared style tags add."""
    residual: float
    """``score`` less all contributions: rounding, below 1e-9 for scores of order 1."""
    sources: Sequence[Interaction]
    """The events, in the order of the log."""
    name_of: Callable[[MovieId], str]
    """How a movie is called."""

    @cached_property
    def contributions(self) -> tuple[Contribution, ...]:
        """One for each event, one for the start, one for each tag; largest first.

        Equal ones stand in this order, events as in the log.
        """
        return tuple(self._spelled(place) for place in self._order.tolist())

    def largest(self, top: int) -> tuple[Contribution, ...]:
        """The ``top`` largest in either direction, and all others summed up in one ``rest`` entry.

        Spells out no more than it returns: a long history has hundreds of contributions.

        Args:
            top: How many to keep, at least 0.

        Returns:
            The kept ones, largest first, then one entry for the others if there are any; the sum
            of values, and that of shares, is that of all contributions.
        """
        values, order = self._values, self._order
        if values.size <= top:
            return self.contributions
        kept = np.zeros(values.size, dtype=np.bool_)
        kept[order[np.argsort(-np.abs(values[order]), kind="stable")][:top]] = True
        others = values[~kept]
        rest = Contribution(
            source="rest",
            title=f"{others.size} others",
            value=float(others.sum()),
            share=self._share(float(others.sum())),
        )
        return (*(self._spelled(place) for place in order[kept[order]].tolist()), rest)

    @cached_property
    def _values(self) -> Vector:
        """All contributions: events in the order of the log, the start, tags."""
        return np.concatenate(
            [self.events, [self.profile], [value for _, value in self.style.by_tag]]
        )

    @cached_property
    def _order(self) -> Rows:
        return np.argsort(-self._values, kind="stable")

    def _spelled(self, place: int) -> Contribution:
        value = float(self._values[place])
        share, n_events = self._share(value), len(self.sources)
        if place == n_events:
            return Contribution(source="profile", title=PROFILE_TITLE, value=value, share=share)
        if place > n_events:
            tag, _ = self.style.by_tag[place - n_events - 1]
            return Contribution(source="style", title=tag, value=value, share=share)
        source = self.sources[place]
        return Contribution(
            source="interaction",
            event_id=source.event_id,
            movie_id=source.movie_id,
            title=self.name_of(source.movie_id),
            value=value,
            share=share,
        )

    def _share(self, value: float) -> float:
        return value / self.score if self.score else 0.0


def score_parts(user_vector: UserVector, item: Vector, style: float) -> ScoreParts:
    """Score of one movie by part. ``item``: shape ``(n_factors,)``."""
    return ScoreParts(
        base=float(user_vector.base @ item), recent=float(user_vector.recent @ item), style=style
    )


def split_scores(
    user_vector: UserVector,
    coefficients: EventCoefficients,
    event_items: Matrix,
    average_user_vector: Vector,
    items: Matrix,
    styles: Sequence[StyleShare],
    sources: Sequence[Interaction],
    name_of: Callable[[MovieId], str],
) -> list[SplitScore]:
    """Split the scores of some movies into what each event, the start and each tag adds.

    Args:
        user_vector: What scores are taken with.
        coefficients: From `profile.event_coefficients` for this user vector.
        event_items: Item vectors of the events' movies, shape ``(n_events, n_factors)``.
        average_user_vector: Shape ``(n_factors,)``.
        items: Vectors of the scored movies, shape ``(n_movies, n_factors)``.
        styles: What shared style tags add to each scored movie.
        sources: The events, row for row with ``event_items``.
        name_of: How a movie is called.

    Returns:
        For each movie, addends whose sum is its score up to the residual.
    """
    # As rankings do: a product of matrices would round by the place of a row, and by how many
    # threads share it.
    tastes = np.vecdot(items, user_vector.total)
    starts = coefficients.profile * np.vecdot(items, average_user_vector)
    events = np.vecdot(items[:, None, :], event_items) * coefficients.events
    return [
        SplitScore(
            score=taste + style.total,
            profile=start,
            events=row,
            style=style,
            residual=_residual(taste + style.total, start, row, style),
            sources=sources,
            name_of=name_of,
        )
        for taste, start, row, style in zip(
            tastes.tolist(), starts.tolist(), events, styles, strict=True
        )
    ]


def _residual(score: float, start: float, events: Vector, style: StyleShare) -> float:
    return score - (start + float(events.sum()) + sum(value for _, value in style.by_tag))
