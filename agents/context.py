"""What a run of the graph depends on, handed to nodes through LangGraph's runtime."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from langchain_core.language_models import BaseChatModel

from agents.reading_cache import ReadingCache, ReadingKey
from agents.settings import AgentSettings, ProviderName
from agents.verifier import ClaimVerifier
from retrieval.bundle import Bundle
from retrieval.domain.models import MovieId
from retrieval.evidence import EvidenceBuilder
from retrieval.recommender import Recommender

__all__ = ["AgentContext", "ProviderWatch"]


class ProviderWatch:
    """One run's patience with its provider: a deadline, and a switch that opens once.

    After one answer could not be had, the run asks the provider no more: a provider that is down
    costs each explanation a bounded number of requests, however many films it has.
    """

    def __init__(self, *, deadline_s: float, max_concurrency: int) -> None:
        self._ends_at = time.monotonic() + deadline_s
        self.slots = asyncio.Semaphore(max_concurrency)
        self.failure: str | None = None
        """What failed, in plain words; None while all is well."""

    @property
    def remaining_s(self) -> float:
        """Seconds until the deadline, 0 when it has passed."""
        return max(0.0, self._ends_at - time.monotonic())

    def give_up(self, reason: str) -> None:
        """Ask the provider no more in this run; the first reason is the one that is told."""
        if self.failure is None:
            self.failure = reason


@dataclass(frozen=True, slots=True)
class AgentContext:
    """Dependencies of the nodes."""

    bundle: Bundle
    recommender: Recommender
    evidence: EvidenceBuilder
    model: BaseChatModel
    offline: BaseChatModel
    provider: ProviderName
    model_name: str
    verifier: ClaimVerifier
    vocabulary: tuple[str, ...]
    """Style tags that a reading may use."""
    readings: ReadingCache
    synopses: Mapping[MovieId, str]
    """Grounding for readings of films, where the operator gave some."""
    settings: AgentSettings
    watch: ProviderWatch = field(repr=False)

    def reading_key(self, subject: str, prompt_digest: str) -> ReadingKey:
        """Where a reading by this run's model is cached."""
        return ReadingKey(subject, self.model_name, prompt_digest)
