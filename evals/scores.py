"""A score of one sample: a number, or the reason why there is none."""

from dataclasses import dataclass
from typing import Self

__all__ = ["Score"]


@dataclass(frozen=True, slots=True)
class Score:
    """What a scorer says of one sample. Unknown is not zero: unscored samples are counted apart."""

    value: float | None
    """0 to 1, higher is better; None when the sample could not be scored."""
    note: str = ""
    """What was wrong, or why it is unscored."""

    @classmethod
    def unscored(cls, reason: str) -> Self:
        """A sample that this scorer cannot judge."""
        return cls(None, reason)
