"""Reads the themes that the list comes from.

Which themes, and with what shares, is measured (``theme:T`` evidence). What is left for a model
is to say what holds a theme's films together, which is the same for every viewer: so it is asked
once for each theme, and a warm run asks nothing.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from langgraph.runtime import Runtime

from agents.asking import ask
from agents.context import AgentContext
from agents.drafts import ThemeReadingDraft, ThemeReadings
from agents.prompting import load_prompt
from agents.reading_cache import ReadingKey
from agents.schemas import NodeUsage
from agents.state import ExplainState
from retrieval.domain.evidence import ThemeEvidence
from retrieval.domain.models import ThemeId

__all__ = ["cluster_analyzer", "keep_theme_readings", "theme_key", "theme_task"]

_EXEMPLARS = 6


async def cluster_analyzer(state: ExplainState, runtime: Runtime[AgentContext]) -> dict[str, Any]:
    """A reading of each theme of the list, from the cache or from one call."""
    context = runtime.context
    prompt = load_prompt("cluster_analyzer")
    themes = [item for item in state.evidence if isinstance(item, ThemeEvidence)]
    readings: dict[int, str] = {}
    unread = []
    for theme in themes:
        cached = context.readings.theme(theme_key(context, theme.data.theme_id))
        if cached is None:
            unread.append(theme)
        elif cached.reading:
            readings[theme.data.theme_id] = cached.reading
    cached_count = len(themes) - len(unread)
    if not unread:
        return {"theme_readings": readings, "usage": [_free(cached_count)]}
    task = theme_task(context, [theme.data.theme_id for theme in unread])
    answer = await ask(context, prompt, ThemeReadings, task=task, evidence=())
    wanted = [theme.data.theme_id for theme in unread]
    is_own = not answer.is_offline or context.provider == "offline"
    drafts = (keep_theme_readings if is_own else _usable)(context, wanted, answer.draft)
    readings |= {draft.theme_id: draft.reading for draft in drafts}
    return {
        "theme_readings": readings,
        "usage": [answer.usage.model_copy(update={"cached": cached_count})],
    }


def theme_key(context: AgentContext, theme_id: ThemeId) -> ReadingKey:
    """Where a theme's reading is cached."""
    return context.reading_key(f"theme:{theme_id}", load_prompt("cluster_analyzer").digest)


def theme_task(context: AgentContext, theme_ids: Iterable[ThemeId]) -> dict[str, Any]:
    """What is asked about themes: nothing of a viewer, for the reading serves everybody."""
    return {"themes": [_describe(context, theme_id) for theme_id in theme_ids]}


def keep_theme_readings(
    context: AgentContext, theme_ids: Sequence[ThemeId], answer: ThemeReadings
) -> list[ThemeReadingDraft]:
    """Cache what can be used of an answer, and return it.

    That there was nothing for a theme is remembered by this process alone.
    """
    drafts = _usable(context, theme_ids, answer)
    for draft in drafts:
        context.readings.put(theme_key(context, ThemeId(draft.theme_id)), draft)
    for theme_id in set(theme_ids) - {draft.theme_id for draft in drafts}:
        silence = ThemeReadingDraft(theme_id=theme_id, reading="")
        context.readings.remember(theme_key(context, theme_id), silence)
    return drafts


def _describe(context: AgentContext, theme_id: ThemeId) -> dict[str, Any]:
    known = context.bundle.themes[theme_id]
    exemplars = [
        context.bundle.movie(movie_id) for movie_id in known.exemplar_movie_ids[:_EXEMPLARS]
    ]
    return {
        "theme_id": int(known.theme_id),
        "label": known.label,
        "summary": known.summary,
        "exemplars": [{"title": movie.name, "genres": list(movie.genres)} for movie in exemplars],
    }


def _usable(
    context: AgentContext, theme_ids: Sequence[ThemeId], answer: ThemeReadings
) -> list[ThemeReadingDraft]:
    wanted = {draft.theme_id: draft for draft in answer.themes if draft.theme_id in theme_ids}
    return [draft for draft in wanted.values() if _is_clean(context, draft.reading)]


def _is_clean(context: AgentContext, text: str) -> bool:
    """A reading names no films: it becomes material for other texts."""
    kinds = {p.kind for p in context.verifier.verify(text, (), {}, needs_evidence=False)}
    return not kinds & {"title", "foreign_content", "empty"}


def _free(cached: int) -> NodeUsage:
    return NodeUsage(
        node="cluster_analyzer",
        calls=0,
        input_tokens=0,
        output_tokens=0,
        latency_ms=0.0,
        cached=cached,
    )
