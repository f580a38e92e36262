"""From a message and the thread's memory to an intent whose films are known."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, get_args

from agents.chat.language import FILM, filters_in, match_kind, position_in, rating_in
from agents.chat.schemas import Intent, IntentKind, Proposal
from retrieval.bundle import Bundle
from retrieval.domain.models import MovieId
from retrieval.titles import TitleIndex, TitleMention

__all__ = ["Memory", "resolve", "understand"]

_KINDS: Final = frozenset(get_args(IntentKind))
_DOMINANCE: Final = 8
"""A film with this many times the ratings of its namesake is the one that is meant."""
_PRONOUN: Final = re.compile(r"\b(?:it|its|that|this|them|those|that one|this one|the same)\b")
_NEEDS_FILM: Final = frozenset(
    {
        "why_not",
        "what_if_forget",
        "what_if_rate",
        "similar",
        "about_movie",
        "rate",
        "forget",
        "hide",
    }
)
_MET: Final = r"(?: that i (?:watched|saw|rated|liked|loved))?"
_SLOT: Final = re.compile(
    r"(?:why not|why didn'?t you (?:recommend|suggest|pick)|why isn'?t|where(?:'s| is)"
    rf"|forget{_MET}|forgot{_MET}|(?:something|anything|films?|movies?|more|stuff) like"
    r"|similar to|tell me about|what about|how about|hide|remove|delete|drop|without"
    r"|not interested in|why (?:did you )?(?:recommend|suggest|is|pick)"
    r"|i (?:just )?(?:watched|saw|loved|liked|hated|enjoyed)|rate(?:d)?|compare)"
    r"\s+(?P<slot>[^?!.,]{2,60})"
)
"""Where a title stands that was not recognised as one, misspelt perhaps."""
_SLOT_END: Final = re.compile(
    r"\s+(?:in (?:the|my|that|this)|on (?:the|my)|from the|instead|then|here|please|ranked|but"
    r"|with|a |\d|half|one|two|three|four|five|so|recommended|listed|there|for me|to me|again"
    r"|and what|missing|not).*$"
)


@dataclass(frozen=True, slots=True)
class Memory:
    """What earlier turns left for this one."""

    list_movie_ids: tuple[MovieId, ...]
    """The list that positions refer to."""
    focus: tuple[MovieId, ...]
    """Films last talked about, first meant first."""
    history: frozenset[MovieId]
    """Films of the viewer's history."""
    proposal: Proposal | None


def understand(message: str, memory: Memory, bundle: Bundle, titles: TitleIndex) -> Intent:
    """Read a message by rules.

    A title that fits two films asks back unless the list, the history or fame decides; a title
    that fits nothing says so. Without a film, a position ("the second one") or a pronoun points
    into the thread's memory.
    """
    mentions = titles.mentions(message)
    masked = _mask(message, mentions).casefold().strip()
    kind = match_kind(masked)
    if kind in {"confirm", "decline"} and memory.proposal is None:
        kind = "thanks"
    if kind is None:
        kind = "about_movie" if mentions else "out_of_scope"
    named = [resolve(mention.movie_ids, memory, bundle) for mention in mentions]
    for candidates in named:
        if len(candidates) > 1:
            return Intent(kind="ambiguous_movie", movie_ids=tuple(candidates))
    films = tuple(candidates[0] for candidates in named)
    if not films:
        films, typed = _without_title(kind, message, masked, memory, bundle, titles)
        if typed is not None:
            return typed
    meant = _kind(kind, films, memory)
    intent = _complete(meant, films, masked, memory)
    return intent.model_copy(update={"is_false_premise": kind == "why" and meant == "why_not"})


def _kind(kind: str, films: tuple[MovieId, ...], memory: Memory) -> IntentKind:
    """What a rule's kind means for these films."""
    if kind == "about_movie" and films and films[0] in memory.list_movie_ids:
        kind = "why"
    if kind == "why" and films and films[0] not in memory.list_movie_ids:
        kind = "why_not"
    if kind == "compare" and len(films) < 2:
        kind = "why" if films else "recommend"
    if kind == "correction":
        kind = "forget" if films and films[0] in memory.history else "correction"
    if kind in _NEEDS_FILM and not films:
        kind = {"similar": "recommend", "about_movie": "out_of_scope"}.get(kind, "help")
    if kind not in _KINDS:
        raise ValueError(f"the rules know a kind '{kind}' that no intent has")
    return kind  # type: ignore[return-value]


def _complete(kind: IntentKind, films: tuple[MovieId, ...], masked: str, memory: Memory) -> Intent:
    if kind == "why" and not films:
        films = memory.list_movie_ids[:1]
    rating = None
    if kind in {"rate", "what_if_rate"}:
        rating = rating_in(masked) or 4.0
    filters = filters_in(masked) if kind in {"recommend", "similar"} else Intent(kind=kind).filters
    keep = 2 if kind == "compare" else len(films) if kind == "what_if_forget" else 1
    return Intent(kind=kind, movie_ids=films[:keep], rating=rating, filters=filters)


def _without_title(
    kind: str,
    message: str,
    masked: str,
    memory: Memory,
    bundle: Bundle,
    titles: TitleIndex,
) -> tuple[tuple[MovieId, ...], Intent | None]:
    """Films that a message points to without naming them, or the answer that it names none."""
    listed = memory.list_movie_ids
    position = position_in(masked)
    if position is not None and listed:
        index = position - 1 if position > 0 else len(listed) - 1
        if index < len(listed):
            return _with_second(masked, listed, listed[index]), None
        return (), Intent(kind="unknown_movie", text=f"number {position}")
    slot = _SLOT.search(masked)
    if slot is not None:
        typed = _SLOT_END.sub("", slot.group("slot")).strip()
        if typed and not _PRONOUN.fullmatch(typed) and not _is_vague(typed):
            candidates = resolve(titles.best(typed), memory, bundle)
            if len(candidates) > 1:
                return (), Intent(kind="ambiguous_movie", movie_ids=tuple(candidates))
            if candidates:
                return tuple(candidates), None
            if kind in _NEEDS_FILM - {"similar"}:
                return (), Intent(kind="unknown_movie", text=typed)
    if kind in {"recommend", "taste_profile", "help", "thanks", "confirm", "decline"}:
        return (), None
    if _PRONOUN.search(masked) or kind in _NEEDS_FILM | {"why"}:
        return memory.focus, None
    whole = titles.best(message) if len(message.split()) <= 6 and kind == "out_of_scope" else ()
    candidates = resolve(whole, memory, bundle)
    return tuple(candidates[:1]), None


def _with_second(masked: str, listed: Sequence[MovieId], first: MovieId) -> tuple[MovieId, ...]:
    """A second position of the same message, for comparisons."""
    rest = re.split(r"\b(?:and|with|to|or|vs\.?|versus)\b", masked, maxsplit=1)
    second = position_in(rest[1]) if len(rest) > 1 else None
    if second is None or not 1 <= second <= len(listed) or listed[second - 1] == first:
        return (first,)
    return first, listed[second - 1]


def _is_vague(typed: str) -> bool:
    words = re.findall(r"[\w']+", typed)
    vague = frozenset(
        "the a an my your his her all any some one ones film films movie movies first second third"
        " last list something anything more less other others of these those them everything else"
        " recommended recommend you me i did do not".split()
    )
    return all(word in vague for word in words)


def resolve(candidates: Sequence[MovieId], memory: Memory, bundle: Bundle) -> list[MovieId]:
    """Narrow namesakes: the list first, then the history, then overwhelming fame."""
    if len(candidates) < 2:
        return list(candidates)
    for known in (memory.list_movie_ids, memory.history):
        inside = [movie_id for movie_id in candidates if movie_id in known]
        if len(inside) == 1:
            return inside
    by_fame = sorted(candidates, key=lambda m: -bundle.movie(m).n_ratings)
    first, second = (bundle.movie(m).n_ratings for m in by_fame[:2])
    if first >= _DOMINANCE * max(1, second):
        return by_fame[:1]
    return by_fame[:4]


def _mask(message: str, mentions: Sequence[TitleMention]) -> str:
    parts, position = [], 0
    for mention in mentions:
        parts += [message[position : mention.start], FILM]
        position = mention.end
    return "".join([*parts, message[position:]]).replace("’", "'")
