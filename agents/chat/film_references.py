"""Which films a message means: by title, by position, by pronoun."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from agents.chat.schemas import Intent, IntentKind, Proposal
from agents.chat.slots import positions_in
from retrieval.bundle import Bundle
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Filters

__all__ = ["Memory", "pointed_films", "points_to_film", "resolve"]

_DOMINANCE: Final = 8
"""A film with this many times the ratings of its namesake is the one that is meant."""
_MOST_CANDIDATES: Final = 4
_POINTERS: Final = re.compile(
    r"\b(?:it|its|that|this|those|these|them|both|the two|the pair|the same|former|latter|they)\b"
)
_OTHER: Final = re.compile(r"\bthe other(?: one| film| movie)?\b")
_NEXT: Final = re.compile(
    r"\b(?:one|film|movie) (?:right |just )?(?:(?P<after>after|below|following)|before|above)"
    r"(?: that| this| it| that one)?\b"
)
_NO_POINTING: Final = frozenset(
    "recommend taste_profile help thanks confirm decline out_of_scope refine more".split()
)


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier turns left for this one."""

    list_movie_ids: tuple[MovieId, ...]
    """The list shown last: positions refer to it."""
    focus: tuple[MovieId, ...]
    """Films last talked about, first meant first."""
    history: frozenset[MovieId]
    """Films of the viewer's history."""
    proposal: Proposal | None
    current_movie_ids: tuple[MovieId, ...] = ()
    """The viewer's recommendations now."""
    list_filters: Filters = field(default_factory=Filters)
    list_source: MovieId | None = None
    """The film that the list shown last is similar to."""
    last: Intent | None = None
    """What was asked before."""

    @property
    def shown(self) -> frozenset[MovieId]:
        """What the viewer has been recommended: in the list shown last, and now."""
        return frozenset((*self.list_movie_ids, *self.current_movie_ids))

    @property
    def asked_back(self) -> IntentKind | None:
        """What waits for the viewer to say which film they mean."""
        is_waiting = self.last is not None and self.last.kind == "ambiguous_movie"
        return self.last.asked if is_waiting and self.last is not None else None


def resolve(candidates: Sequence[MovieId], memory: Memory, bundle: Bundle) -> list[MovieId]:
    """Narrow namesakes: the list first, then the talk, the history, and overwhelming fame."""
    if len(candidates) < 2:
        return list(candidates)
    for known in (memory.list_movie_ids, memory.focus, memory.history):
        inside = [movie_id for movie_id in candidates if movie_id in known]
        if len(inside) == 1:
            return inside
    by_fame = sorted(candidates, key=lambda m: -bundle.movie(m).n_ratings)
    first, second = (bundle.movie(m).n_ratings for m in by_fame[:2])
    if first >= _DOMINANCE * max(1, second):
        return by_fame[:1]
    return sorted(by_fame[:_MOST_CANDIDATES], key=lambda m: bundle.movie(m).year or 0)


def pointed_films(kind: str, folded: str, memory: Memory) -> tuple[MovieId, ...] | None:
    """Films that a message points to without naming them; None when it points beyond the list."""
    listed = memory.list_movie_ids
    places = positions_in(folded) or _next_places(folded, memory)
    if places and listed:
        rows = [place - 1 if place > 0 else len(listed) - 1 for place in places]
        if max(rows) >= len(listed) and max(rows) < len(memory.current_movie_ids):
            listed = memory.current_movie_ids  # "the fourth" of three guesses
        if max(rows) >= len(listed) or min(rows) < 0:
            return None
        return tuple(dict.fromkeys(listed[row] for row in rows))
    if kind in _NO_POINTING:
        return ()
    if _OTHER.search(folded):
        return _other_than(memory)
    if _POINTERS.search(folded):
        return memory.focus if kind == "compare" else _one(folded, memory.focus)
    return ()


def points_to_film(folded: str) -> bool:
    """Whether a message names a film, a place or a pronoun for one."""
    has_mark = re.search(r"\bF\b", folded) is not None
    return has_mark or bool(positions_in(folded) or _POINTERS.search(folded))


def _next_places(folded: str, memory: Memory) -> list[int]:
    """The place after, or before, the film talked about."""
    match = _NEXT.search(folded)
    if match is None or not memory.focus or memory.focus[0] not in memory.list_movie_ids:
        return []
    place = memory.list_movie_ids.index(memory.focus[0]) + 1
    return [place + 1 if match.group("after") else max(1, place - 1)]


def _one(folded: str, focus: tuple[MovieId, ...]) -> tuple[MovieId, ...]:
    if "latter" in folded.split():
        return focus[1:2]
    if {"them", "those", "these", "both", "they"} & set(folded.split()):
        return focus
    return focus[:1]


def _other_than(memory: Memory) -> tuple[MovieId, ...]:
    """The other of two films talked about, else the neighbour in the list."""
    if len(memory.focus) > 1:
        return memory.focus[1:2]
    listed = memory.list_movie_ids
    if not memory.focus or memory.focus[0] not in listed:
        return listed[:1]
    row = listed.index(memory.focus[0])
    neighbour = row - 1 if row == 1 else row + 1
    return listed[neighbour : neighbour + 1] or listed[row - 1 : row]
