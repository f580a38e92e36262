"""What the words of a claim commit it to: strength, direction, cause.

Strength words and the share they need, as a part of one film's score (or, for ``mostly`` and its
kin, of the list or the history that is cited):

===============================================  ===========================================
``entirely, solely, only because, wholly``       .95 or more
``mostly, largely, for the most part``           .5 or more
``mainly, chiefly, primarily, above all``        .15 or more, and the largest contribution cited
``the strongest, largest, biggest, main``        the largest contribution cited, any share
``partly, in part, to some extent``              .03 to .6
``slightly, a little, marginally``               less than .12
===============================================  ===========================================

``mainly`` asks for little because scores are spread thin: the single largest reason often holds
a sixth of the score. It is honest only beside the share, which the realizer always gives.

All patterns but `QUOTED` read text in lower case (`wording.lower_case`): ignoring case would make
each of them four times as slow, and a claim is held against all of them.
"""

import re
from typing import Final, NamedTuple

__all__ = [
    "ADJUSTED",
    "ADJUSTED_FOR",
    "ADJUSTING",
    "ANY_STRENGTH",
    "CAUSAL",
    "CLAUSE_BREAK",
    "FALLS",
    "FOREIGN_CONTENT",
    "FROM_TO",
    "HISTORY_AFTER",
    "HISTORY_BEFORE",
    "LEAVES",
    "MOVES_TO",
    "NEGATIVE_AFTER",
    "NEGATIVE_BEFORE",
    "OWES_PLACE",
    "POSITIVE_AFTER",
    "POSITIVE_BEFORE",
    "QUOTED",
    "RISES",
    "STRENGTHS",
    "STYLE_CAUSE",
    "VIEWER",
    "WOULD_RANK",
    "Strength",
]


class Strength(NamedTuple):
    """A family of strength words with the share they need."""

    pattern: re.Pattern[str]
    low: float
    high: float
    needs_top: bool
    """Only the largest contribution of a score may be called this."""
    of_portions: bool
    """Parts of the list or the history count too."""


STRENGTHS: Final = (
    Strength(
        re.compile(r"\b(entirely|solely|wholly|exclusively|only because|nothing but)\b"),
        0.95, 9.0, False, True,
    ),
    Strength(
        re.compile(
            r"\b(mostly|largely|for the most part|predominantly|the bulk|overwhelmingly)\b"
        ),
        0.5, 9.0, False, True,
    ),
    Strength(
        re.compile(r"\b(mainly|chiefly|primarily|above all|first and foremost|principally)\b"),
        0.15, 9.0, True, True,
    ),
    Strength(
        re.compile(
            r"\b(?:(?:strongest|largest|biggest|heaviest|single|leading|main|chief|prime|primary)"
            r" (?:single )?(?:reason|pull|push|influence|contribution|factor|cause|vote|part|share)"
            r"|more than any(?:thing)? (?:else|other))\b"
        ),
        0.0, 9.0, True, False,
    ),
    Strength(
        re.compile(r"\b(partly|in part|partially|to some extent|to a degree)\b"),
        0.03, 0.6, False, True,
    ),
    Strength(
        re.compile(r"\b(slightly|marginally|a (?:little|touch)(?! (?:over|under))|barely)\b"),
        -0.12, 0.12, False, True,
    ),
)  # fmt: skip
ANY_STRENGTH: Final = re.compile(
    r"\b(?:" + "|".join(s.pattern.pattern.removeprefix(r"\b") for s in STRENGTHS) + ")"
)
"""Finds what any of them would: most claims have none, and six searches become one."""

CLAUSE_BREAK: Final = re.compile(
    r"[.;:!?]\s|\s[–—-]\s|,?\s\b(?:but|although|though|while|whereas|yet|however)\b"
)
NEGATIVE_BEFORE: Final = re.compile(
    r"\b(?:despite|in spite of|notwithstanding|regardless of|against it (?:is|stands|speaks)"
    r"|(?:what )?(?:counts|speaks|weighs|works|argues|pulls) against (?:it|this(?: film| one)?)"
    r" (?:is|comes from|are)|held back by|pulled down by|dragged down by|weighed down by)\b"
)  # fmt: skip
NEGATIVE_AFTER: Final = re.compile(
    r"\b(?:(?:counts?|speaks?|weighs?|works?|argues?|tells?|pulls?|leans?|votes?)"
    r"(?: \w+)? against|(?:pulls?|drags?|brings?|weighs?) (?:\w+ ){0,2}down"
    r"|holds? (?:\w+ ){0,2}back|lowers?|hurts?|takes? (?:\w+ ){0,2}(?:off|away))\b"
)  # fmt: skip
POSITIVE_BEFORE: Final = re.compile(
    r"\b(?:because of|because|thanks to|owes? (?:\w+ ){0,4}to|due to|driven by|carried by"
    r"|on the strength of|comes? from|came from|rests? on|follows? from|traces? back to"
    r"|lifted by|helped by|mainly|chiefly|primarily)\b"
)  # fmt: skip
POSITIVE_AFTER: Final = re.compile(
    r"\b(?:accounts? for|pulls? (?:\w+ ){0,2}up|lifts?|counts? (?:for|towards?|in favou?r)"
    r"|speaks? (?:up )?for|carries|drives?|argues? for|votes? for|supplies|provides|explains)\b"
)  # fmt: skip
CAUSAL: Final = re.compile(
    r"\b(?:because|thanks to|owes?|due to|driven by|drives?|accounts? for|led to|leads to"
    r"|is why|that's why|the reason|reason for|caused?|results? (?:of|from)|traces? back to"
    r"|comes from|rests on|on the strength of|pulls? (?:it|this|the film)|put (?:it|this) here"
    r"|counts? (?:for|against|towards?)|speaks? (?:for|against)|explains)\b"
)  # fmt: skip
STYLE_CAUSE: Final = re.compile(
    r"\b(?:because(?: of)?|thanks to|due to|owing to|on the strength of|for)\s+"
    r"(?P<cause>(?:it(?:'s| is)|they(?:'re| are)|(?:the|this) film(?! noir)|the movie|its|their"
    r"|the way|of its)\b[^.;!?]*)"
)  # fmt: skip
VIEWER: Final = re.compile(r"\b(?:you|your|yours|you've|rating|ratings|stars?|history)\b")

_MET = (
    r"rated|gave|given|giving|saw|seen|watched|watching|liked|loved|enjoyed|disliked|clicked|hated"
    r"|favou?red|praised|panned"
)
HISTORY_BEFORE: Final = re.compile(
    rf"\b(?:(?:you|you've|you have|having|your having)\s+(?:\w+ ){{0,2}}?(?:{_MET})"
    r"|your (?:[\w½.-]+ ){0,5}?(?:stars?|ratings?|watch|watching|viewing|love|liking|verdict)"
    r"(?: (?:for|of|on|to|went to))?|your (?:[\w.-]+-star))\s*$"
)  # fmt: skip
HISTORY_AFTER: Final = re.compile(
    rf"^\s*,?\s*(?:which |that )?(?:you|you've|you have)\s+(?:\w+ ){{0,1}}?(?:{_MET})\b"
)  # fmt: skip
FALLS: Final = re.compile(
    r"\b(?:drops?|dropped|dropping|falls?|fell|falling|sinks?|slips?|slides?|tumbles?|lower)\b"
)  # fmt: skip
RISES: Final = re.compile(r"\b(?:rises?|climbs?|move[sd]?(?: it)? up|gains?|jumps?|would go up)\b")
_ADJUSTMENT = (
    r"(?:(?P<diversity>variety|diversity)|(?P<surprise>less(?:er)?[ -]known(?: films?| movies?)?"
    r"|surprises?)|(?P<filters>(?:the |your )?filters?))"
)
ADJUSTING: Final = ("moved", "brought", "left out", "changed the order", "reordered")
"""Every match of the next two has one of these; they are slow, and few claims have any."""
ADJUSTED: Final = re.compile(
    rf"\b{_ADJUSTMENT} (?:\w+ ){{0,2}}?(?:moved|brought|left out|changed the order)\b"
)
ADJUSTED_FOR: Final = re.compile(
    r"\b(?:moved|brought|left out|reordered)\b[^.;]{0,60}?\b(?:for|by|because of|due to) "
    rf"(?:\w+ ){{0,3}}?{_ADJUSTMENT}\b"
)  # fmt: skip
MOVES_TO: Final = re.compile(
    r"\b(?:falls?|drops?|sinks?|slips?|slides?|goes|climbs?|rises?|move[sd]?)\b[^.;,]{0,30}?"
    r"\bto (?P<b>[\w-]+)"
)  # fmt: skip
LEAVES: Final = re.compile(
    r"\b(?:leaves? (?:the|this|your) list|(?:out of|off|from|outside) (?:the|this|your)"
    r" (?:list|top \w+)|drops? out|falls? out|no longer (?:be )?(?:here|on|in|recommended)"
    r"|not be (?:here|shown|on (?:the|this|your) list|recommended)|lose its place)\b"
)  # fmt: skip
FROM_TO: Final = re.compile(
    r"\bfrom (?:place |number |rank |position |#|the )?(?P<a>[\w-]+)(?: place| position| spot)?"
    r" (?:down |up |all the way )?to (?:about |place |number |rank |position |#|the )?"
    r"(?P<b>[\w-]+)"
)  # fmt: skip
WOULD_RANK: Final = re.compile(
    r"\b(?:would (?:even |still )?(?:be|rank|stand|put it in)|but rank) (?P<b>[\w-]+)\b(?! of\b)"
    r"(?: place)?(?: instead of (?P<a>[\w-]+))?"
)  # fmt: skip
OWES_PLACE: Final = re.compile(r"\bowes its (?P<a>[\w-]+) place to\b")
QUOTED: Final = re.compile(r"[\"“]([^\"“”]{1,120})[\"”]|(?<![\w’'])['‘]([^'‘’]{2,120})['’](?!\w)")
FOREIGN_CONTENT: Final = re.compile(
    r"https?://|www\.|</?\w+[^>]*>|```|\]\("
    r"|\b(?:system prompt|api key|ignore (?:all|previous))\b"
)  # fmt: skip
