"""Writes the summary, the themes and one reason a film; or rewrites what failed."""

from typing import Any

from langgraph.runtime import Runtime

from agents.asking import ask, ask_offline
from agents.context import AgentContext
from agents.drafts import ListReasons
from agents.prompting import load_prompt
from agents.state import ClaimKey, DraftClaim, ExplainState
from retrieval.domain.evidence import Evidence

__all__ = ["pattern_synthesizer"]

_UNUSED_KINDS = frozenset({"prediction", "history"})
_LONG_KINDS = frozenset({"note"})
"""Worth their tokens only where the text says how a film reads: a quarter of the prompt."""
_SUMMARY_LENGTH = 2


async def pattern_synthesizer(
    state: ExplainState, runtime: Runtime[AgentContext]
) -> dict[str, Any]:
    """Drafts of every claim, or of those alone in which the verifier found problems."""
    prompt = load_prompt("pattern_synthesizer")
    wanted = tuple(state.problems)
    # Without a history there is nothing to be eloquent about, and no reason to pay for it.
    writer = ask_offline if state.abstains else ask
    answer = await writer(
        runtime.context,
        prompt,
        ListReasons,
        task=_task(state),
        evidence=_relevant(state, wanted),
    )
    drafts = _by_key(answer.draft)
    if not wanted:
        return {"drafts": drafts, "usage": [answer.usage]}
    rewritten = {key: drafts[key] for key in wanted if key in drafts}
    return {
        "drafts": state.drafts | rewritten,
        "revisions": state.revisions + 1,
        "usage": [answer.usage],
    }


def _task(state: ExplainState) -> dict[str, Any]:
    ranking = state.required_ranking
    task: dict[str, Any] = {
        "detail": state.request.detail,
        "one_film": state.request.movie_id is not None,
        "films": [int(r.movie_id) for r in ranking.recommendations],
        "themes": [int(item.data.theme_id) for item in state.all_evidence if item.kind == "theme"],
        "summary_sentences": _SUMMARY_LENGTH,
        "theme_readings": [
            {"theme_id": theme_id, "reading": reading}
            for theme_id, reading in sorted(state.theme_readings.items())
        ],
    }
    if state.problems:
        task["rewrite"] = [
            {
                "claim": key,
                "text": state.drafts[key].text if key in state.drafts else "",
                "problems": list(problems),
            }
            for key, problems in state.problems.items()
        ]
    return task


def _relevant(state: ExplainState, wanted: tuple[ClaimKey, ...]) -> list[Evidence]:
    """All useful evidence for a first draft; for a rewrite, what the failed claims are about."""
    unused = _UNUSED_KINDS if state.request.detail == "full" else _UNUSED_KINDS | _LONG_KINDS
    useful = [item for item in state.all_evidence if item.kind not in unused]
    if not wanted or any(key.startswith("summary") for key in wanted):
        return useful
    films = {int(key.partition(":")[2]) for key in wanted if key.startswith("reason")}
    themes = {int(key.partition(":")[2]) for key in wanted if key.startswith("theme")}
    return [item for item in useful if _is_about(item, films, themes)]


def _is_about(item: Evidence, films: set[int], themes: set[int]) -> bool:
    if item.kind == "theme":
        return int(item.data.theme_id) in themes
    movie_id = getattr(item.data, "movie_id", None)
    return movie_id is None or int(movie_id) in films


def _by_key(draft: ListReasons) -> dict[ClaimKey, DraftClaim]:
    """Drafts by where they belong; of two for one place, the first."""
    places = [
        *((f"summary:{i}", s.text, s.evidence_ids) for i, s in enumerate(draft.summary)),
        *((f"theme:{theme.theme_id}", theme.text, theme.evidence_ids) for theme in draft.themes),
        *((f"reason:{film.movie_id}", film.text, film.evidence_ids) for film in draft.reasons),
    ]
    found: dict[ClaimKey, DraftClaim] = {}
    for key, text, ids in places:
        claim = DraftClaim(key=key, text=text.strip(), evidence_ids=tuple(dict.fromkeys(ids)))
        found.setdefault(key, claim)
    for extra in range(_SUMMARY_LENGTH, len(draft.summary)):
        del found[f"summary:{extra}"]
    return found
