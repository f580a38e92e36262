"""What can be wrong with a claim."""

from typing import Literal, NamedTuple

__all__ = ["Problem", "ProblemKind"]

ProblemKind = Literal[
    "empty",
    "unknown_evidence",
    "no_evidence",
    "title",
    "history",
    "rating",
    "name",
    "theme",
    "tag",
    "genre",
    "number",
    "strength",
    "sign",
    "direction",
    "cause",
    "foreign_content",
]


class Problem(NamedTuple):
    """One reason why a claim is not supported."""

    kind: ProblemKind
    detail: str
    """In plain words, for the writer who gets a second try and for the reader of a report."""
