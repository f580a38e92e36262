"""What a message takes for granted about the viewer's history."""

import re
from collections.abc import Sequence
from typing import Final

from agents.chat.schemas import Premise
from agents.chat.slots import has_stars, ratings_in
from retrieval.domain.models import MovieId

__all__ = ["premises_in", "without_premises"]

_FELT: Final = (
    r"(?:loved?|liked?|enjoy(?:ed)?|hated?|adored?|disliked?|despised?|detest(?:ed)?|loathed?|dug"
    r"|rated?|gave|given|giving|scored?|watched|saw|seen|finished|cried at|was bored by"
    r"|was blown away by|could ?nt stand|cant stand|(?:am|was) (?:in love with|into|crazy about"
    r"|(?:such )?a (?:big |huge |great |real )?(?:fan|lover|admirer) of))\b"
)
_WORDS: Final = r"(?:[a-z]+ ){0,3}?"
_TO_FILM: Final = (
    r"(?P<clause>[^.?!;]*?\b(?:F|it|that one|this one)\b(?:(?: and | or |, )F\b)*[^.?!;,]{0,24})"
)
_LED: Final = re.compile(
    r"\b(?:since|because|as|cause|cuz|coz|bc|given(?: that)?|considering(?: that)?"
    r"|seeing(?: as| that)?|although|even though|though|now that|knowing(?: that)?) (?:you know )?"
    rf"i(?:ve| have|m)? {_WORDS}{_FELT}{_TO_FILM}"
)
"""A clause that says why something is asked, and asks nothing itself."""
_CLAIMS: Final = re.compile(
    rf"(?:^|[,.;!?] ?|\b(?:and|but|so|ok|okay|well|hey|hi|when|while|which|that|although|though"
    rf"|because|since|as|given|seeing|considering|knowing|(?:as )?you know|remember|you see"
    rf"|mind you|look) )(?:that )?i(?:ve| have|m| am| had)? "
    rf"{_WORDS}{_FELT}{_TO_FILM}"
    rf"|\b(?:having|after|being|given|with|despite|considering|knowing|because of|based on|due to"
    rf"|thanks to|from) (?:{_WORDS}{_FELT}|(?:me|my) {_WORDS}(?:stars?|rating|score|love|hatred"
    rf"|dislike|hate|verdict|opinion|view|giving|liking|loving|hating|rating|enjoying)\b)"
    r"(?P<clause2>[^.?!;]*?\bF\b[^.?!;,]{0,24})"
    r"|\b(?:memories|memory|habit|mistake|joy) of (?:rating|giving|watching|seeing|loving"
    r"|hating)\b(?P<clause6>[^.?!;]*?\bF\b[^.?!;,]{0,24})"
    r"|(?:^|\b(?:as|being|for) )(?:a |an |such a )?(?:big |huge |great |real |massive )?"
    r"(?:fan|lover|admirer|hater) of (?P<clause3>[^.?!;]*?\bF\b(?:,? (?:which|that) i [^.?!;,]+)?)"
    r"|\b(?P<clause4>F (?:is|was|being) (?:one of )?my (?:all time |absolute |least )*fav[a-z]+"
    r"[^.?!;,]{0,12})"
    r"|(?:^|[.;!?] )(?P<clause7>F (?:is|was) (?:so |really |just |pretty |absolutely )?(?:great"
    r"|amazing|awful"
    r"|terrible|horrible|boring|brilliant|fantastic|dull|perfect|a masterpiece)\b[^.?!;]{0,40})"
    r"|\bmy (?:all time |absolute )*fav[a-z]+ (?:film |movie )?(?:is|was|being)? ?(?P<clause5>F\b)"
)
"""The same, and plain statements before a question: "I adored F, got more of those?"."""
_OPEN: Final = re.compile(r"\b(?:if|suppose|imagine|say|pretend|assum\w+|whether|would|what if)\b")

_OWN: Final = re.compile(r"\b(?:i|ive|id|im|me|my|mine)\b")
_GIVEN: Final = re.compile(
    r"\b(?:the|those|that|my) (?:[a-z0-9.,½/]+ ){1,4}?(?:that )?i(?:ve| have| had|d)? (?:gave"
    r"|given|put on|awarded) F\b"
)
"""Stars that a message takes for granted whatever it asks: "the two stars I gave F"."""

_FEWEST_WORDS: Final = 2
"""Of a question that is left."""


def premises_in(folded: str, films: Sequence[MovieId], *, is_question: bool) -> tuple[Premise, ...]:
    """Films that the message says were met or rated, with the stars that it claims.

    Args:
        folded: Message with films marked.
        films: The marked films, in order.
        is_question: Whether it asks for something, so that a plain "I loved F" is no rating.
    """
    found: dict[MovieId, Premise] = {}
    for match in (_CLAIMS if is_question else _LED).finditer(folded):
        if match.re is _CLAIMS and _OPEN.search(folded[: match.start() + 1]):
            continue
        group = match.lastgroup or "clause"
        first = len(re.findall(r"\bF\b", folded[: match.start(group)]))
        number = len(re.findall(r"\bF\b", match.group(group)))
        if not number:  # "F, I rated it 5": the pronoun means the film before
            first, number = max(0, first - 1), 1
        stars = ratings_in(_negated(match.group()))
        for movie_id in films[first : first + number]:
            found.setdefault(
                movie_id, Premise(movie_id=movie_id, rating=stars[0] if stars else None)
            )
    if not found and is_question and len(films) == 1 and _OWN.search(folded):
        # "How many stars did I give F? Four?": stars beside a question are what F is said to have.
        stars = ratings_in(folded) if not _OPEN.search(folded) else []
        if stars and has_stars(folded):
            found[films[0]] = Premise(movie_id=films[0], rating=stars[0])
    for match in _GIVEN.finditer(folded):
        row = len(re.findall(r"\bF\b", folded[: match.end()])) - 1
        stars = ratings_in(match.group())
        if stars:
            found.setdefault(films[row], Premise(movie_id=films[row], rating=stars[0]))
    return tuple(found.values())


def _negated(claim: str) -> str:
    """A claim as `ratings_in` knows it."""
    spelt = re.sub(
        r"\b(?:despise[ds]?|detest(?:ed)?|loath(?:e|ed)|hatred|hater|hating)\b", "hate", claim
    )
    return re.sub(
        r"\b(?:fan|lover|admirer|dug|crazy about|in love with|blown away)\b", "loved", spelt
    )


def without_premises(folded: str, *, plain: bool = False) -> str:
    """The message without what it takes for granted, so that only the question counts.

    Args:
        folded: Message with films marked.
        plain: Whether plain statements go, too.
    """

    def dropped(match: re.Match[str]) -> str:
        is_open = plain and _OPEN.search(folded[: match.start() + 1]) is not None
        return match.group() if is_open else " "

    rest = (_CLAIMS if plain else _LED).sub(dropped, folded)
    if rest == folded or len(rest.split()) < _FEWEST_WORDS:
        return folded
    return rest.strip(" ,.;!?")
