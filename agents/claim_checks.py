"""Checks of what a claim's words commit it to: history, sign, strength, direction, cause."""

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Final

from agents.cited_facts import CitedFacts
from agents.claim_language import (
    ADJUSTED,
    ADJUSTED_FOR,
    ADJUSTING,
    ANY_STRENGTH,
    CAUSAL,
    CLAUSE_BREAK,
    FALLS,
    FROM_TO,
    HISTORY_AFTER,
    HISTORY_BEFORE,
    LEAVES,
    MOVES_TO,
    NEGATIVE_AFTER,
    NEGATIVE_BEFORE,
    OWES_PLACE,
    POSITIVE_AFTER,
    POSITIVE_BEFORE,
    RISES,
    STRENGTHS,
    STYLE_CAUSE,
    VIEWER,
    WOULD_RANK,
    Strength,
)
from agents.mentions import Mention
from agents.problems import Problem
from agents.quantities import find_quantities
from agents.wording import lower_case

__all__ = ["check_language"]

_STARS_FOR: Final = re.compile(
    r"^(?:\s+rating)?\s*(?:,?\s*(?:for|to|on|of|you gave(?: to)?|went to|go to|goes to))?\s*$"
)
_LISTED: Final = re.compile(r",\s+(?P<serial>and\s+)?|\s+(?P<last>and\s+)")
_PRONOUN: Final = re.compile(r"\s*your [\w\s-]{1,40}? for (?:it|that film)\b", re.IGNORECASE)
_RATED: Final = re.compile(
    r"^\s*,?\s*(?:\(|at|a|with|which you (?:gave|rated)|you gave|got|earned|:)?\s*$"
)


def check_language(
    text: str,
    masked: str,
    mentions: Sequence[Mention],
    facts: CitedFacts,
    names_style: Callable[[str], bool],
) -> list[Problem]:
    """Every check that reads words rather than names and numbers.

    Args:
        text: The claim.
        masked: The claim with titles and phrases blanked out; positions are those of ``text``.
        mentions: Titles in reading order.
        facts: What is cited.
        names_style: Whether a piece of text names a style tag or a genre.
    """
    ratings = _check_ratings(masked, mentions, facts)
    masked = lower_case(masked)
    return [
        *_check_history(masked, mentions, facts),
        *ratings,
        *_check_signs(masked, mentions, facts),
        *_check_strength(masked, mentions, facts),
        *_check_directions(masked, facts),
        *_check_adjustments(masked, facts),
        *_check_causes(lower_case(text), masked, facts, names_style),
    ]


def _check_history(masked: str, mentions: Sequence[Mention], facts: CitedFacts) -> list[Problem]:
    """A film that the viewer is said to have met must be in the cited history."""
    problems = []
    for mention in mentions:
        if mention.key in facts.history:
            continue
        before, after = masked[: mention.start], masked[mention.end :]
        if HISTORY_BEFORE.search(before) or HISTORY_AFTER.search(after):
            problems.append(
                Problem("history", f"no cited evidence says that you met '{mention.text}'")
            )
    return problems


def _check_ratings(masked: str, mentions: Sequence[Mention], facts: CitedFacts) -> list[Problem]:
    """Stars next to a rated film must be that film's."""
    problems = []
    for quantity in find_quantities(masked):
        if quantity.kind != "stars":
            continue
        rated = [
            mention
            for mention in mentions
            if mention.end <= quantity.start and _RATED.match(masked[mention.end : quantity.start])
        ]
        for mention in [*rated, *_rated_after(masked, quantity.end, mentions)]:
            if quantity.low not in facts.ratings.get(mention.key, {quantity.low}):
                problems.append(
                    Problem("rating", f"'{quantity.text}' is not the rating of '{mention.text}'")
                )
    return problems


def _rated_after(masked: str, end: int, mentions: Sequence[Mention]) -> list[Mention]:
    """The films that stars before them are said of: one, or all of "A, B and C"."""
    following = [mention for mention in mentions if mention.start >= end]
    if not following or not _STARS_FOR.match(masked[end : following[0].start]):
        return []
    named, last = following[:1], 1
    for left, right in pairwise(following):
        joint = _LISTED.fullmatch(masked[left.end : right.start])
        if joint is None:
            break
        named.append(right)
        # "Five stars for A, B adds ..." is no list: one ends in an "and".
        last = len(named) if joint["last"] or joint["serial"] else last
    return named[:last]


def _check_signs(masked: str, mentions: Sequence[Mention], facts: CitedFacts) -> list[Problem]:
    if not facts.signs:
        return []
    problems = []
    for cues, positive, forward in (
        (NEGATIVE_BEFORE, False, True),
        (NEGATIVE_AFTER, False, False),
        (POSITIVE_BEFORE, True, True),
        (POSITIVE_AFTER, True, False),
    ):
        for cue in cues.finditer(masked):
            mention = _bound_mention(masked, mentions, cue, forward=forward)
            if mention is None:
                continue
            signed = facts.signs.get(mention.key)
            if signed and all((value > 0) != positive for value in signed if value):
                word = "for" if positive else "against"
                problems.append(
                    Problem("sign", f"'{mention.text}' does not speak {word} this film")
                )
    return problems


def _bound_mention(
    masked: str, mentions: Sequence[Mention], cue: re.Match[str], *, forward: bool
) -> Mention | None:
    """The title that a cue speaks of: the next one, or the last one, in the same clause."""
    if forward:
        following = [mention for mention in mentions if mention.start >= cue.end()]
        if _PRONOUN.match(masked, cue.end()):
            following = [mention for mention in mentions if mention.end <= cue.start()][-1:]
            return following[0] if following else None
        if following and not CLAUSE_BREAK.search(masked[cue.end() : following[0].start]):
            return following[0]
        return None
    preceding = [mention for mention in mentions if mention.end <= cue.start()]
    if preceding and not CLAUSE_BREAK.search(masked[preceding[-1].end : cue.start()]):
        return preceding[-1]
    return None


def _check_strength(masked: str, mentions: Sequence[Mention], facts: CitedFacts) -> list[Problem]:
    if not ANY_STRENGTH.search(masked):
        return []
    problems = []
    for strength in STRENGTHS:
        for match in strength.pattern.finditer(masked):
            if not _fits(strength, match, masked, mentions, facts):
                problems.append(
                    Problem("strength", f"'{match.group()}' does not fit the cited shares")
                )
    return problems


def _fits(
    strength: Strength,
    match: re.Match[str],
    masked: str,
    mentions: Sequence[Mention],
    facts: CitedFacts,
) -> bool:
    if strength.of_portions and not facts.contributions:
        return any(strength.low <= portion <= strength.high for portion in facts.portions) or (
            not facts.portions and not facts.may_cause
        )
    if not facts.contributions:
        return not facts.may_cause
    if strength.needs_top and 1 not in facts.top_positions:
        return False
    named = _shares_named_after(match, masked, mentions, facts)
    candidates = named or facts.contributions
    total = sum(candidates)
    return any(strength.low <= share <= strength.high for share in [*candidates, total]) or (
        strength.of_portions
        and not named
        and any(strength.low <= portion <= strength.high for portion in facts.portions)
    )


def _shares_named_after(
    match: re.Match[str], masked: str, mentions: Sequence[Mention], facts: CitedFacts
) -> list[float]:
    """Signed shares of the films named in the clause that the strength word opens."""
    stop = CLAUSE_BREAK.search(masked, match.end())
    end = stop.start() if stop else len(masked)
    shares = []
    for mention in mentions:
        if match.end() <= mention.start < end and mention.key in facts.signs:
            shares.append(max(facts.signs[mention.key]))
    return shares


def _check_directions(masked: str, facts: CitedFacts) -> list[Problem]:
    """A consequence must go the way that was measured."""
    if not facts.moves:
        return []
    problems = _check_moved_ranks(masked, facts)
    if LEAVES.search(masked) and not _denied(masked):
        if all(move.stays for move in facts.moves):
            problems.append(Problem("direction", "the film would stay in the list"))
    elif all(move.after <= move.before for move in facts.moves) and FALLS.search(masked):
        problems.append(Problem("direction", "the film would not fall"))
    if all(move.after >= move.before for move in facts.moves) and RISES.search(masked):
        problems.append(Problem("direction", "the film would not rise"))
    return problems


def _check_moved_ranks(masked: str, facts: CitedFacts) -> list[Problem]:
    """``from third to fifth`` and ``would rank fifth`` must be one of the measured moves."""
    patterns = [FROM_TO, MOVES_TO]
    if "counterfactual" in facts.kinds:
        patterns += [WOULD_RANK, OWES_PLACE]
    problems = []
    for match in (match for pattern in patterns for match in pattern.finditer(masked)):
        words = match.groupdict()
        before, after = (_rank(words.get(name) or "") for name in ("a", "b"))
        if after is None and ("b" in words or before is None):
            continue  # "from you to me" names no places
        if not any(
            before in {None, move.before} and after in {None, move.after} for move in facts.moves
        ):
            problems.append(Problem("direction", f"'{match.group()}' is not what was measured"))
    return problems


def _check_adjustments(masked: str, facts: CitedFacts) -> list[Problem]:
    """What is said to have moved a film must have moved it."""
    if not any(verb in masked for verb in ADJUSTING):
        return []
    return [
        Problem("cause", f"no cited evidence says that it was moved by '{said}'")
        for pattern in (ADJUSTED, ADJUSTED_FOR)
        for match in pattern.finditer(masked)
        for by, said in match.groupdict().items()
        if said is not None and by not in facts.adjusted
    ]


def _rank(word: str) -> float | None:
    """The rank that a word or a number means, if it means one."""
    ranks = [q.low for q in find_quantities(f"rank {word}") if q.kind == "rank"]
    return ranks[0] if ranks else None


def _denied(masked: str) -> bool:
    return (
        re.search(
            r"\b(?:would not|wouldn't|not|never|without)\s+(?:leave|drop out|fall out)", masked
        )
        is not None
    )


def _check_causes(
    text: str, masked: str, facts: CitedFacts, names_style: Callable[[str], bool]
) -> list[Problem]:
    problems = []
    if facts.kinds and not facts.may_cause and (match := CAUSAL.search(masked)):
        problems.append(
            Problem("cause", f"'{match.group()}' needs a contribution or a counterfactual")
        )
    if "style" in facts.kinds:  # what shared style tags added was measured
        return problems
    for match in STYLE_CAUSE.finditer(text):
        cause = match["cause"]
        if names_style(cause) and not VIEWER.search(cause):
            problems.append(
                Problem("cause", "a film's style is a reading of it, never a cause of its score")
            )
    return problems
