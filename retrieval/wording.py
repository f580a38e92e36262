"""Small pieces of English that evidence sentences share: lists, shares, stars, dates, counts."""

from collections.abc import Sequence
from datetime import UTC, datetime

__all__ = [
    "as_date",
    "as_list",
    "as_ordinal",
    "as_percent",
    "as_stars",
    "count_of",
    "describe_event",
]


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
