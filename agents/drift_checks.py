"""Checks of what a claim says about taste drift: which way, and how many of how many."""

import re
from typing import Final

from agents.cited_facts import CitedFacts
from agents.problems import Problem
from agents.quantities import parse_small_number
from agents.wording import fold

__all__ = ["check_drift"]

_DIRECTIONS: Final = {"more": "more", "less": "less", "fewer": "less"}
_NUMBER: Final = r"(?P<{}>\d{{1,3}}(?:,\d{{3}})+|\d+|[a-z]+(?:-[a-z]+)?)"
_RECENT: Final = re.compile(
    rf"\b{_NUMBER.format('k')} (?:out )?of (?:the|your) (?:last|latest|newest|(?:most )?recent)"
    rf" {_NUMBER.format('n')}\b",
    re.IGNORECASE,
)
_EARLIER: Final = re.compile(
    rf"\b{_NUMBER.format('k')} (?:out )?of (?:the|your) (?:other |earlier |older )?"
    rf"{_NUMBER.format('n')} (?:[\w-]+ ){{0,4}}?(?:before|earlier)\b",
    re.IGNORECASE,
)
_LATELY: Final = re.compile(
    r"\b(?:lately|recently|of late|these days|nowadays)\b[^.,;]{0,40}\b(?:more|less|fewer)\b",
    re.IGNORECASE,
)


def check_drift(text: str, facts: CitedFacts) -> list[Problem]:
    """Drift must be cited to be claimed, go the way that was measured, and count right.

    Args:
        text: The claim.
        facts: What is cited.
    """
    if not facts.shifts:
        if _LATELY.search(text):
            return [Problem("direction", "no cited evidence says how the taste changed lately")]
        return []
    return [*_check_directions(fold(text), facts), *_check_counts(text, facts)]


def _check_directions(folded: str, facts: CitedFacts) -> list[Problem]:
    measured = {(shift.name, shift.direction) for shift in facts.shifts}
    problems = []
    for name, direction in measured:
        said = re.findall(rf"\b(more|less|fewer) (?:to |of )?{re.escape(name)}\b", folded)
        if said and direction not in {_DIRECTIONS[word] for word in said}:
            problems.append(Problem("direction", f"the evidence says {direction} '{name}'"))
    return problems


def _check_counts(text: str, facts: CitedFacts) -> list[Problem]:
    recent = {shift.recent for shift in facts.shifts if shift.recent}
    earlier = {shift.earlier for shift in facts.shifts if shift.earlier}
    problems = []
    for pattern, pairs in ((_RECENT, recent), (_EARLIER, earlier)):
        for match in pattern.finditer(text):
            counted = (_value(match["k"]), _value(match["n"]))
            if None not in counted and counted not in pairs:
                problems.append(Problem("number", f"'{match.group()}' is not what was counted"))
    return problems


def _value(word: str) -> int | None:
    return 0 if word.casefold() == "none" else parse_small_number(word)
