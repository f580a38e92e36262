"""Which words of a message are titles: the ways to see them, and how likely each way is.

*Rain*, *Last Night* and *The Call* are films, and mostly just words. Whether they are meant shows
in capitals, quotation marks and years, in what is done to them ("I saw Rain"), in how often people
say the words otherwise, and in how well known the film is.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from agents.chat.constraints import GENRE_WORDS, STYLE_WORDS, style_words
from agents.chat.slots import FILM, fold_message, slot_spans
from retrieval.domain.models import MovieId
from retrieval.titles import TitleIndex, TitleMention

__all__ = ["Everyday", "Mentions", "find_mentions"]

_SLIP: Final = -0.2
"""What it takes away that a single word would have to be misspelt."""
_STRANGER: Final = -0.35
"""The same for words that no title of the catalogue has."""
_VERB_BEFORE: Final = re.compile(
    r"\b(?:why (?:is|was|did|does)|rated?|gave|give|take|erase|wipe|because of|forget|forgot"
    r"|remove|delete|watch(?:ed)?"
    r"|saw|seen|loved?|liked?|hated?"
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
    r"|bored me)\b| (?:has|had|got|gets|sits at|stands at) (?:a |only |just )*(?:\d|one|two"
    r"|three|four|five)\b"
)
_DETERMINER_BEFORE: Final = re.compile(
    r"\b(?:the|a|an|my|your|our|his|her|their|this|that|some|any|no|real|next|last|every|each) $"
)
_SENTENCE_BEFORE: Final = re.compile(r"(?:^|[.!?:;]\s+|\n\s*)[\"'“‘(]*$")
_ARTICLE: Final = re.compile(r"^(?:the|a|an) ")
_TITLE_FITS: Final = 0.08
"""What taking words for a title is worth: less than a clear difference in meaning."""
_LONG_TITLE: Final = 0.2
"""The same for a title of several words, not all of which are small talk."""
_NAMED_TITLE: Final = 0.35
"""The same for a title of several words in capitals."""
_STRANGE_TITLE: Final = 0.16
_LONG_WORD: Final = 6
"""The same for one long word that few people say otherwise: "Frozen"."""
_UNMISTAKABLE: Final = 0.3
"""The same for one word that is a well-known film and nothing else: "Avatar"."""
_DOUBTFUL: Final = -0.2
"""The same for ordinary words, or a number, in small letters: "thing", "10", "last night"."""
_THING: Final = -0.4
"""The same for an ordinary word that something is said of: "the moon"."""
_HARDLY_KNOWN: Final = -0.15
"""The same for ordinary words that are only an obscure film."""
_SENTENCE: Final = 4
"""Words in a row that are not said by chance as a title has them."""
_FAMOUS: Final = 25
"""Ratings of a film that people talk about, be its title what it may."""


class Everyday(NamedTuple):
    """What is known of the words that people use."""

    ordinary: frozenset[str]
    """At home in any conversation about films."""
    known: frozenset[str]
    """These, and others that are spelt right."""
    frequent: frozenset[str]
    """Said by many people, whatever they talk about."""
    said: frozenset[str]
    """Said by anybody."""
    pairs: frozenset[str]
    """Said by several people, one word after the other."""


class Mentions(NamedTuple):
    """One way to see titles in a message."""

    masked: str
    """The message with a mark for each."""
    movie_ids: tuple[tuple[MovieId, ...], ...]
    """Candidates of each mark, best first."""
    prior: float
    """How much likelier than without titles this is, before the rest is read."""


def find_mentions(message: str, titles: TitleIndex, words: Everyday) -> Iterator[Mentions]:
    """The ways to see titles: all, only the certain ones, misspelt ones.

    A title made of ordinary words only ("Another One") is a title in some readings and not in
    others; the reading that makes the clearer question wins.

    Args:
        message: As typed.
        titles: The catalogue's.
        words: What people say otherwise.
    """
    places = slot_spans(message)
    found = [
        mention
        for mention in titles.mentions(message)
        if not any(start < mention.end and mention.start < end for start, end in places)
        or not _is_doubtful(message, mention, words)
    ]
    certain = [mention for mention in found if not _is_doubtful(message, mention, words)]
    spelt = [
        mention
        for mention in titles.unmarked(message, ordinary=words.ordinary)
        if not _is_plain(message[mention.start : mention.end], words.ordinary, places, mention)
    ]
    slips = [
        mention
        for mention in titles.misspelt(
            message, ordinary=words.known | words.frequent, taken=certain
        )
        if not _is_plain(message[mention.start : mention.end], words.ordinary, places, mention)
        and not any(_is_within(mention, other) for other in spelt)
    ]
    # "Sunshine" is a film, and a word of one with a slip elsewhere.
    spelt = [m for m in spelt if not any(_is_within(m, slip) for slip in slips)]
    misspelt = [*_beside(spelt, certain), *_beside(slips, certain)]
    more = _beside(misspelt, found)
    ways = [found, certain, [*certain, *misspelt], [*found, *more], []]
    ways += [[m for m in found if m != mention] for mention in found if len(found) > 1]
    short = {mention for mention in slips if " " not in message[mention.start : mention.end]}
    obscure = {m for m in slips if titles.n_ratings(m.movie_ids) < _FAMOUS}
    for way in {tuple(sorted(way, key=lambda m: m.start)): None for way in ways}:
        seen = _masked(message, way, titles, words)
        n_slips = len(short & set(way)) + 2 * len(obscure & set(way))
        yield seen._replace(prior=seen.prior + _SLIP * n_slips)
    stranger = _unknown_mention(message, words.ordinary)
    if stranger is not None and not certain and not misspelt:
        masked = _masked(message, [stranger], titles, words)
        yield masked._replace(prior=_STRANGER)


def _beside(mentions: Sequence[TitleMention], taken: Sequence[TitleMention]) -> list[TitleMention]:
    """Mentions that overlap none of the others."""
    return [m for m in mentions if all(m.end <= t.start or t.end <= m.start for t in taken)]


def _is_within(mention: TitleMention, other: TitleMention) -> bool:
    return other.start <= mention.start and mention.end <= other.end


def _is_named(message: str, mention: TitleMention) -> bool:
    """Whether capitals, quotation marks or a year say that words are a name."""
    text = message[mention.start : mention.end]
    if text[:1] in "\"'“‘" or re.search(r"\d{4}", text):
        return True
    capitals = [m.start() for m in re.finditer(r"(?<![\w'’])(?!I\b)[A-Z]", text)]
    if _SENTENCE_BEFORE.search(message[: mention.start]):
        capitals = [place for place in capitals if place > 0]
    return bool(capitals)


def _is_doubtful(message: str, mention: TitleMention, words: Everyday) -> bool:
    """Whether words that are a title are more often just words."""
    folded = fold_message(message[mention.start : mention.end])
    is_style = GENRE_WORDS.fullmatch(folded) or STYLE_WORDS.fullmatch(folded)
    return not _is_named(message, mention) and (_is_everyday(folded, words) or is_style is not None)


def _is_everyday(folded: str, words: Everyday) -> bool:
    """Whether people say a title's words, and say them in this order: not so "king kong"."""
    spelt = re.findall(r"\w+", folded)
    if len(spelt) >= _SENTENCE:
        return False
    return all(
        word in words.ordinary or word in words.frequent or word.isdigit() for word in spelt
    ) and all(f"{a} {b}" in words.pairs for a, b in pairwise(spelt))


def _is_plain(
    text: str, ordinary: frozenset[str], places: Sequence[tuple[int, int]], mention: TitleMention
) -> bool:
    """Whether words that resemble a title are styles among small words, or a place in a list."""
    words = fold_message(text).split()
    is_placed = any(start < mention.end and mention.start < end for start, end in places)
    return is_placed or (len(words) > 1 and set(words) <= ordinary | style_words())


def _prior(message: str, mention: TitleMention, titles: TitleIndex, words: Everyday) -> float:
    text = message[mention.start : mention.end]
    folded = fold_message(text)
    is_famous = titles.n_ratings(mention.movie_ids) >= _FAMOUS
    before, after = message[: mention.start].lower(), message[mention.end :].lower()
    is_object = _VERB_BEFORE.search(before) or _JUDGED_AFTER.match(after)
    is_long = " " in _ARTICLE.sub("", folded)
    if text[0] in "\"'“‘" and _is_everyday(folded, words):
        return 0.0  # "how do you say 'good night' in Italian"
    if not _is_doubtful(message, mention, words):
        if _is_everyday(folded, words) and not is_famous and '"' not in text:
            return _HARDLY_KNOWN if not is_object else 0.0
        if " " in text:
            return _NAMED_TITLE if _is_named(message, mention) else _LONG_TITLE
        if is_famous and folded not in words.said:
            return _UNMISTAKABLE
        if is_object:
            return _LONG_TITLE
        is_strange = text.isalpha() and len(text) >= _LONG_WORD and not _is_everyday(folded, words)
        return _STRANGE_TITLE if is_strange else _TITLE_FITS
    is_style = STYLE_WORDS.fullmatch(text) or GENRE_WORDS.fullmatch(text)
    if is_object or (is_long and is_famous and not is_style):
        return _TITLE_FITS if is_famous else _HARDLY_KNOWN
    prior = _DOUBTFUL if is_famous else _DOUBTFUL + 4.0 * _HARDLY_KNOWN
    return prior + (_THING if _DETERMINER_BEFORE.search(before) else 0.0)


def _masked(
    message: str, mentions: Sequence[TitleMention], titles: TitleIndex, words: Everyday
) -> Mentions:
    prior = sum(
        _prior(message, mention, titles, words) for mention in mentions if mention.movie_ids
    )
    parts, position = [], 0
    for mention in mentions:
        parts += [message[position : mention.start].lower(), FILM]
        position = mention.end
    text = "".join([*parts, message[position:].lower()])
    return Mentions(text, tuple(mention.movie_ids for mention in mentions), prior)


def _unknown_mention(message: str, ordinary: frozenset[str]) -> TitleMention | None:
    """The words that are none of a conversation: a title that the catalogue does not have."""
    words = list(re.finditer(r"[\w'’-]+", message))
    strange = [m for m in words if not set(fold_message(m.group()).split()) <= ordinary]
    if not strange:
        return None
    return TitleMention(strange[0].start(), strange[-1].end(), ())
