"""Reads the themes that the list comes from.

Which themes, and with what shares, is measured (``theme:T`` evidence). What is left for a model
is to say what holds a theme's films together, which is the same for every viewer: so it is asked
once for each theme, and a warm run asks nothing.
"""

from typing import Any

from langgraph.runtime import Runtime

from agents.asking import ask
from agents.context import AgentContext
from agents.drafts import ThemeReadings
from agents.prompting import load_prompt
from agents.schemas import NodeUsage
from agents.state import ExplainState
from retrieval.domain.evidence import ThemeEvidence

__all__ = ["cluster_analyzer"]

_EXEMPLARS = 6


async def cluster_analyzer(state: ExplainState, runtime: Runtime[AgentContext]) -> dict[str, Any]:
    """A reading of each theme of the list, from the cache or from one call."""
    context = runtime.context
    prompt = load_prompt("cluster_analyzer")
    themes = [item for item in state.evidence if isinstance(item, ThemeEvidence)]
    readings: dict[int, str] = {}
    unread = []
    for theme in themes:
        key = context.reading_key(theme.id, prompt.digest)
        cached = context.readings.theme(key)
        if cached is None:
            unread.append(theme)
        else:
            readings[theme.data.theme_id] = cached.reading
    cached_count = len(readings)
    if not unread:
        return {"theme_readings": readings, "usage": [_free(cached_count)]}
    task = {"themes": [_describe(context, theme) for theme in unread]}
    answer = await ask(context, prompt, ThemeReadings, task=task, evidence=())
    wanted = {int(theme.data.theme_id): theme for theme in unread}
    for draft in answer.draft.themes:
        if draft.theme_id not in wanted or not _is_clean(context, draft.reading):
            continue
        readings[draft.theme_id] = draft.reading
        if not answer.is_offline or context.provider == "offline":
            key = context.reading_key(wanted[draft.theme_id].id, prompt.digest)
            context.readings.put(key, draft)
    return {
        "theme_readings": readings,
        "usage": [answer.usage.model_copy(update={"cached": cached_count})],
    }


def _describe(context: AgentContext, theme: ThemeEvidence) -> dict[str, Any]:
    """What is known of a theme, without anything of the viewer: the reading serves everybody."""
    known = context.bundle.themes[theme.data.theme_id]
    exemplars = [
        context.bundle.movie(movie_id) for movie_id in known.exemplar_movie_ids[:_EXEMPLARS]
    ]
    return {
        "theme_id": int(known.theme_id),
        "label": known.label,
        "summary": known.summary,
        "exemplars": [{"title": movie.name, "genres": list(movie.genres)} for movie in exemplars],
    }


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
