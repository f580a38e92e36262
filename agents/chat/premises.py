"""What a message takes for granted about the viewer's history."""

import re
from collections.abc import Sequence
from typing import Final

from agents.chat.schemas import Premise
from agents.chat.slots import ratings_in
from retrieval.domain.models import MovieId

__all__ = ["premises_in", "without_premises"]

_PREMISE: Final = re.compile(
    r"\b(?:since|because|as|cause|cuz|coz|bc|given(?: that)?|considering(?: that)?|seeing(?: as)?"
    r"|although|even though|though|now that|knowing(?: that)?) (?:you know )?i(?:ve)? "
    r"(?:\w+ ){0,3}?(?:loved?|liked?|enjoy(?:ed)?|hated?|adored?|disliked?|despised?|rated?"
    r"|gave|given|watched|saw|seen|am a (?:big |huge )?fan of)\b"
    r"(?P<clause>[^.?!;]*?\bF\b(?:(?: and | or |, )F\b)*[^.?!;,]{0,24})"
)


def premises_in(folded: str, films: Sequence[MovieId]) -> tuple[Premise, ...]:
    """Films that the message says were met or rated, with the stars that it claims.

    Args:
        folded: Message with films marked.
        films: The marked films, in order.
    """
    found = []
    for match in _PREMISE.finditer(folded):
        first = len(re.findall(r"\bF\b", folded[: match.start("clause")]))
        number = len(re.findall(r"\bF\b", match.group("clause")))
        stars = ratings_in(match.group())
        found += [
            Premise(movie_id=movie_id, rating=stars[0] if stars else None)
            for movie_id in films[first : first + number]
        ]
    return tuple(found)


def without_premises(folded: str) -> str:
    """The message without what it takes for granted, so that only the question counts."""
    rest = _PREMISE.sub(" ", folded).strip(" ,.;")
    return rest if len(rest.split()) > 1 else folded
