"""The state of one run of the explanation graph."""

import operator
from typing import Annotated

from pydantic import BaseModel, ConfigDict, InstanceOf

from agents.schemas import Claim, Detail, NodeUsage, VerificationCounts
from retrieval.domain.evidence import Evidence, EvidenceId, NoteEvidence
from retrieval.domain.models import MovieId, ViewerId
from retrieval.domain.recommendation import Filters, Ranking

__all__ = ["ClaimKey", "DraftClaim", "ExplainRequest", "ExplainState", "ScriptBatch"]

ClaimKey = str
"""``summary:0``, ``theme:4`` or ``reason:318``: where a claim belongs."""


class ExplainRequest(BaseModel):
    """What is to be explained."""

    model_config = ConfigDict(frozen=True)

    viewer_id: ViewerId
    n: int = 10
    movie_id: MovieId | None = None
    """Explain this film alone, wherever it stands."""
    detail: Detail = "standard"
    as_of_ms: int | None = None
    filters: Filters = Filters()


class DraftClaim(BaseModel):
    """A sentence that nobody has checked yet."""

    model_config = ConfigDict(frozen=True)

    key: ClaimKey
    text: str
    evidence_ids: tuple[EvidenceId, ...]


class ExplainState(BaseModel):
    """Everything that the nodes pass on. Keys that parallel branches write have reducers."""

    request: ExplainRequest
    ranking: InstanceOf[Ranking] | None = None
    evidence: InstanceOf[tuple[BaseModel, ...]] = ()
    """Typed as `Evidence`; built by retrieval, so it is not validated again at every step."""
    theme_readings: dict[int, str] = {}
    notes: Annotated[dict[int, InstanceOf[NoteEvidence]], operator.or_] = {}
    """Readings of films that came without a film note, by movie."""
    silent_films: tuple[int, ...] = ()
    """Films that the model said it does not know."""
    drafts: dict[ClaimKey, DraftClaim] = {}
    problems: dict[ClaimKey, tuple[str, ...]] = {}
    """What the verifier found in the current drafts, by claim."""
    revisions: int = 0
    claims: dict[ClaimKey, Claim] = {}
    counts: VerificationCounts | None = None
    usage: Annotated[list[NodeUsage], operator.add] = []

    @property
    def all_evidence(self) -> tuple[Evidence, ...]:
        """Evidence from retrieval and the readings made in this run."""
        return (*self.evidence, *self.notes.values())  # type: ignore[arg-type]

    @property
    def required_ranking(self) -> Ranking:
        """The ranking, once ``retrieve`` has run."""
        if self.ranking is None:
            raise RuntimeError("the ranking is read before 'retrieve' made it")
        return self.ranking

    @property
    def abstains(self) -> bool:
        """Whether there is no history to explain anything with."""
        return not self.required_ranking.viewer.events


class ScriptBatch(BaseModel):
    """Films for one Script Analyzer call."""

    movie_ids: tuple[MovieId, ...]
