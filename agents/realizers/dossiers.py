"""Sorts the records of an evidence block by the film they are about."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Dossier", "Record", "Text", "read_dossiers"]

Record = dict[str, Any]


@dataclass(slots=True)
class Text:
    """Sentences with the evidence that they rest on."""

    text: str
    ids: list[str]

    def add(self, sentence: str, *ids: str) -> None:
        """Append a sentence and cite its evidence."""
        self.text = f"{self.text} {sentence}".strip()
        self.ids += [evidence_id for evidence_id in ids if evidence_id not in self.ids]


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known about one film of the list."""

    movie_id: int
    movie: Record | None
    contributions: tuple[Record, ...]
    """Speaking for the film, largest first."""
    against: tuple[Record, ...]
    speaks_against: bool
    """All in all it counts against the film, which only films far down the ranking know."""
    rest: Record | None
    profile: Record | None
    style: Record | None
    """What style tags that the list shares add."""
    counterfactual: Record | None
    note: Record | None
    tags: tuple[Record, ...]
    """Shared tags that the film carries."""


def read_dossiers(movie_ids: Iterable[int], records: Mapping[str, Record]) -> Iterator[Dossier]:
    """Dossiers of the films that have something to say, in the given order."""
    for movie_id in movie_ids:
        about = [r for r in records.values() if r.get("movie_id") == movie_id]
        shares = sorted(
            (r for r in about if r["kind"] == "contribution"), key=lambda r: -r["share"]
        )
        rest = records.get(f"rest:{movie_id}")
        is_negative = _is_negative(shares, rest)
        dossier = Dossier(
            movie_id=movie_id,
            movie=records.get(f"movie:{movie_id}"),
            contributions=tuple(r for r in shares if r["share"] > 0 and not is_negative),
            against=tuple(r for r in shares[::-1] if r["share"] < 0 and not is_negative),
            speaks_against=is_negative,
            rest=rest,
            profile=records.get(f"profile:{movie_id}"),
            style=records.get(f"style:{movie_id}"),
            counterfactual=next((r for r in about if r["kind"] == "counterfactual"), None),
            note=records.get(f"note:{movie_id}"),
            tags=tuple(
                r for r in records.values() if r["kind"] == "tag" and movie_id in r["movie_ids"]
            ),
        )
        if dossier.contributions or dossier.profile is not None:
            yield dossier


def _is_negative(shares: Sequence[Record], rest: Record | None) -> bool:
    """Whether a score is below zero, where shares turn round: what lifts it has a negative one.

    The contribution at position 1 lifts the film if any does; without it, all others lower it.
    """
    first = next((r for r in shares if r["position"] == 1), None)
    if first is not None:
        return bool(first["share"] < 0)
    return rest is not None and bool(rest["share"] > 0)
