"""What reading a dataset found and dropped."""

from collections import Counter
from dataclasses import dataclass, field

__all__ = ["DataReport"]


@dataclass(slots=True)
class DataReport:
    """Counts of what was kept and dropped, and why."""

    n_ratings: int = 0
    n_users: int = 0
    n_movies: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """Rows left out, by ``file: reason``; a row counts once, under its first fault."""

    def sentences(self) -> list[str]:
        """The counts in words, the largest loss first."""
        kept = (
            f"{self.n_ratings:,} ratings by {self.n_users:,} users; "
            f"{self.n_movies:,} movies in the catalogue"
        )
        lost = [f"dropped {count:,} of {reason}" for reason, count in self.dropped.most_common()]
        return [kept, *lost]
