"""Chooses wordings for one page so that none is used twice while another is left.

The choice is keyed on what the text is about, not on chance or on order alone: the same evidence
gives the same page.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence

__all__ = ["Page"]


class Page:
    """Remembers which wordings a page has used."""

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()
        self._openings: Counter[str] = Counter()
        self._counts: Counter[str] = Counter()

    def pick(self, frames: Sequence[str], key: str) -> str:
        """The least used frame, starting at a place that the key decides.

        A frame whose opening words the page has already is passed over while there are others.
        """
        start = int.from_bytes(hashlib.sha256(key.encode()).digest()[:4]) % len(frames)
        order = [frames[(start + step) % len(frames)] for step in range(len(frames))]
        best = min(order, key=lambda frame: (self._used[frame], self._openings[_opening(frame)]))
        self._used[best] += 1
        self._openings[_opening(best)] += 1
        return best

    def count(self, what: str) -> int:
        """How often something came up on this page before; counts this time."""
        self._counts[what] += 1
        return self._counts[what] - 1


def _opening(frame: str) -> str:
    return " ".join(frame.split()[:2])
