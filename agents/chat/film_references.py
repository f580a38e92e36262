"""Which films a message means: by title, by a misspelt title, by position, by pronoun."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from agents.chat.constraints import GENRE_WORDS, STYLE_WORDS, style_words
from agents.chat.schemas import Intent, IntentKind, Proposal
from agents.chat.slots import FILM, fold_message, positions_in, slot_spans
from retrieval.bundle import Bundle
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Filters
from retrieval.titles import TitleIndex, TitleMention

__all__ = ["Memory", "Mentions", "find_mentions", "pointed_films", "points_to_film", "resolve"]

_DOMINANCE: Final = 8
"""A film with this many times the ratings of its namesake is the one that is meant."""
_MOST_CANDIDATES: Final = 4
_POINTERS: Final = re.compile(
    r"\b(?:it|its|that|this|those|these|them|both|the two|the pair|the same|former|latter|they)\b"
)
_OTHER: Final = re.compile(r"\bthe other(?: one| film| movie)?\b")
_SLIP: Final = -0.2
"""What it takes away that a single word would have to be misspelt."""
_STRANGER: Final = -0.35
"""The same for words that no title of the catalogue has."""
_STYLE_WORD: Final = -0.2
"""The same for a word that names a style or genre, too: "heist", "aliens"."""
_VERB_BEFORE: Final = re.compile(
    r"\b(?:rated?|gave|give|forget|forgot|remove|delete|watch(?:ed)?|saw|seen|loved?|liked?|hated?"
    r"|adored?|enjoyed|dug|loving|liking|hating|seeing|watching|rating|skip(?:ped)?|called"
    r"|sequel to"
    r"|(?:fan|version|copy|instead) of|fav\w+ (?:film|movie) is|resembl(?:e|es|ing)|similar to"
    r"|recommend(?:ed)?|suggest(?:ed)?|than|distinguish(?:es)?|between|compare|versus|vs|why not) $"
)
"""What is seen, rated or recommended is a film, be it called "Alien" or "Kids"."""
_JUDGED_AFTER: Final = re.compile(
    r" (?:was|is) (?:so |really |too |just |pretty )?(?:great|good|bad|terrible|awful|horrible"
    r"|boring"
    r"|amazing|brilliant|fantastic|ok|dull|perfect|my)\b| (?:sucked|rocked|deserves|gets"
    r"|bored me)\b"
)
_NEXT: Final = re.compile(
    r"\b(?:one|film|movie) (?:right |just )?(?:(?P<after>after|below|following)|before|above)"
    r"(?: that| this| it| that one)?\b"
)
_NO_POINTING: Final = frozenset(
    "recommend taste_profile help thanks confirm decline out_of_scope refine more".split()
)
_TITLE_FITS: Final = 0.08
"""What taking words for a title is worth: less than a clear difference in meaning."""
_LONG_TITLE: Final = 0.2
"""The same for a title of several words, not all of which are small talk."""
_STRANGE_TITLE: Final = 0.16
_LONG_WORD: Final = 6
"""The same for one long word that nobody says otherwise: "Inception"."""
_DOUBTFUL: Final = -0.2
"""The same for one ordinary word, or a number, in small letters: "thing", "10"."""


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


class Mentions(NamedTuple):
    """One way to see titles in a message."""

    masked: str
    """The message with a mark for each."""
    movie_ids: tuple[tuple[MovieId, ...], ...]
    """Candidates of each mark, best first."""
    prior: float
    """How much likelier than without titles this is, before the rest is read."""


def find_mentions(
    message: str, titles: TitleIndex, *, ordinary: frozenset[str], known: frozenset[str]
) -> Iterator[Mentions]:
    """The ways to see titles: all, only the certain ones, misspelt ones.

    A title made of ordinary words only ("Another One") is a title in some readings and not in
    others; the reading that makes the clearer question wins.

    Args:
        message: As typed.
        titles: The catalogue's.
        ordinary: Words that people say in a conversation about films anyway.
        known: These and others that are spelt right.
    """
    places = slot_spans(message)
    found = [
        mention
        for mention in titles.mentions(message)
        if not any(start < mention.end and mention.start < end for start, end in places)
        or not _is_doubtful(message[mention.start : mention.end], ordinary)
    ]
    certain = [m for m in found if not _is_doubtful(message[m.start : m.end], ordinary)]
    spelt = [
        mention
        for mention in titles.unmarked(message, ordinary=ordinary)
        if not _is_plain(message[mention.start : mention.end], ordinary, places, mention)
    ]
    slips = [
        mention
        for mention in titles.misspelt(message, ordinary=known, taken=[*certain, *spelt])
        if not _is_plain(message[mention.start : mention.end], ordinary, places, mention)
    ]
    misspelt = [*_beside(spelt, certain), *_beside(slips, certain)]
    more = _beside(misspelt, found)
    ways = [found, certain, [*certain, *misspelt], [*found, *more], []]
    short = {mention for mention in slips if " " not in message[mention.start : mention.end]}
    for way in {tuple(sorted(way, key=lambda m: m.start)): None for way in ways}:
        seen = _masked(message, way, ordinary)
        yield seen._replace(prior=seen.prior + _SLIP * len(short & set(way)))
    stranger = _unknown_mention(message, ordinary)
    if stranger is not None and not certain and not misspelt:
        yield _masked(message, [stranger], ordinary)._replace(prior=_STRANGER)


def _beside(mentions: Sequence[TitleMention], taken: Sequence[TitleMention]) -> list[TitleMention]:
    """Mentions that overlap none of the others."""
    return [m for m in mentions if all(m.end <= t.start or t.end <= m.start for t in taken)]


def _is_doubtful(text: str, ordinary: frozenset[str]) -> bool:
    """Whether words that are a title are more often just words."""
    is_named = text[:1] in "\"'“‘" or bool(re.search(r"\d{4}", text)) or text[:1].isupper()
    words = fold_message(text).split()
    is_style = GENRE_WORDS.fullmatch(" ".join(words)) or STYLE_WORDS.fullmatch(" ".join(words))
    is_plain = all(word in ordinary or word.isdigit() for word in words)
    return not is_named and (is_plain or is_style is not None)


def _is_plain(
    text: str, ordinary: frozenset[str], places: Sequence[tuple[int, int]], mention: TitleMention
) -> bool:
    """Whether words that resemble a title are styles among small words, or a place in a list."""
    words = fold_message(text).split()
    is_placed = any(start < mention.end and mention.start < end for start, end in places)
    return is_placed or (len(words) > 1 and set(words) <= ordinary | style_words())


def _prior(text: str, ordinary: frozenset[str]) -> float:
    if len(text.split()) > 1 and not _is_doubtful(text, ordinary):
        return _LONG_TITLE
    if len(text.split()) > 1 or not _is_doubtful(text, ordinary):
        is_strange = text.isalpha() and len(text) >= _LONG_WORD and text.lower() not in ordinary
        return _STRANGE_TITLE if is_strange else _TITLE_FITS
    is_style = STYLE_WORDS.fullmatch(text) or GENRE_WORDS.fullmatch(text)
    return _STYLE_WORD if is_style else _DOUBTFUL


def _masked(message: str, mentions: Sequence[TitleMention], ordinary: frozenset[str]) -> Mentions:
    prior = 0.0
    for mention in mentions:
        is_object = (
            _VERB_BEFORE.search(message[: mention.start].lower()) is not None
            or _JUDGED_AFTER.match(message[mention.end :].lower()) is not None
        )
        text = message[mention.start : mention.end]
        prior += max(_TITLE_FITS if is_object else -1.0, _prior(text, ordinary))
    parts, position = [], 0
    for mention in mentions:
        parts += [message[position : mention.start].lower(), FILM]
        position = mention.end
    text = "".join([*parts, message[position:].lower()])
    return Mentions(text, tuple(mention.movie_ids for mention in mentions), prior)


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


def _unknown_mention(message: str, ordinary: frozenset[str]) -> TitleMention | None:
    """The words that are none of a conversation: a title that the catalogue does not have."""
    words = list(re.finditer(r"[\w'’-]+", message))
    strange = [m for m in words if not set(fold_message(m.group()).split()) <= ordinary]
    if not strange:
        return None
    return TitleMention(strange[0].start(), strange[-1].end(), ())
