"""Checks every quantity of a claim against the cited quantities of the same kind."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from agents.cited_facts import CitedFacts
from agents.claim_language import CLAUSE_BREAK
from agents.mentions import Mention
from agents.problems import Problem
from agents.quantities import Quantity, find_quantities
from agents.wording import lower_case

__all__ = ["check_numbers"]

_EPSILON: Final = 1e-9
_REMAINDER: Final = re.compile(
    r"\b(?:rest|remain\w*|other|others|elsewhere|everything else|spread|left)\b", re.IGNORECASE
)
_HOLDS: Final = re.compile(
    r"^[,)]?\s*(?:alone\s|by itself\s|single-handedly\s|still\s)?(?:is|at|with|accounts? for|holds"
    r"|brings?|supplies|provides|carries|adds?|makes? up|explains|contributes?|gives?|worth|has)\b"
    r"[^.;,:]{0,12}$", re.IGNORECASE,
)  # fmt: skip
_COORDINATED: Final = re.compile(r"□[^□]*\band\s*$|\b(?:together|between them)\b", re.IGNORECASE)


def check_numbers(masked: str, mentions: Sequence[Mention], facts: CitedFacts) -> list[Problem]:
    """Quantities that the cited evidence does not have.

    Args:
        masked: The claim with titles and phrases blanked out.
        mentions: The titles; their number may be stated ("three films").
        facts: What is cited.
    """
    n_titles = len({mention.key for mention in mentions})
    lowered = lower_case(masked)
    problems = []
    for quantity in find_quantities(masked):
        if quantity.kind == "share":
            is_cited = _is_share(quantity, lowered, mentions, facts)
        else:
            is_cited = _is_cited(quantity, facts, n_titles)
        if not is_cited:
            problems.append(Problem("number", f"'{quantity.text}' is not in the cited evidence"))
    return problems


def _is_share(
    quantity: Quantity, masked: str, mentions: Sequence[Mention], facts: CitedFacts
) -> bool:
    """A share that is said of a film must be that film's; a remainder must be called one."""
    start, end = _clause(masked, quantity)
    if _REMAINDER.search(masked[start:end]):
        return _within(quantity, facts.shares | facts.portions | facts.remainders)
    owner = None
    for mention in mentions:
        if mention.end <= quantity.start and _HOLDS.match(masked[mention.end : quantity.start]):
            owner = mention
    if owner is not None and owner.key in facts.signs and facts.contributions:
        together = _COORDINATED.search(masked[start : owner.start])
        own = {abs(value) for value in facts.signs[owner.key]}
        return _within(quantity, own if not together else facts.shares)
    return _within(quantity, facts.shares | facts.portions)


def _clause(masked: str, quantity: Quantity) -> tuple[int, int]:
    before = [match.end() for match in CLAUSE_BREAK.finditer(masked, 0, quantity.start)]
    after = CLAUSE_BREAK.search(masked, quantity.end)
    return (before[-1] if before else 0), (after.start() if after else len(masked))


def _is_cited(quantity: Quantity, facts: CitedFacts, n_titles: int) -> bool:
    match quantity.kind:
        case "share":
            return _within(quantity, facts.shares | facts.portions)
        case "stars":
            return _is_stars(quantity, facts)
        case "rank":
            return _within(quantity, facts.ranks) or facts.says(quantity.text)
        case "year":
            return _within(quantity, facts.years)
        case "decade":
            return _within(quantity, facts.years) or facts.says(quantity.text)
        case "date":
            return _is_date(quantity, facts)
        case "ratio":
            return _is_ratio(quantity, facts)
        case "count":
            return _is_count(quantity, facts, n_titles)


def _within(quantity: Quantity, values: Iterable[float]) -> bool:
    return any(quantity.low - _EPSILON <= value <= quantity.high + _EPSILON for value in values)


def _is_stars(quantity: Quantity, facts: CitedFacts) -> bool:
    """Ratings exactly; means and predictions as rounded to a half or a tenth of a star."""
    said = quantity.low
    given = {stars for group in facts.ratings.values() for stars in group}
    return any(
        abs(stars - said) < _EPSILON
        or (stars not in given and abs(stars - said) <= (0.25 if said * 2 % 1 == 0 else 0.051))
        for stars in facts.stars
    )


def _is_date(quantity: Quantity, facts: CitedFacts) -> bool:
    if quantity.day is None:
        return False
    year, month, day = quantity.day
    return any(
        moment.year == year
        and (month is None or moment.month == month)
        and (day is None or moment.day == day)
        for moment in facts.dates
    )


def _is_ratio(quantity: Quantity, facts: CitedFacts) -> bool:
    for values in (facts.shares, {float(count) for count in facts.counts}):
        positive = [value for value in values if value > 0]
        if any(_within(quantity, [a / b]) for a in positive for b in positive):
            return True
    return False


def _is_count(quantity: Quantity, facts: CitedFacts, n_titles: int) -> bool:
    counts: set[float] = {float(count) for count in facts.counts}
    if n_titles:
        counts.add(float(n_titles))
    if quantity.low != int(quantity.low) and quantity.low == quantity.high:
        # A bare decimal is a mean or a prediction: "rated 4.1 on average".
        return any(abs(stars - quantity.low) <= 0.051 for stars in facts.stars)
    return _within(quantity, counts) or _within(quantity, facts.ranks) or facts.says(quantity.text)
