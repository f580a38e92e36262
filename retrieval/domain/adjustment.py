"""What a filter or a reordering did to a list, as it is disclosed."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from retrieval.domain.models import MovieId

__all__ = ["Adjustment", "AdjustmentName", "RankMove"]

AdjustmentName = Literal["filters", "surprise", "diversity"]
"""In the order in which they are applied: which movies may be listed, then the less known ones
forward, then variety."""


class RankMove(BaseModel):
    """One adjustment that moved one movie."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: AdjustmentName
    rank_before: int = Field(ge=1)
    rank_after: int = Field(ge=1)


class Adjustment(BaseModel):
    """What one adjustment did to a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    by: AdjustmentName
    strength: float | None = None
    """Of a reordering, above 0 up to 1; None for filters."""
    entered_movie_ids: tuple[MovieId, ...] = ()
    """Movies that it brought into the list; a later adjustment may have left them out again."""
    left_movie_ids: tuple[MovieId, ...] = ()
    """Movies that it left out; a later adjustment may have brought them back."""
    n_moved: int = Field(default=0, ge=0)
    """Movies of the final list whose rank it changed."""
