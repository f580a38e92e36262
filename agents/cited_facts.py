"""What a set of cited evidence says, in the form that checking a sentence needs.

Every string, number, date and title of the evidence is sorted by what it may be used as: a share
cannot vouch for a rating, nor a year for a rank.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, NamedTuple

from agents.wording import fold, name_key, split_name, words_of
from retrieval.domain.evidence import Evidence

__all__ = ["CitedFacts", "Move", "Shift", "gather_facts"]

_SHARES: Final = frozenset(
    {"share", "list_share", "liked_share", "similarity", "confidence", "liked_both_share"}
    | {"liked_other_share"}
)
_STARS: Final = frozenset(
    {"rating", "seen_rating", "remedy_rating", "mean_rating", "mean", "viewer_bias", "movie_bias"}
    | {"taste"}
)
_RANKS: Final = frozenset(
    {"rank", "rank_by_score", "rank_before", "rank_after", "remedy_rank", "position"}
)
_DATES: Final = frozenset(
    {"date", "first_date", "last_date", "recent_from", "recent_to", "earlier_from", "earlier_to"}
)
_IGNORED: Final = frozenset(
    {"value", "score", "score_before", "score_after", "cut_score", "gap", "event_id", "event_ids"}
)
_TITLES: Final = frozenset({"title", "other_title", "source_title", "cut_title"})
_TITLE_LISTS: Final = frozenset(
    {"titles", "liked_titles", "source_titles", "entered_titles", "left_titles", "recent_titles"}
    | {"remedy_titles"}
)
_NUMBERS: Final = (int, float)
_LISTS: Final = (list, tuple)
_FIRSTS: Final = frozenset({"first_before", "first_after"})
_YEAR: Final = re.compile(r"\b(1[89]\d\d|20\d\d)\b")
CAUSAL_KINDS: Final = frozenset(
    {"contribution", "rest", "profile", "counterfactual", "why_not", "what_if", "prediction"}
    | {"style"}
)


class Shift(NamedTuple):
    """A genre or theme that the newest likes hold more or less of than the others."""

    name: str
    """Folded."""
    direction: str
    recent: tuple[int, int] | None = None
    """How many of how many newest likes, where that is cited."""
    earlier: tuple[int, int] | None = None


class Move(NamedTuple):
    """A change of rank that was measured: by forgetting events, or by an adjustment."""

    before: int
    after: int
    stays: bool


@dataclass(slots=True)
class CitedFacts:
    """The facts of some evidence, sorted by use."""

    kinds: set[str] = field(default_factory=set)
    names: dict[str, set[int]] = field(default_factory=dict)
    """Titles by folded name, with the years they are cited with."""
    full_names: set[str] = field(default_factory=set)
    """Titles with their years, as written in the evidence."""
    history: set[str] = field(default_factory=set)
    """Folded names of films that the viewer met."""
    ratings: dict[str, set[float]] = field(default_factory=dict)
    """Stars by folded name of the rated film."""
    signs: dict[str, set[float]] = field(default_factory=dict)
    """Signed shares (or plain signs) by folded name of the film that speaks for or against."""
    contributions: list[float] = field(default_factory=list)
    """Signed shares of cited contributions."""
    top_positions: set[int] = field(default_factory=set)
    shares: set[float] = field(default_factory=set)
    """Unsigned."""
    remainders: set[float] = field(default_factory=set)
    """What cited shares leave; only "the rest" may be called by one of these."""
    portions: set[float] = field(default_factory=set)
    """Unsigned shares that are parts of a list or a history, not of a score."""
    stars: set[float] = field(default_factory=set)
    ranks: set[int] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    dates: set[date] = field(default_factory=set)
    counts: set[int] = field(default_factory=set)
    moves: list[Move] = field(default_factory=list)
    shifts: list[Shift] = field(default_factory=list)
    adjusted: set[str] = field(default_factory=set)
    """The filters and reorderings that moved something."""
    words: set[str] = field(default_factory=set)
    prose: str = " "
    """Every string, folded, for finding phrases."""

    @property
    def may_cause(self) -> bool:
        """Whether anything cited says what moved a score."""
        return bool(self.kinds & CAUSAL_KINDS)

    def says(self, phrase: str) -> bool:
        """Whether the words stand in the evidence, next to each other and in this order."""
        return f" {fold(phrase)} " in self.prose


def gather_facts(cited: Sequence[Evidence]) -> CitedFacts:
    """Sort the facts of the cited evidence by use."""
    facts = CitedFacts()
    for evidence in cited:
        facts.kinds.add(evidence.kind)
        data = evidence.data.model_dump()
        _walk(facts, data)
        _collect_special(facts, evidence.kind, data)
    _add_sums(facts, cited)
    facts.words = set(facts.prose.split())
    return facts


def _walk(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    for key, value in data.items():
        if key in _IGNORED or key.endswith(("_id", "_source")):
            continue
        if isinstance(value, str):
            _add_text(facts, key, value)
        elif isinstance(value, _NUMBERS) and not isinstance(value, bool):
            _add_number(facts, key, value)
        elif isinstance(value, _LISTS):
            _add_many(facts, key, value)


def _add_number(facts: CitedFacts, key: str, value: float) -> None:
    if key in _SHARES:
        facts.shares.add(abs(value))
    elif key in _STARS:
        facts.stars.add(value)
    elif key in _RANKS:
        facts.ranks.add(int(value))
    elif key == "year":
        facts.years.add(int(value))
    elif isinstance(value, int):
        facts.counts.add(value)


def _add_text(facts: CitedFacts, key: str, value: str) -> None:
    facts.prose += fold(value) + " "
    if key in _TITLES or key in _FIRSTS:
        _add_name(facts, value)
    if key in _DATES:
        facts.dates.add(date.fromisoformat(value[:10]))
    facts.years.update(map(int, _YEAR.findall(value)))


def _add_many(facts: CitedFacts, key: str, values: Iterable[Any]) -> None:
    items = list(values)
    facts.counts.add(len(items))
    for item in items:
        if isinstance(item, dict):
            _walk(facts, item)
        elif isinstance(item, str):
            facts.prose += fold(item) + " "
            if key in _TITLE_LISTS:
                _add_name(facts, item)


def _add_name(facts: CitedFacts, name: str) -> None:
    title, year = split_name(name)
    years = facts.names.setdefault(name_key(title), set())
    if year is not None:
        facts.full_names.add(name)
        years.add(year)
        facts.years.add(year)


def _met(facts: CitedFacts, name: str, rating: float | None = None) -> None:
    key = name_key(split_name(name)[0])
    facts.history.add(key)
    if rating is not None:
        facts.ratings.setdefault(key, set()).add(rating)


def _collect_special(facts: CitedFacts, kind: str, data: Mapping[str, Any]) -> None:
    """The facts that tie two things together: who was rated how, who pulls which way."""
    collector = _COLLECTORS.get(kind)
    if collector is not None:
        collector(facts, data)


def _contribution(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    _met(facts, data["source_title"], data["rating"])
    facts.contributions.append(data["share"])
    facts.top_positions.add(data["position"])
    _pull(facts, data["source_title"], data["share"])


def _pull(facts: CitedFacts, name: str, signed: float) -> None:
    facts.signs.setdefault(name_key(split_name(name)[0]), set()).add(signed)


def _history(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    _met(facts, data["title"], data["rating"])


def _liked(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    for name in data["liked_titles"]:
        _met(facts, name)


def _theme(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    _liked(facts, data)
    facts.portions.update((data["list_share"], data["liked_share"]))


def _counterfactual(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    for name in data["source_titles"]:
        _met(facts, name)
    facts.moves.append(Move(data["rank_before"], data["rank_after"], data["stays_in_list"]))
    facts.counts.add(abs(data["rank_after"] - data["rank_before"]))


def _movie(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    """What filters and reorderings did to the film: step by step, and all of them together."""
    moves = data["moves"]
    for move in moves:
        facts.moves.append(Move(move["rank_before"], move["rank_after"], stays=True))
        facts.adjusted.add(move["by"])
    if len(moves) > 1:
        facts.moves.append(Move(moves[0]["rank_before"], moves[-1]["rank_after"], stays=True))


def _list(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    facts.adjusted.update(adjustment["by"] for adjustment in data["adjustments"])


def _why_not(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    _movie(facts, data)
    if data["seen"]:
        _met(facts, data["title"], data["seen_rating"])
    for pull, sign in [(p, 1.0) for p in data["pulls_up"]] + [
        (p, -1.0) for p in data["pulls_down"]
    ]:
        _met(facts, pull["title"], pull["rating"])
        _pull(facts, pull["title"], sign)


def _what_if(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    ratings = data["ratings"] or [data["rating"]] * len(data["titles"])
    for name, rating in zip(data["titles"], ratings, strict=True):
        _met(facts, name, rating)
        if rating is not None:
            facts.stars.add(rating)


def _shift(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    for name in data["recent_titles"]:
        _met(facts, name)
    facts.portions.update((data["recent_share"], data["earlier_share"]))
    facts.shifts.append(
        Shift(
            fold(data["name"]),
            data["direction"],
            (data["recent_count"], data["recent_total"]),
            (data["earlier_count"], data["earlier_total"]),
        )
    )


def _drift(facts: CitedFacts, data: Mapping[str, Any]) -> None:
    for direction in ("more", "less"):
        facts.shifts += [Shift(fold(name), direction) for name in data[direction]]


_COLLECTORS: Final = {
    "contribution": _contribution,
    "history": _history,
    "list": _list,
    "movie": _movie,
    "tag": _liked,
    "drift": _drift,
    "shift": _shift,
    "theme": _theme,
    "counterfactual": _counterfactual,
    "why_not": _why_not,
    "what_if": _what_if,
}


def _add_sums(facts: CitedFacts, cited: Sequence[Evidence]) -> None:
    """Shares that follow from the cited ones: what several give together, and what is left."""
    movies = {item.data.movie_id for item in cited if item.kind == "contribution"}
    for movie_id in movies:
        named = [
            item.data.share
            for item in cited
            if item.kind == "contribution" and item.data.movie_id == movie_id
        ]
        total = sum(named)
        positive = sum(share for share in named if share > 0)
        facts.shares.update((abs(total), positive))
        facts.remainders.update((abs(1 - total), abs(1 - positive), abs(1 - max(named))))


def title_words(names: Iterable[str]) -> set[str]:
    """Folded words of some names."""
    return {word for name in names for word in words_of(name)}
