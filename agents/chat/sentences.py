"""Building blocks of offline answers: a sentence with its evidence, and how to find evidence."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from retrieval.domain.evidence import Evidence, EvidenceId
from retrieval.domain.models import MovieId

__all__ = ["Found", "Sentence", "courtesy", "own"]

T = TypeVar("T")


class Sentence(NamedTuple):
    """One claim before it is checked."""

    text: str
    evidence_ids: tuple[EvidenceId, ...]
    needs_evidence: bool = True


class Found:
    """A result's evidence by type."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self.evidence = evidence

    def all(self, kind: type[T]) -> list[T]:
        """Every piece of a type, in order."""
        return [piece for piece in self.evidence if isinstance(piece, kind)]

    def first(self, kind: type[T], movie_id: MovieId | None = None) -> T | None:
        """The first piece of a type, about a film if one is named."""
        pieces: Iterable[T] = self.all(kind)
        if movie_id is not None:
            pieces = (p for p in pieces if p.data.movie_id == movie_id)  # type: ignore[attr-defined]
        return next(iter(pieces), None)


def courtesy(text: str) -> list[Sentence]:
    """A sentence that names no film and no figure, and so needs no evidence."""
    return [Sentence(text, (), needs_evidence=False)]


def own(*pieces: Evidence | None) -> list[Sentence]:
    """The evidence's own words."""
    return [Sentence(piece.text, (piece.id,)) for piece in pieces if piece is not None]
