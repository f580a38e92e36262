"""What the graph costs by itself: an explanation written by a model that takes no time."""

import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from pydantic import PrivateAttr

from agents.build import build_explainer
from agents.offline import OfflineChatModel
from agents.schemas import Explanation
from agents.settings import AgentSettings
from retrieval.build import Retrieval
from retrieval.domain.models import ViewerId

__all__ = ["graph_overheads_ms"]


class _ZeroLatencyModel(OfflineChatModel):
    """Answers a prompt that it has seen before at once."""

    _answers: dict[str, ChatResult] = PrivateAttr(default_factory=dict)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        key = "".join(str(message.content) for message in messages)
        if key not in self._answers:
            self._answers[key] = super()._generate(messages, stop, run_manager, **kwargs)
        return self._answers[key]


def graph_overheads_ms(
    retrieval: Retrieval, viewers: Sequence[ViewerId], *, rounds: int = 6
) -> list[float]:
    """What an explanation of ten films takes besides ranking, evidence, model and storing it.

    Prompts, the parsing of answers and every check are in it.

    Args:
        retrieval: The retrieval room.
        viewers: Whose lists are explained, each once.
        rounds: How often each, at least 2; the first time is not counted.

    Returns:
        Milliseconds, one for each viewer: the median explanation less the median of the rest, so
        that a moment in which the machine was busy falls out of both.
    """
    model = _ZeroLatencyModel()
    explainer = build_explainer(retrieval, AgentSettings(provider="offline"), offline=model)
    # The same moment every time, or the prompts would not be those seen before.
    moment = time.time_ns() // 1_000_000

    def explain(viewer: ViewerId) -> Explanation:
        return explainer.explain(viewer, n=10, as_of_ms=moment)

    def measure_and_store(viewer: ViewerId, made: Explanation) -> None:
        ranking = retrieval.recommender.recommend(viewer, n=10, as_of_ms=moment)
        retrieval.evidence.for_ranking(ranking)
        retrieval.documents.save_explanation(made.id, viewer, made.model_dump_json())

    explanations = {viewer: explain(viewer) for viewer in viewers}
    gc.collect()
    gc.freeze()  # as the server does, once all is built
    whole: defaultdict[ViewerId, list[float]] = defaultdict(list)
    rest: defaultdict[ViewerId, list[float]] = defaultdict(list)
    for _ in range(rounds - 1):
        for viewer, made in explanations.items():
            whole[viewer].append(_seconds(explain, viewer))
            rest[viewer].append(_seconds(measure_and_store, viewer, made))
    return [
        1000.0 * (statistics.median(whole[viewer]) - statistics.median(rest[viewer]))
        for viewer in explanations
    ]


def _seconds(run: Callable[..., object], *args: object) -> float:
    started = time.perf_counter()
    run(*args)
    return time.perf_counter() - started
