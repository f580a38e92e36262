"""Small pieces of English that evidence sentences share: lists, shares, stars, dates, counts."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from retrieval.domain.adjustment import AdjustmentName, RankMove

if TYPE_CHECKING:
    # Named for the type checker alone: whoever needs an ordinal needs no evidence.
    from retrieval.domain.evidence import ListAdjustment

__all__ = [
    "as_date",
    "as_list",
    "as_ordinal",
    "as_percent",
    "as_stars",
    "count_of",
    "describe_adjustment",
    "describe_event",
    "describe_moves",
]

_ADJUSTMENTS: dict[AdjustmentName, str] = {
    "filters": "the filters",
    "surprise": "the wish for less known films",
    "diversity": "variety",
}
_NAMED_TITLES = 3


def as_list(items: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) <= 1:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def as_percent(share: float) -> str:
    """A share as a whole percentage of its size: ``31 %``; below half a percent ``under 1 %``."""
    percent = abs(share) * 100.0
    return f"{percent:.0f} %" if percent >= 0.5 else "under 1 %"


def as_stars(rating: float) -> str:
    """``1 star``, ``4.5 stars``."""
    return f"{rating:g} star" if rating == 1.0 else f"{rating:g} stars"


def as_ordinal(rank: int) -> str:
    """``1st``, ``2nd``, ``11th``."""
    suffix = (
        "th" if rank % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    )
    return f"{rank}{suffix}"


def as_date(timestamp_ms: int) -> str:
    """ISO date in UTC."""
    return datetime.fromtimestamp(timestamp_ms / 1000.0, tz=UTC).date().isoformat()


def count_of(number: int, noun: str, plural: str | None = None) -> str:
    """``1 film``, ``2 films``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def describe_event(kind: str, rating: float | None, title: str) -> str:
    """What the viewer did, as a noun phrase: ``your 5 stars for Heat (1995)``."""
    if rating is not None:
        return f"your {as_stars(rating)} for {title}"
    return {
        "watch": f"your watching {title}",
        "click": f"your look at {title}",
        "more_like_this": f"your asking for more like {title}",
        "less_like_this": f"your asking for less like {title}",
        "not_interested": f"your dismissing {title}",
    }[kind]


def describe_moves(moves: Sequence[RankMove]) -> str:
    """``14th by score alone: variety moved it up to 3rd``; nothing for no moves."""
    if not moves:
        return ""
    parts: list[str] = []
    for move in moves:
        verb = "" if parts else " moved it"
        direction = "up" if move.rank_after < move.rank_before else "down"
        parts.append(f"{_ADJUSTMENTS[move.by]}{verb} {direction} to {as_ordinal(move.rank_after)}")
    return f"{as_ordinal(moves[0].rank_before)} by score alone: {as_list(parts)}"


def describe_adjustment(adjustment: "ListAdjustment") -> str:
    """What a filter or reordering did to a list, as a sentence."""
    cause = _ADJUSTMENTS[adjustment.by]
    subject = f"{cause[0].upper()}{cause[1:]}"
    if not adjustment.n_entered and not adjustment.n_left:
        return f"{subject} changed the order of {count_of(adjustment.n_moved, 'film')}."
    changes = []
    if adjustment.n_entered:
        changes.append(f"brought in {_named(adjustment.entered_titles)}")
    if adjustment.n_left:
        changes.append(f"left out {_named(adjustment.left_titles)}")
    return f"{subject} {as_list(changes)}."


def _named(titles: Sequence[str]) -> str:
    return as_list(titles) if len(titles) <= _NAMED_TITLES else count_of(len(titles), "film")
