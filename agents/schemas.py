"""The explanation object: what the API returns, what the command line prints, what evals read.

The shape is stable within a major ``schema_version``. This module knows no framework.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from retrieval.domain.adjustment import Adjustment, RankMove
from retrieval.domain.evidence import Evidence, EvidenceId
from retrieval.domain.models import EventId, MovieId, ThemeId
from retrieval.domain.recommendation import Filters
from retrieval.domain.scoring import Contribution, ScoreParts

__all__ = [
    "SCHEMA_VERSION",
    "Claim",
    "CounterfactualSummary",
    "Detail",
    "ExplainedRecommendation",
    "Explanation",
    "ExplanationVersions",
    "NodeUsage",
    "ProviderInfo",
    "StyleTagSummary",
    "ThemeSummary",
    "Usage",
    "VerificationCounts",
]

SCHEMA_VERSION = "1.1"

Detail = Literal["brief", "standard", "full"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Claim(_Frozen):
    """One sentence and the evidence it rests on."""

    text: str
    evidence_ids: tuple[EvidenceId, ...]
    movie_ids: tuple[MovieId, ...] = ()
    """Movies that the sentence names."""
    verdict: Literal["supported", "replaced"]
    """``replaced``: the draft failed verification, and this is the evidence's own sentence."""


class CounterfactualSummary(_Frozen):
    """What forgetting one event would do to one recommendation, recomputed."""

    without_event_id: EventId
    title: str
    rank_before: int
    rank_after: int


class ExplainedRecommendation(_Frozen):
    """One recommendation with its arithmetic and its reason."""

    rank: int = Field(ge=1)
    movie_id: MovieId
    title: str
    year: int | None
    genres: tuple[str, ...]
    theme_id: ThemeId
    score: float
    parts: ScoreParts
    contributions: tuple[Contribution, ...]
    """Largest first; with ``residual`` they add up to ``score``."""
    residual: float
    rank_by_score: int = Field(ge=1)
    """Rank among all films not met yet, by score alone; another one than ``rank`` when filters or
    reorderings moved it."""
    moves: tuple[RankMove, ...]
    """The filters and reorderings that moved it, in the order of their application."""
    reason: Claim
    counterfactual: CounterfactualSummary | None


class ThemeSummary(_Frozen):
    """The films of the list that belong to one theme."""

    theme_id: ThemeId
    label: str
    share: float = Field(ge=0.0, le=1.0)
    """Of the list."""
    movie_ids: tuple[MovieId, ...]
    text: str
    claims: tuple[Claim, ...]


class StyleTagSummary(_Frozen):
    """A style tag that at least two films of the list share."""

    tag: str
    movie_ids: tuple[MovieId, ...]
    source: Literal["notes", "users", "neighbours", "llm"]
    confidence: float = Field(ge=0.0, le=1.0)


class VerificationCounts(_Frozen):
    """How the claims of an explanation fared."""

    checked: int
    supported: int
    """Claims that stand as drafted, or as revised."""
    revised: int
    """Claims that were rewritten once; they also count as supported or replaced."""
    replaced: int


class ProviderInfo(_Frozen):
    """Who wrote the sentences."""

    name: str
    """``offline`` or ``groq``."""
    model: str
    degraded: bool = False
    """Some sentences were written offline because the provider failed."""
    note: str | None = None
    """What failed, in plain words, when degraded."""


class ExplanationVersions(_Frozen):
    """Everything needed to replay an explanation."""

    app: str
    bundle: str
    recipe: str
    user_vector: str
    """Digest of the event log that made the vector, with the number of events."""
    as_of: str
    """Moment the ranking was made for, ISO 8601; the recent part fades with time."""
    prompts: str
    """Digest of all prompt files."""


class NodeUsage(_Frozen):
    """What one node of the graph cost."""

    node: str
    calls: int
    input_tokens: int
    output_tokens: int
    latency_ms: float
    cached: int = 0
    """Films or themes answered from the cache instead of a call."""
    fallbacks: int = 0
    """Answers that the offline writer gave because the provider failed."""
    cost_usd: float | None = None
    """None when the price of the model is not known."""


class Usage(_Frozen):
    """What an answer cost."""

    input_tokens: int
    output_tokens: int
    cost_usd: float | None
    """None when the price of the model is not known."""
    latency_ms: float
    nodes: tuple[NodeUsage, ...]


class Explanation(_Frozen):
    """A recommended list with the reason for each film, every claim checked."""

    id: str
    created_at: str
    schema_version: str = SCHEMA_VERSION
    viewer_id: str
    versions: ExplanationVersions
    provider: ProviderInfo
    summary: str
    """The text of ``summary_claims``, joined."""
    summary_claims: tuple[Claim, ...]
    filters: Filters = Filters()
    """What shaped the list after scoring."""
    adjustments: tuple[Adjustment, ...] = ()
    """What each filter and reordering that was on did to the list."""
    themes: tuple[ThemeSummary, ...]
    recommendations: tuple[ExplainedRecommendation, ...]
    style_tags: tuple[StyleTagSummary, ...]
    evidence: tuple[Evidence, ...]
    verification: VerificationCounts
    abstained: bool
    """The viewer's history is empty, so nothing is claimed about their taste."""
    usage: Usage
