"""Questions that make sense next: about what was just said, and never the one just asked."""

from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import Final

from agents.chat.schemas import Intent, IntentKind
from agents.chat.sentences import Found
from agents.chat.slots import fold_message
from agents.chat.tools import ToolResult
from retrieval.domain.evidence import (
    ContributionEvidence,
    HistoryEvidence,
    MovieEvidence,
    WhatIfEvidence,
    WhyNotEvidence,
)

__all__ = ["suggest"]

_MOST = 3
_ALIKE = 0.8
_TASTE = "What do you know about my taste?"
_TONIGHT = "What should I watch tonight?"


def suggest(intent: Intent, result: ToolResult, *, asked: Sequence[str] = ()) -> tuple[str, ...]:
    """Up to three questions; those like one that was just asked are left out.

    Args:
        intent: What was answered.
        result: What its tool found.
        asked: The viewer's last messages.
    """
    if result.proposal is not None:
        return ("Yes", "No")
    make = _BY_KIND.get(intent.kind)
    found = Found(result.evidence)
    candidates = make(found, result) if make is not None else [_TONIGHT, "Why the first one?"]
    if intent.kind not in {"taste_profile", "ambiguous_movie"}:
        candidates.append(_TASTE)
    fresh = [text for text in candidates if not any(_is_like(text, other) for other in asked)]
    return tuple(dict.fromkeys(fresh))[:_MOST]


def _is_like(a: str, b: str) -> bool:
    return SequenceMatcher(None, fold_message(a), fold_message(b)).ratio() >= _ALIKE


def _after_why(found: Found, result: ToolResult) -> list[str]:
    cause, movie = found.first(ContributionEvidence), found.first(MovieEvidence)
    questions = []
    if cause is not None:
        questions.append(f"What if I forget {cause.data.source_title}?")
    if movie is not None and result.focus:
        questions.append(f"Something like {movie.data.title}")
    return questions


def _after_why_not(found: Found, result: ToolResult) -> list[str]:
    del result
    why_not = found.first(WhyNotEvidence)
    if why_not is None:
        return [_TONIGHT]
    title = why_not.data.title
    if why_not.data.seen:
        return [f"What if I forget {title}?", f"Something like {title}"]
    return [f"What if I rated {title} 5 stars?", f"Something like {title}"]


def _after_list(found: Found, result: ToolResult) -> list[str]:
    del found
    if not result.list_movie_ids:
        return [_TONIGHT]
    questions = ["Why the first one?"]
    if len(result.list_movie_ids) > 1:
        questions.append("Tell me about the second one")
    return [*questions, "Show me more"]


def _after_film(found: Found, result: ToolResult) -> list[str]:
    movie = found.first(MovieEvidence)
    if movie is None:
        return [_TONIGHT]
    title = movie.data.title
    why = "Why" if movie.data.rank is not None else "Why not"
    is_met = found.first(HistoryEvidence) is not None
    del result
    opening = [f"What if I forget {title}?"] if is_met else [f"{why} {title}?"]
    return [*opening, f"Something like {title}"]


def _after_taste(found: Found, result: ToolResult) -> list[str]:
    del result
    strongest = found.first(HistoryEvidence)
    forget = [f"What if I forget {strongest.data.title}?"] if strongest is not None else []
    return [_TONIGHT, *forget, "Why the first one?"]


def _after_what_if(found: Found, result: ToolResult) -> list[str]:
    del result
    change = found.first(WhatIfEvidence)
    if change is None or len(change.data.titles) != 1:
        return ["Why the first one?"]
    title = change.data.titles[0]
    do_it = f"Forget {title}"
    if change.data.rating is not None:
        do_it = f"Rate {title} {change.data.rating:g} stars"
    return [do_it, "Why the first one?"]


def _after_ambiguity(found: Found, result: ToolResult) -> list[str]:
    del result
    return [movie.data.title for movie in found.all(MovieEvidence)]


_BY_KIND: Final[dict[IntentKind, Callable[[Found, ToolResult], list[str]]]] = {
    "why": _after_why,
    "why_not": _after_why_not,
    "recommend": _after_list,
    "similar": _after_list,
    "find_movie": _after_film,
    "about_movie": _after_film,
    "compare": _after_film,
    "taste_profile": _after_taste,
    "what_if_forget": _after_what_if,
    "what_if_rate": _after_what_if,
    "confirm": _after_list,
    "ambiguous_movie": _after_ambiguity,
}
