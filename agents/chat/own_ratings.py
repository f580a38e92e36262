"""Questions about ratings: which of the viewer's own are asked for, or whose else's."""

import re
from collections.abc import Iterable
from typing import Final, Literal

from agents.chat.film_references import Memory, pointed_films
from agents.chat.schemas import Intent, Premise
from agents.chat.sentences import Found, Sentence, courtesy
from agents.chat.slots import has_stars, positions_in, ratings_in
from retrieval.domain.evidence import HistoryEvidence
from retrieval.domain.models import Interaction, MovieId
from retrieval.wording import as_list, as_stars

__all__ = ["asks_of_others", "of_own_ratings", "rated_films", "write_ratings"]

Asked = Literal["highest", "lowest", "latest", "stars"]

_MOST_NAMED: Final = 8
_RATED: Final = (
    r"(?:rat(?:e|ed|ing|ings)|scor(?:e|ed|es)|stars?|marks?|grades?|gave|give|given|liked?|loved?"
    r"|hated?|history|favou?rites?)"
)
_HIGHEST: Final = re.compile(
    rf"\b(?:highest|top|best|most stars|(?:full|top|maximum|max) (?:marks|score"
    rf"|stars))\b[^.?!]*\b{_RATED}\b"
    rf"|\b{_RATED}\b[^.?!]*\b(?:highest|highly|(?:the )?best|the most)\b"
    r"|\bmy (?:all[ -]time )?(?:favou?rites?(?: films?| movies?| ones?)?|best|top) *[?.!]*$"
    r"|\b(?:what|which)\b[^.?!]*\bmy (?:all[ -]time )?favou?rite (?:films?|movies?)\b"
)
_LOWEST: Final = re.compile(
    rf"\b(?:lowest|worst|least|fewest stars|bottom)\b[^.?!]*\b{_RATED}\b"
    rf"|\b{_RATED}\b[^.?!]*\b(?:lowest|(?:the )?worst|the least)\b|\bmy (?:lowest|worst) *[?.!]*$"
)
_LATEST: Final = re.compile(
    rf"\b(?:last|latest|newest|recent|recently|most recent)\b[^.?!]*\b(?:{_RATED}|watched|saw|seen"
    r"|watch|logged|added|recorded)\b"
    rf"|\b(?:{_RATED}|watched|saw|seen|watch|logged|added|recorded)\b[^.?!]*\b(?:last|recently"
    rf"|lately)\b"
)
_OF_STARS: Final = re.compile(
    r"\b(?:what|which|list|show|name|any|all|films|movies|ones|everything)\b"
)
_OF_IT: Final = re.compile(
    r"\b(?:rat(?:e|ed|ing)|scor(?:e|ed)|stars?|mark|gave|give|given|watched|seen|saw)\b[^.?!]*"
    r"\b(?:it|this|that one|that film|that movie|this one)\b"
    r"|\b(?:it|this|that one|that film|that movie|this one)\b[^.?!]*\b(?:from me|rating|stars?"
    r"|score)\b"
)


_PERSON: Final = (
    r"(?:neighbou?r|boss|ex|colleague|coworker|sister|brother|wife|husband|friend|roommate|flatmate"
    r"|girlfriend|boyfriend|partner|mother|mom|mum|father|dad|son|daughter|cousin|uncle|aunt"
    r"|teacher|landlord|mate|buddy|kids?|parents)s?"
)
_RATED_BY: Final = (
    r"(?:rated?|gave|given?|scored?|watch(?:ed|es)?|seen?|saw|liked?|logged|stars?|ratings?)"
)
_OTHERS: Final = re.compile(
    r"\bml:\d+|\b(?:another|other|different|all|every|some|someone|somebody) (?:elses? )?"
    r"(?:viewer|user|account|profile)s?\b"
    r"|\b(?:viewer|user|account)s? (?:with )?(?:the )?(?:no\.? ?|number |id |called |named )*\d+"
    r"|\b(?:viewer|user|person|customer|account|guy)s? (?:before|after|next to|besides) me\b"
    rf"|\bmy {_PERSON}(?:'s)? (?:ratings?|history|profile|taste|list|account)\b"
    rf"|\b(?:what|which|how many|how)\b[^.?!]*\b(?:did|does|has|have)\b[^.?!]*\b(?:he|she|they"
    rf"|my (?:\w+ )?{_PERSON}(?: \w+)?) (?:\w+ )?{_RATED_BY}\b"
    rf"|\b(?:what|which|how many|how)\b[^.?!]*\bmy (?:\w+ )?{_PERSON} (?:\w+ )?(?:has |have )?"
    rf"(?:rated|gave|given|scored|logged)\b"
)


def asks_of_others(message: str) -> bool:
    """Whether a message asks about another viewer; a chat talks about its own and nobody else."""
    return _OTHERS.search(message.lower()) is not None


def of_own_ratings(folded: str, memory: Memory) -> Intent:
    """The taste, some of the ratings, or the stars of a film that is pointed to."""
    points = _OF_IT.search(folded) is not None
    asked = None if points else _asked_ratings(folded)
    if asked is not None:
        rating = next(iter(ratings_in(folded)), None) if asked == "stars" else None
        return Intent(kind="taste_profile", asked_ratings=asked, rating=rating)
    films = memory.focus[:1] if points else ()
    if positions_in(folded):
        films = pointed_films("follow_up", folded, memory) or ()
    premises = tuple(
        Premise(movie_id=film, rating=stars, is_exact=True)
        for film in films[:1]
        for stars in ratings_in(folded)[:1]
        if has_stars(folded)
    )
    return Intent(kind="taste_profile", movie_ids=films[:1], premises=premises)


def _asked_ratings(folded: str) -> Asked | None:
    """Which of the own ratings a message asks for, if it asks for some rather than for a taste.

    Args:
        folded: Message in which no film is named.
    """
    if _LOWEST.search(folded):
        return "lowest"
    if has_stars(folded) and _OF_STARS.search(folded):
        return "stars"
    if _HIGHEST.search(folded):
        return "highest"
    return "latest" if _LATEST.search(folded) else None


def rated_films(
    events: Iterable[Interaction], asked: Asked, stars: float | None
) -> tuple[MovieId, ...]:
    """The films asked for, latest rating first, and no more of them than a sentence holds.

    Args:
        events: The viewer's history, oldest first.
        asked: Which ratings.
        stars: The wanted ones, for "stars".
    """
    latest: dict[MovieId, float] = {}
    for event in events:
        if event.rating is not None:
            latest.pop(event.movie_id, None)
            latest[event.movie_id] = event.rating
    if not latest or (asked == "stars" and stars is None):
        return ()  # nobody can give seven stars
    wanted = {
        "highest": max(latest.values()),
        "lowest": min(latest.values()),
        "stars": stars,
        "latest": None,
    }[asked]
    found = [m for m, rating in latest.items() if wanted is None or rating == wanted]
    return tuple(reversed(found))[:_MOST_NAMED]


def write_ratings(intent: Intent, found: Found) -> list[Sentence]:
    """The ratings asked for, each with the event that holds it."""
    events = {
        piece.data.movie_id: piece
        for piece in found.all(HistoryEvidence)
        if piece.data.rating is not None
    }
    pieces = list(reversed(events.values()))
    if not pieces:
        return courtesy("Your history holds no such rating.")
    ids = tuple(piece.id for piece in pieces)
    titles = as_list([piece.data.title for piece in pieces])
    stars = as_stars(pieces[0].data.rating or 0.0)
    if intent.asked_ratings == "latest":
        rated = [f"{p.data.title} ({as_stars(p.data.rating or 0.0)})" for p in pieces]
        return [Sentence(f"The films you rated last are {as_list(rated)}.", ids)]
    opening = {
        "highest": f"Your highest rating, {stars}, went to",
        "lowest": f"Your lowest rating, {stars}, went to",
    }.get(intent.asked_ratings or "", f"You gave {stars} to")
    more = " and some more" if len(pieces) == _MOST_NAMED else ""
    if more:
        titles = ", ".join(piece.data.title for piece in pieces)
    return [Sentence(f"{opening} {titles}{more}.", ids)]
