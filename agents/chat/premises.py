"""What a message takes for granted about the viewer's history."""

import re
from collections.abc import Sequence
from typing import Final

from agents.chat.schemas import Premise
from agents.chat.slots import has_stars, ratings_in
from retrieval.domain.models import MovieId

__all__ = [
    "asks_own_stars",
    "claims_recommendation",
    "first_person",
    "premises_in",
    "without_premises",
]

_FELT: Final = (
    r"(?:loved?|liked?|enjoy(?:ed)?|hated?|adored?|disliked?|despised?|detest(?:ed)?|loathed?|dug"
    r"|rated?|gave|given|giving|scored?|awarded|marked|put|watched|saw|seen|finished|cried at"
    r"|was bored by"
    r"|was blown away by|could ?nt stand|cant stand|(?:am|was) (?:in love with|into|crazy about"
    r"|(?:such )?a (?:big |huge |great |real )?(?:fan|lover|admirer) of))\b"
)
_WORDS: Final = r"(?:[a-z]+ ){0,3}?"
_TO_FILM: Final = (
    r"(?P<clause>[^.?!;]*?\b(?:F|it|that one|this one)\b(?:(?: and | or |, )F\b)*[^.?!;,]{0,24})"
)
_AS_ONE: Final = (
    r"\b(?:as|being|for|from) (?:somebody|someone|a person|a viewer|one|a man|a woman) (?:who|that)"
    rf"(?:s| has| had)? {_WORDS}{_FELT}(?P<clause9>[^.?!;,]*?\bF\b[^.?!;,]{{0,24}})"
)
_LED: Final = re.compile(
    r"\b(?:since|because|as|cause|cuz|coz|bc|given(?: that)?|considering(?: that)?"
    r"|seeing(?: as| that)?|although|even though|though|now that|knowing(?: that)?) (?:you know )?"
    rf"i(?:ve| have|m)? {_WORDS}{_FELT}{_TO_FILM}|{_AS_ONE}"
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
    rf"|{_AS_ONE}"
)
"""The same, and plain statements before a question: "I adored F, got more of those?"."""
_OPEN: Final = re.compile(r"\b(?:if|suppose|imagine|say|pretend|assum\w+|whether|would|what if)\b")

_OWN: Final = re.compile(r"\b(?:i|ive|id|im|me|my|mine)\b")
_GIVEN: Final = re.compile(
    r"\b(?:the|those|that|my) (?:[a-z0-9.,½/]+ ){1,4}?(?:that )?i(?:ve| have| had|d)? (?:gave"
    r"|given|put on|awarded) (?:F|it)\b"
)
"""Stars that a message takes for granted whatever it asks: "the two stars I gave F"."""

_CLAUSE: Final = re.compile(r"[^.?!;,]+[.?!;,]*")
_RECORD: Final = re.compile(
    r"\byou(?:ve| have| had)? (?:got|have|had|listed|marked|recorded|noted|logged)\b"
    r"|\b(?:is|are|was|being|got) (?:still )?(?:down|on record|listed|marked|noted|logged|filed)\b"
    r"|\bmy (?:rating|score|history|profile|record|log)s? (?:says?|shows?|has|have|holds?)\b"
    r"|\bmy (?:[\w.½]+[ -]){0,3}(?:rating|score|mark|verdict) (?:for|of|on)\b"
    r"|\bin my (?:history|log|profile|ratings)\b"
    r"|\b(?:got|gets|had|has|received|earned)\b.*\bfrom me\b"
    r"|\bmy (?:own )?(?:[\w.½]+[ -]){1,3}stars? (?:for|film)\b"
    r"|\b(?:one of )?my (?:highest|top|best|lowest|worst)[ -]?rated\b"
)
"""What the viewer says that the history holds."""
_ORDER: Final = re.compile(
    r"\b(?:can|could|will|would|please|pls|should|shall|let|make|change|set|put|fix|correct|why|how"
    r"|what|which|id|ill)\b"
)
_BEST: Final = re.compile(r"\bmy (?:highest|top|best)[ -]?rated\b")
_WORST: Final = re.compile(r"\bmy (?:lowest|worst)[ -]?rated\b")
_TAG_QUESTION: Final = re.compile(
    r"(?:^|[.;!?,] )(?:wasnt|isnt|werent|didnt|havent|hadnt|arent|dont)\b(?= (?:you|F|it|that)\b)"
)
_RECOMMENDED: Final = re.compile(
    r"\b(?:you|your|ur|u|youre|youve)\b(?: \w+){0,4}? (?:recommend\w*|suggest\w*|pick\w*"
    r"|chose|chosen|choose|put|listed|list|tips?|batch|selection|ten|offer\w*|propos\w*|push\w*"
    r"|(?:reckon|think|say|said) i (?:should|ought|must)|(?:told|tell|made"
    r"|had) me (?:to )?(?:watch|see))\b"
    r"|\b(?:in|on|among|onto|into) (?:the|my|this) (?:\w+ )?(?:list|selection|picks?"
    r"|recommendations"
    r"|suggestions|top ten|top 10)\b"
    r"|\b(?:recommended|suggested|picked|chosen|selected|offered|shown) (?:to|for) me\b"
)
_NOT_MEANT: Final = re.compile(
    r"\bi (?:really |still )?(?:dont|do not|cant|didnt|never) (?:\w+ )?(?:get|understand|see"
    r"|know|remember"
    r"|think|want|like|liked|enjoy|care|believe)\b|\bnot (?:great|good|sure|nice|happy|ideal|my"
    r"|a fan"
    r"|keen|certain|gonna lie|to)\b|\bnever (?:heard|liked|watched|seen|wanted|asked|cared)\b"
    r"|\bno (?:idea|clue|offen[cs]e|way)\b"
)
"""Says no to something else than a recommendation."""
_NOT_SAID: Final = re.compile(
    r"\b(?:not|never|no|none|didnt|dont|doesnt|isnt|wasnt|wont|cant|hasnt|havent|hadnt|arent|werent"
    r"|wouldnt|couldnt|without|left|leave|leaving|miss|missing|missed|skip|skipped|omit\w*|absent"
    r"|exclu\w*|refus\w*|(?:do|can|could|would|will|if) you|if)\b"
)

_OWN_STARS: Final = re.compile(
    r"\b(?:did|have|had|do) i (?:ever |even |already |really |not |actually )?(?:rate|rated"
    r"|give|given|gave|score|scored|mark|marked)\b"
    r"|\b(?:what|which|how many|how high|how much) (?:[a-z]+ ){0,4}?(?:rating|score|stars?"
    r"|marks?|grade)\b[^.?!]*\b(?:i|ive|me|my)\b"
    r"|\bmy (?:rating|score|stars|mark) (?:for|of|on) F\b[^.!]*\?"
    r"|\bwhat (?:did|do|have) i (?:rate|rated|give|gave|score|got)\b"
    r"|\bam i misremembering\b"
)
"""Asks what stars a film has from the viewer."""
_ARENT_THEY: Final = re.compile(
    r"^(?!.*\b(?:if|forget|remove|delete|erase|change|drop|undo|would)\b).*\b(?:what|whats|tell"
    r"|show"
    r"|report|remind|check|look up|see|know)\b[^.?!]*\bmy (?:\w+ )?(?:rating|score|stars|mark)s?"
    r" (?:for|of|on) F\b|"
    r"^(?!.*\b(?:if|forget|remove|delete|take|would|out of)\b).*\bF\b[^.?!]*\b(?:in|part of|on) my"
    r" (?:\w+ )?(?:history|log|records?|ratings|profile)\b[^.?!]*\?|"
    r"(?:\bi (?:gave|rated|scored|marked)|^i (?:loved|liked|hated|saw|watched))\b"
    r"[^.]*\b(?:didnt i|wasnt it"
    r"|right|correct|or did i|havent i|isnt it)\?*$"
    r"|^(?:so |and |wait |ok |hm+ )*i (?:gave|rated|scored|marked|loved|liked|hated|saw|watched)\b"
    r"[^.?!,;]*\?+$"
)
"""The same, told first: "I gave F four stars, didn't I?"."""

_PAST_STARS: Final = re.compile(
    r"\bi(?:ve| have| did| had)? (?:\w+ ){0,2}?(?:gave|give|given|rated?|scored?|put|marked"
    r"|awarded)\b"
    r"|\byou(?:ve)? (?:have |got |had )?me down\b|\byour (?:records?|notes|data)\b"
    r"|\b(?:from|by) me\b|\bin my (?:book|eyes|opinion)\b|\bmy (?:\w+ )?(?:rating|score|verdict"
    r"|mark)\b"
)
"""Says that a film has stars from the viewer."""
_ASKS_BACK: Final = re.compile(
    r"\?+$|\b(?:right|correct|surely|remember|no|or not|or was it|or did i|(?:did|do|is|was|has"
    r"|have|does)nt"
    r" (?:i|it|you|that))\W*$"
    r"|\b(?:why|how come) (?:did |have )?i (?:\w+ )?(?:gave|give|given|rated?|scored?|put|marked)\b"
    r"|^(?:\w+ ){0,2}?(?:(?:why|how come) (?:did |have |was )?i\b|where do you get"
    r"|dont you remember"
    r"|(?:did|didnt|have|havent|hadnt) i\b)"
)
_IF_I_RECALL: Final = re.compile(
    r"\bif i (?:remember|recall|(?:am|m) not|(?:am|m) right)(?: \w+){0,2}"
    r"|\bif my memory(?: \w+){0,3}"
)
_TAG: Final = re.compile(r"\W*\b(?:is it|is that|am i|do you|or \w+ it|do i)\b(?: \w+){0,2}\W*$")
_NEW_STARS: Final = re.compile(
    r"(?:^|[,;] )say\b|\b(?:if|suppos\w+|imagin\w+|pretend|would|change[ds]?|make|set|record"
    r"|put down|log|add"
    r"|update"
    r"|can you|could you|please|pls|let us|id)\b"
)
_LEADS_ON: Final = re.compile(r"\b(?:since|because|as|given|considering|although|though|after) i\b")
_ASKS_ELSE: Final = re.compile(
    r"\b(?:why|what|which|how|who|show|recommend|suggest|compare|tell|explain|find|any|more|is|are"
    r"|does|do|can)\b"
)

_FEWEST_WORDS: Final = 2
"""Of a question that is left."""


def premises_in(folded: str, films: Sequence[MovieId], *, is_question: bool) -> tuple[Premise, ...]:
    """Films that the message says were met or rated, with the stars that it claims.

    Args:
        folded: Message with films marked.
        films: The marked films, in order.
        is_question: Whether it asks for something, so that a plain "I loved F" is no rating.
    """
    folded = first_person(folded)
    found = _records_in(folded, films)
    for match in (_CLAIMS if is_question else _LED).finditer(folded):
        before = re.split(r"[.?!;]", folded[: match.start() + 1])[-1]
        if match.re is _CLAIMS and _OPEN.search(before):
            continue
        group = match.lastgroup or "clause"
        first = len(re.findall(r"\bF\b", folded[: match.start(group)]))
        number = len(re.findall(r"\bF\b", match.group(group)))
        if not number:  # "F, I rated it 5": the pronoun means the film before
            first, number = max(0, first - 1), 1
        stars = ratings_in(_negated(match.group()))
        for movie_id in films[first : first + number]:
            found.setdefault(
                movie_id,
                Premise(
                    movie_id=movie_id,
                    rating=stars[0] if stars else None,
                    is_exact=has_stars(match.group()),
                ),
            )
    if not found and is_question and len(films) == 1:
        found = _guess_in(folded, films[0])
    for match in _GIVEN.finditer(folded):
        row = max(0, len(re.findall(r"\bF\b", folded[: match.end()])) - 1)
        stars = ratings_in(match.group())
        if stars and films:
            premise = Premise(movie_id=films[row], rating=stars[0], is_exact=True)
            found.setdefault(films[row], premise)
    return tuple(found.values())


def _records_in(folded: str, films: Sequence[MovieId]) -> dict[MovieId, Premise]:
    """What the viewer says that the history holds."""
    found: dict[MovieId, Premise] = {}
    for start, end in _recorded(folded):
        clause = folded[start:end]
        first = len(re.findall(r"\bF\b", folded[:start]))
        stars = ratings_in(_negated(clause)) if has_stars(clause) else []
        stars = stars or [5.0] * bool(_BEST.search(clause)) or [1.0] * bool(_WORST.search(clause))
        for movie_id in films[first : first + len(re.findall(r"\bF\b", clause))]:
            premise = Premise(
                movie_id=movie_id, rating=stars[0] if stars else None, is_exact=has_stars(clause)
            )
            found.setdefault(movie_id, premise)
    return found


def _guess_in(folded: str, film: MovieId) -> dict[MovieId, Premise]:
    """What stars a film is said to have beside a question: "how many has F? Four?"."""
    if not _OWN.search(folded) or _OPEN.search(folded) or not has_stars(folded):
        return {}
    stars = next(iter(ratings_in(folded)), None)
    return {} if stars is None else {film: Premise(movie_id=film, rating=stars, is_exact=True)}


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
        before = re.split(r"[.?!;]", kept[: match.start() + 1])[-1]
        is_open = plain and _OPEN.search(before) is not None
        return match.group() if is_open else " "

    kept = folded = first_person(folded)
    for start, end in reversed(_recorded(folded)):
        kept = kept[:start] + " " + kept[end:]
    if len(kept.split()) < _FEWEST_WORDS:
        kept = folded
    rest = (_CLAIMS if plain else _LED).sub(dropped, kept)
    if rest == folded or len(rest.split()) < _FEWEST_WORDS:
        return folded
    return rest.strip(" ,.;!?")


def claims_recommendation(folded: str) -> bool:
    """Whether a message says that its film was recommended, and asks nothing of the kind."""
    said = _NOT_MEANT.sub(" ", _TAG_QUESTION.sub(" ", folded))
    return any(
        re.search(r"\bF\b", clause) and _RECOMMENDED.search(clause) and not _NOT_SAID.search(clause)
        for clause in re.split(r"[.,;!?]+", said)
    )


def _asks_back(sentence: str) -> bool:
    """Whether a sentence tells the stars of a film and asks for no more than a nod."""
    said = _IF_I_RECALL.sub(" ", sentence).strip(" ,")
    if not _ASKS_BACK.search(said) or _NEW_STARS.search(said) or _LEADS_ON.search(said):
        return False
    if not (has_stars(said) and _PAST_STARS.search(said)):
        return False
    stars = re.search(r"\b(?:\d|stars?|one|two|three|four|five)\b", said)
    rest = _TAG.sub("", said[stars.end() :]) if stars is not None else ""
    return _ASKS_ELSE.search(rest) is None


def first_person(folded: str) -> str:
    """A message in which who watches in company is still the viewer."""
    return re.sub(r"\bwe(ve|d|re)?\b", r"i\1", re.sub(r"\bour\b", "my", folded))


def _recorded(folded: str) -> list[tuple[int, int]]:
    """Clauses that say what the history holds of a film."""
    return [
        match.span()
        for match in _CLAUSE.finditer(folded)
        if re.search(r"\bF\b", match.group())
        and _RECORD.search(match.group())
        and not _OPEN.search(folded[: match.end()])
        and not _ORDER.search(match.group())
    ]


def asks_own_stars(folded: str, *, is_open: bool) -> bool:
    """Whether a message asks what stars a film has from the viewer.

    Args:
        folded: Message with films marked.
        is_open: Whether a plain question counts, too, besides "I gave F four stars, didn't I?".
    """
    folded = first_person(folded)
    if _ARENT_THEY.search(folded) or any(map(_asks_back, re.findall(r"[^.?!;]+[.?!;]*", folded))):
        return True
    return is_open and _OWN_STARS.search(folded) is not None
