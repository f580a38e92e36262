"""What a message presumes in passing, whatever it asks: that a film was recommended, met, or rated.

`premises` reads statements; here, a few words beside any request are enough: "drop F from your
list", "my F rating", "the two stars F has from me". What is presumed rightly changes nothing, so
these patterns may be generous.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from agents.chat.premises import first_person
from agents.chat.schemas import Premise
from agents.chat.slots import has_stars, ratings_in
from retrieval.domain.models import MovieId

__all__ = ["is_told_in_passing", "presumptions_in"]

_OFFERED: Final = (
    r"(?:recommend\w*|suggest\w*|pick(?:ed|ing|s)?|propos\w+|advis\w+|offer\w*|listed|list"
    r"|show(?:n|ed"
    r"|ing)?|named|chose|chosen|tips?|tipped|selected|selection|gave me|give me|push(?:ed|ing)"
    r"|feature[ds]?|top ten|picks?|advice)"
)
_RECOMMENDED: Final = re.compile(
    rf"\b(?:you|u|your|ur|youre|youve|it)\b(?: \w+){{0,4}}? {_OFFERED}\b"
    rf"|\b(?:in|on|among|amongst|onto|into|from|off|of) (?:the|my|this|your|ur"
    rf"|those) (?:\w+ ){{0,2}}?"
    r"(?:list|selection|picks?|recs|recommend\w*|suggestions?|top ten|top 10|lineup|advice)\b"
    rf"|\bF\b(?: \w+){{0,3}}? (?:{_OFFERED}) (?:to|for|by)? ?(?:me|you)\b"
    rf"|\b{_OFFERED} (?:me )?(?:\w+ )?F\b|\bF (?:suggestion|recommendation|pick|tip)\b"
    r"|\bget F recommended\b|\b(?:number one|first|last|top) (?:pick|tip|choice)\b"
)
_ABSENT: Final = re.compile(
    r"\b(?:isnt|arent|wasnt|werent|didnt|dont|doesnt|hasnt|havent|hadnt|wont|cant|never|missing"
    r"|absent"
    r"|left|leave|leaving|omit\w*|skip\w*|ignor\w*|overlook\w*|lack\w*|nowhere|exclud\w*|refus\w*"
    r"|why not|without|no sign|not (?:in|on|there|one|among|recommend\w*|suggest\w*|show\w*|get))\b"
    r"|^(?:\w+ )?(?:would|could|can|will|do|should|might|did) (?:you|u|i) \w+ (?:recommend"
    r"|suggest|pick)\b"
    r"|\b(?:would|could|can|will|do) (?:you|u) (?:\w+ )?(?:recommend|suggest|pick|list|offer|show)"
    r"|\b(?:recommend|suggest|show|give|find) (?:me )?(?:some|any|a|more|other|another|films?"
    r"|something"
    r"|anything|stuff|movies?)\b|\b(?:put|add|get) F (?:on|in|to)\b"
)
_PRESENT_AFTER_ALL: Final = re.compile(
    r"\b(?:shouldnt|should not|did not|does not) (?:be|include|have)\b|\bstop \w+ing\b"
    r"|\bcant (?:see|get"
    r"|understand|believe|recall|remember|say)\b|\bdo(?:nt| not) (?:get|understand|see|know"
    r"|remember"
    r"|want|like|need|believe|think)\b|\bdidnt (?:get|like|want|ask|understand|expect)\b"
    r"|\bnever (?:heard"
    r"|liked|asked|wanted)\b|\bnot (?:sure|great|good|my|keen|convinced)\b"
)
_MINE: Final = (
    r"(?:history|ratings?|records?|profile|favou?rites?|log|watched (?:list|films)|rated (?:list"
    r"|films"
    r"|ones)|account|data|list)"
)
_MET: Final = re.compile(
    rf"\bmy (?:\w+ ){{0,2}}?F\b(?: (?:rating|score|stars?|verdict|review))?"
    r"|\bmy (?:[\w.]+ ){0,3}?(?:rating|score|verdict|stars?|opinion|review|mark|S) (?:for|of|on"
    r"|to) F\b"
    rf"|\bF\b[^.?!]{{0,40}}?\b(?:on|in|among|amongst|off|from|of) my (?:\w+ )?{_MINE}\b"
    rf"|\b(?:on|in|among|of|from) my (?:\w+ )?{_MINE}\b[^.?!]{{0,25}}?\bF\b"
    r"|\bF\b(?:,? (?:which|that|the (?:one|film|movie)))?,? i(?:ve| have)? (?:\w+ )?(?:rated"
    r"|watched|saw|seen"
    r"|loved|liked|hated|gave|logged)\b"
    r"|\bi(?:ve| have| had|d)? (?:\w+ )?(?:rated|watched|saw|seen|loved|hated|liked|gave|given"
    r"|logged)\b"
    r"[^.?!]{0,25}?\bF\b"
    r"|\byou (?:have|had|got) (?:it|F) in my\b|\bmistake (?:of mine )?(?:was )?(?:to|of) \w+ F\b"
    r"|\bF\b[^.?!]{0,20}?\b(?:from|by) (?:me|yours truly)\b"
    rf"|\bF\b[^.?!]{{0,30}}?\bmy rated\b|\bwhat i (?:gave|rated|made of|thought of) F\b"
    rf"|^(?:\w+ )?gave F\b"
)
_MET_TOO: Final = re.compile(
    r"\bF\b[^.?!]{0,30}?\b(?:which|that|the one|film|movie|films|movies) i(?:ve| have)? (?:\w+ )*?"
    r"(?:rated|watched|seen|saw|loved|liked|hated|enjoyed|adored)\b"
    r"|\b(?:one|any|part) of (?:my|the) (?:\w+ ){0,3}?(?:films|movies|ones|favou?rites)\b"
    r"|\bhow much i (?:\w+ )?(?:enjoyed|loved|liked|hated|disliked|adored) F\b"
    r"|\bF\b[^.?!]{0,40}?\b(?:from|by|outta|out of) (?:me|yours truly)\b"
    r"|\binstead of the \S+ (?:it|F) has\b|\bmy current S\b"
)
_INSTEAD: Final = re.compile(
    r"\binstead of (?:the|my) (?P<stars>[1-5](?:\.5)?|one|two|three|four|five)\b"
)
_NOT_MET: Final = re.compile(
    r"\bi(?:ve| have)? (?:never|not|havent|didnt|dont|wont|cant|have not|did not|have yet to)\b"
    r"|\b(?:havent|hadnt|didnt|dont|never) (?:\w+ )?(?:seen|see|watched|watch|rated|rate)\b"
    r"|\bnot (?:in|on|part of) my\b|\b(?:add|put) F\b"
)
_SUPPOSED: Final = re.compile(
    r"\b(?:if(?! i (?:remember|recall|am right|m right))|suppose|supposing|imagine|pretend|assume"
    r"|what if|were i to|had i|(?:i would|id|should i) (?:\w+ )?(?:give|rate|have))\b"
)
_UNDONE: Final = re.compile(
    r"\b(?:never|hadnt|havent|werent|wasnt|not|without|remov\w*|forg[eo]t\w*|delet\w*|drop\w*"
    r"|take out|took"
    r"|ignor\w*|instead of|those|other than|apart from|minus)\b"
)
_KEPT: Final = re.compile(r"\b(?:those|(?:isnt|wasnt|werent|not) (?:\w+ )?at)\b")
"""Stars that somebody supposes away are there."""
_IT: Final = re.compile(r"\b(?:it|that one|that film|that movie)\b")
_MY_LIST: Final = re.compile(r"\bmy (?:\w+ )?list\b")
_YOU_KNOW: Final = re.compile(
    r"\b(?:(?:you|u) (?:know|saw|see|remember|have)|as you know|your records|in my (?:history"
    r"|ratings))\b"
)
_IN_PASSING: Final = re.compile(
    r"\b(?:only|just|mere|merely|measly|you know|u know|you saw|u saw|remember|as you know"
    r"|from me|from yours"
    r"|on my list|in my|considering|since|because|given|seeing that|although"
    r"|why|which|wheres|any more|got any|so no|so please|may have|wonder)\b|\?"
)


def presumptions_in(
    folded: str, films: Sequence[MovieId], shown: frozenset[MovieId], history: frozenset[MovieId]
) -> Iterator[Premise]:
    """What a message presumes about the films that it names.

    Args:
        folded: Message with films marked.
        films: The marked films, in order.
        shown: Films that were recommended.
        history: Films of the viewer's history.
    """
    row = 0
    for sentence in re.split(r"(?<=[.?!;])\s+", first_person(folded)):
        named = films[row : row + len(re.findall(r"\bF\b", sentence))]
        row += len(named)
        if not named and row:  # "Alien! You have it in my history."
            named, sentence = films[row - 1 : row], _IT.sub("F", sentence)
        if not re.search(r"\bF\b", sentence):
            continue
        is_told = _tells_recommendation(sentence)
        if is_told:
            yield from (
                Premise(movie_id=film, is_recommended=True) for film in named if film not in shown
            )
        is_listed = is_told and history.isdisjoint(named) and not _MY_LIST.search(sentence)
        if is_listed or not _tells_meeting(sentence):
            continue
        instead = _INSTEAD.search(sentence)
        if instead is not None:
            told = ratings_in(f"{instead['stars']} stars")
            yield from (Premise(movie_id=m, rating=told[0], is_exact=True) for m in named[:1])
            continue
        stars = ratings_in(sentence)[-1:] if has_stars(sentence) and len(named) == 1 else []
        is_new = _SUPPOSED.search(sentence) is not None and not _KEPT.search(sentence)
        for film in named:
            exact = bool(stars) and not is_new
            yield Premise(movie_id=film, rating=stars[0] if exact else None, is_exact=exact)


def is_told_in_passing(folded: str, films: Sequence[MovieId], history: frozenset[MovieId]) -> bool:
    """Whether a message that names stars only mentions them: "I only gave F two, so ..."."""
    is_known = history.issuperset(films) and _IN_PASSING.search(folded) is not None
    return is_known or _YOU_KNOW.search(folded) is not None


def _tells_recommendation(sentence: str) -> bool:
    said = _PRESENT_AFTER_ALL.sub(" ", sentence)
    return _RECOMMENDED.search(sentence) is not None and _ABSENT.search(said) is None


def _tells_meeting(sentence: str) -> bool:
    if not (_MET.search(sentence) or _MET_TOO.search(sentence)):
        return False
    if _INSTEAD.search(sentence):
        return True
    if _SUPPOSED.search(sentence):
        return _UNDONE.search(sentence) is not None
    return _NOT_MET.search(sentence) is None
