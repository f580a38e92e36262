"""Checks every draft, and puts the evidence's own sentence where a draft cannot stand."""

from collections.abc import Mapping
from typing import Any

from langgraph.runtime import Runtime

from agents.context import AgentContext
from agents.schemas import Claim, VerificationCounts
from agents.state import ClaimKey, DraftClaim, ExplainState
from retrieval.domain.evidence import Evidence, EvidenceId
from retrieval.domain.models import MovieId

__all__ = ["MAX_REVISIONS", "needs_revision", "verify"]

MAX_REVISIONS = 1
_MISSING = "nothing was written for this place"


async def verify(state: ExplainState, runtime: Runtime[AgentContext]) -> dict[str, Any]:
    """Verdicts on all drafts; final claims unless a revision is still to come."""
    by_id = {item.id: item for item in state.all_evidence}
    keys = _expected_keys(state, by_id)
    problems: dict[ClaimKey, tuple[str, ...]] = {}
    movie_ids: dict[ClaimKey, tuple[MovieId, ...]] = {}
    for key in keys:
        found, movie_ids[key] = _judge(runtime.context, state.drafts.get(key), key, by_id)
        if found:
            problems[key] = found
    if problems and state.revisions < MAX_REVISIONS:
        return {"problems": problems}
    revised = set(state.problems)
    claims = {
        key: _replacement(runtime.context, key, by_id)
        if draft is None or key in problems
        else Claim(
            text=draft.text,
            evidence_ids=draft.evidence_ids,
            movie_ids=movie_ids[key],
            verdict="supported",
        )
        for key, draft in ((key, state.drafts.get(key)) for key in keys)
    }
    counts = VerificationCounts(
        checked=len(keys),
        supported=len(keys) - len(problems),
        revised=len(revised),
        replaced=len(problems),
    )
    return {"claims": claims, "counts": counts, "problems": problems}


def needs_revision(state: ExplainState) -> bool:
    """Whether drafts go back to the writer."""
    return state.counts is None


def _expected_keys(state: ExplainState, by_id: Mapping[EvidenceId, Evidence]) -> list[ClaimKey]:
    """Every place that needs a claim. A summary has at least one sentence."""
    summaries = [key for key in state.drafts if key.startswith("summary:")] or ["summary:0"]
    themes = [evidence_id for evidence_id in by_id if evidence_id.startswith("theme:")]
    films = [f"reason:{r.movie_id}" for r in state.required_ranking.recommendations]
    return [*summaries, *themes, *films]


def _judge(
    context: AgentContext,
    draft: DraftClaim | None,
    key: ClaimKey,
    by_id: Mapping[EvidenceId, Evidence],
) -> tuple[tuple[str, ...], tuple[MovieId, ...]]:
    """Problems of a draft, and the movies it names."""
    if draft is None:
        return (_MISSING,), ()
    found = context.verifier.judge(draft.text, draft.evidence_ids, by_id)
    problems = [f"{problem.kind}: {problem.detail}" for problem in found.problems]
    kind, _, subject = key.partition(":")
    if kind == "reason" and not _is_about(draft, subject, by_id):
        problems.append("no_evidence: no cited evidence is about this film")
    return tuple(problems), found.movie_ids


def _is_about(draft: DraftClaim, movie_id: str, by_id: Mapping[EvidenceId, Evidence]) -> bool:
    """Whether a reason rests on what moved this film's score."""
    return any(
        by_id[evidence_id].kind in {"contribution", "rest", "profile", "counterfactual"}
        and str(getattr(by_id[evidence_id].data, "movie_id", "")) == movie_id
        for evidence_id in draft.evidence_ids
        if evidence_id in by_id
    )


def _replacement(
    context: AgentContext, key: ClaimKey, by_id: Mapping[EvidenceId, Evidence]
) -> Claim:
    evidence = _own_evidence(key, by_id)
    return Claim(
        text=evidence.text,
        evidence_ids=(evidence.id,),
        movie_ids=context.verifier.mentioned_movies(evidence.text, [evidence.id], by_id),
        verdict="replaced",
    )


def _own_evidence(key: ClaimKey, by_id: Mapping[EvidenceId, Evidence]) -> Evidence:
    """The evidence whose own sentence says best what the claim was meant to say."""
    kind, _, subject = key.partition(":")
    if kind == "theme":
        return by_id[key]
    if kind == "summary":
        return by_id["viewer"]
    return max(
        (
            item
            for item in by_id.values()
            if item.kind in {"contribution", "profile"} and str(item.data.movie_id) == subject
        ),
        key=lambda item: item.data.share,
    )
