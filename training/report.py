"""What reading a dataset found and dropped."""

from collections import Counter
from dataclasses import dataclass, field

from training.layouts import Layout, Table

__all__ = ["DataReport"]


@dataclass(slots=True)
class DataReport:
    """Counts of what was kept and dropped, and why."""

    n_ratings: int = 0
    n_users: int = 0
    n_movies: int = 0
    dropped: Counter[str] = field(default_factory=Counter)
    """Rows left out, by ``file: reason``; a row counts once, under its first fault."""
    remarks: list[str] = field(default_factory=list)
    """What else a person should know of the files, a sentence each."""

    def drop(self, layout: Layout, table: Table, reason: str, n_rows: int = 1) -> None:
        """Count rows that were left out."""
        self.dropped[f"{layout.files[table]}: {reason}"] += n_rows

    def summary(self, file: str) -> str:
        """The three largest losses of one file in a few words; empty when there are none."""
        lost = [
            (k.split(": ", 1)[1], n) for k, n in self.dropped.most_common() if k.startswith(file)
        ]
        return "; ".join(f"{count:,} x {reason}" for reason, count in lost[:3])

    def sentences(self) -> list[str]:
        """The counts in words, the largest loss first, then the remarks."""
        kept = (
            f"{self.n_ratings:,} ratings by {self.n_users:,} users; "
            f"{self.n_movies:,} movies in the catalogue"
        )
        lost = [f"dropped {count:,} of {reason}" for reason, count in self.dropped.most_common()]
        return [kept, *lost, *self.remarks]
