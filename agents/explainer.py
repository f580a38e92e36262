"""Explains a list: runs the graph and assembles the explanation object."""

import time
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from langchain_core.language_models import BaseChatModel

from agents.blocking import run_blocking
from agents.context import AgentContext, ProviderWatch
from agents.graph import ExplainGraph
from agents.prompting import prompts_digest
from agents.reading_cache import ReadingCache
from agents.schemas import (
    Claim,
    CounterfactualSummary,
    Detail,
    ExplainedRecommendation,
    Explanation,
    ExplanationVersions,
    ProviderInfo,
    StyleTagSummary,
    ThemeSummary,
)
from agents.settings import AgentSettings, ProviderName
from agents.state import ExplainRequest, ExplainState
from agents.usage import add_up
from agents.verifier import ClaimVerifier
from retrieval.build import Retrieval
from retrieval.domain.evidence import CounterfactualEvidence, Evidence, TagEvidence, ThemeEvidence
from retrieval.domain.models import MovieId, ViewerId
from retrieval.domain.recommendation import Filters, Ranking, Recommendation

__all__ = ["ExplainParts", "Explainer"]


@dataclass(frozen=True, slots=True)
class ExplainParts:
    """What an `Explainer` is made of; `build.build_explainer` chooses them."""

    graph: ExplainGraph
    model: BaseChatModel
    offline: BaseChatModel
    provider: ProviderName
    model_name: str
    verifier: ClaimVerifier
    vocabulary: tuple[str, ...]
    readings: ReadingCache
    synopses: Mapping[MovieId, str]


class Explainer:
    """Makes explanations in which every claim was checked. Safe to share between requests."""

    def __init__(self, retrieval: Retrieval, parts: ExplainParts, settings: AgentSettings) -> None:
        self._retrieval = retrieval
        self._parts = parts
        self._settings = settings

    def explain(
        self,
        viewer_id: ViewerId,
        *,
        n: int = 10,
        movie_id: MovieId | None = None,
        detail: Detail = "standard",
        as_of_ms: int | None = None,
        filters: Filters | None = None,
    ) -> Explanation:
        """`aexplain` for callers without an event loop, such as the command line."""
        return run_blocking(
            self.aexplain(
                viewer_id,
                n=n,
                movie_id=movie_id,
                detail=detail,
                as_of_ms=as_of_ms,
                filters=filters,
            )
        )

    async def aexplain(
        self,
        viewer_id: ViewerId,
        *,
        n: int = 10,
        movie_id: MovieId | None = None,
        detail: Detail = "standard",
        as_of_ms: int | None = None,
        filters: Filters | None = None,
    ) -> Explanation:
        """Explain a viewer's list, or one film of the catalogue at the rank it has for them.

        Args:
            viewer_id: ``demo``, ``ml:<userId>`` or a stored viewer.
            n: Length of the list.
            movie_id: Explain this film alone; its rank may lie beyond ``n``.
            detail: How much each reason says.
            as_of_ms: The moment to rank for; see `Recommender.snapshot`.
            filters: Constraints on the list.

        Returns:
            The explanation, stored under its id. A failing provider never fails the call: what it
            did not write is written offline, and ``provider`` says so.

        Raises:
            UnknownViewer, UnknownMovie: No such viewer or movie.
            BadInput: ``n`` or a filter cannot be used.
            StateUnavailable: The viewer's history cannot be read, or the explanation not stored.
        """
        started = time.perf_counter()
        if movie_id is not None:
            self._retrieval.bundle.row(movie_id)
        request = ExplainRequest(
            viewer_id=viewer_id,
            n=n,
            movie_id=movie_id,
            detail=detail,
            as_of_ms=as_of_ms,
            filters=filters or Filters(),
        )
        context = self.new_context()
        final = await self._parts.graph.ainvoke(ExplainState(request=request), context=context)
        state = ExplainState.model_validate(final)
        explanation = self._assemble(state, context, started)
        self._retrieval.documents.save_explanation(
            explanation.id, viewer_id, explanation.model_dump_json()
        )
        return explanation

    def new_context(self) -> AgentContext:
        """Dependencies of one run: the shared parts with a fresh deadline."""
        settings, parts = self._settings, self._parts
        return AgentContext(
            bundle=self._retrieval.bundle,
            recommender=self._retrieval.recommender,
            evidence=self._retrieval.evidence,
            model=parts.model,
            offline=parts.offline,
            provider=parts.provider,
            model_name=parts.model_name,
            verifier=parts.verifier,
            vocabulary=parts.vocabulary,
            readings=parts.readings,
            synopses=parts.synopses,
            settings=settings,
            watch=ProviderWatch(
                deadline_s=settings.deadline_s, max_concurrency=settings.max_concurrency
            ),
        )

    def _assemble(self, state: ExplainState, context: AgentContext, started: float) -> Explanation:
        ranking = state.required_ranking
        evidence = state.all_evidence
        summary = [claim for key, claim in state.claims.items() if key.startswith("summary:")]
        if state.counts is None:
            raise RuntimeError("the graph ended before 'verify' gave its verdict")
        return Explanation(
            id=f"ex-{uuid.uuid4().hex[:20]}",
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            viewer_id=state.request.viewer_id,
            versions=self._versions(ranking),
            provider=self._provider(context.watch),
            summary=" ".join(claim.text for claim in summary),
            summary_claims=tuple(summary),
            filters=ranking.filters,
            adjustments=ranking.adjustments,
            themes=_themes(evidence, state.claims),
            recommendations=tuple(
                _explained(r, state.claims[f"reason:{r.movie_id}"], evidence)
                for r in ranking.recommendations
            ),
            style_tags=_style_tags(evidence),
            evidence=evidence,
            verification=state.counts,
            abstained=state.abstains,
            usage=add_up(context, state.usage, latency_ms=(time.perf_counter() - started) * 1000),
        )

    def _versions(self, ranking: Ranking) -> ExplanationVersions:
        as_of = datetime.fromtimestamp(ranking.viewer.as_of_ms / 1000, tz=UTC)
        return ExplanationVersions(
            app=_app_version(),
            bundle=self._retrieval.bundle.version,
            recipe=self._retrieval.bundle.recipe.name,
            user_vector=ranking.viewer.user_vector_version,
            as_of=as_of.isoformat(timespec="milliseconds"),
            prompts=prompts_digest(),
        )

    def _provider(self, watch: ProviderWatch) -> ProviderInfo:
        note = None
        if watch.failure is not None:
            note = f"{watch.failure}; what was missing is written by the offline provider"
            note = note[0].upper() + note[1:]
        return ProviderInfo(
            name=self._parts.provider,
            model=self._parts.model_name,
            degraded=watch.failure is not None,
            note=note,
        )


def _themes(evidence: Iterable[Evidence], claims: Mapping[str, Claim]) -> tuple[ThemeSummary, ...]:
    return tuple(
        ThemeSummary(
            theme_id=item.data.theme_id,
            label=item.data.label,
            share=item.data.list_share,
            movie_ids=item.data.movie_ids,
            text=claims[item.id].text,
            claims=(claims[item.id],),
        )
        for item in evidence
        if isinstance(item, ThemeEvidence)
    )


def _explained(
    recommendation: Recommendation, reason: Claim, evidence: Iterable[Evidence]
) -> ExplainedRecommendation:
    consequence = next(
        (
            item
            for item in evidence
            if item.kind == "counterfactual" and item.data.movie_id == recommendation.movie_id
        ),
        None,
    )
    return ExplainedRecommendation(
        rank=recommendation.rank,
        movie_id=recommendation.movie_id,
        title=recommendation.title,
        year=recommendation.year,
        genres=recommendation.genres,
        theme_id=recommendation.theme_id,
        score=recommendation.score,
        parts=recommendation.parts,
        contributions=recommendation.contributions,
        residual=recommendation.residual,
        rank_by_score=recommendation.rank_by_score,
        moves=recommendation.moves,
        reason=reason,
        counterfactual=_consequence(consequence),
    )


def _consequence(evidence: CounterfactualEvidence | None) -> CounterfactualSummary | None:
    if evidence is None:
        return None
    return CounterfactualSummary(
        without_event_id=evidence.data.event_ids[0],
        title=evidence.data.source_titles[0],
        rank_before=evidence.data.rank_before,
        rank_after=evidence.data.rank_after,
    )


def _style_tags(evidence: Iterable[Evidence]) -> tuple[StyleTagSummary, ...]:
    return tuple(
        StyleTagSummary(
            tag=item.data.tag,
            movie_ids=item.data.movie_ids,
            source=item.data.source,
            confidence=item.data.confidence,
        )
        for item in evidence
        if isinstance(item, TagEvidence)
    )


@cache
def _app_version() -> str:
    try:
        return version("whylens")
    except PackageNotFoundError:
        return "unknown"
