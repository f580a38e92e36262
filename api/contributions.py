"""Shortens the exact split of a score without breaking its sum."""

from collections.abc import Sequence

from retrieval.domain.scoring import Contribution

__all__ = ["trim_contributions"]


def trim_contributions(
    contributions: Sequence[Contribution], *, top: int
) -> tuple[Contribution, ...]:
    """Keep the ``top`` largest in either direction and sum up the others in one entry.

    Args:
        contributions: The complete split, largest first.
        top: How many to keep, at least 0.

    Returns:
        The kept ones in their order, then one ``rest`` entry if anything was left out; the sum
        of values, and that of shares, stays what it was.
    """
    if len(contributions) <= top:
        return tuple(contributions)
    by_size = sorted(range(len(contributions)), key=lambda i: -abs(contributions[i].value))
    kept = set(by_size[:top])
    others = [item for i, item in enumerate(contributions) if i not in kept]
    rest = Contribution(
        source="rest",
        title=f"{len(others)} others",
        value=sum(item.value for item in others),
        share=sum(item.share for item in others),
    )
    return (*(item for i, item in enumerate(contributions) if i in kept), rest)
