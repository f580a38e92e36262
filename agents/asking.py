"""Asking a model for one draft: when to try again, when to give up, who answers then.

What can heal is asked for again while there is time (`agents.provider_errors`), and nothing is sent
that the provider's rate limit has no room for (`agents.rate_limit`). When the attempts, the node's
time or the run's deadline are spent, the offline writer answers from the same prompt, and the run
says so.
"""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel

from agents.chat_models import admit, structured, with_schema_in_prompt
from agents.context import AgentContext
from agents.prompting import Prompt, build_messages
from agents.provider_errors import UnusableAnswer, failure_of, provider_errors
from agents.schemas import NodeUsage
from retrieval.domain.errors import WhylensError
from retrieval.domain.evidence import Evidence

__all__ = ["Answer", "ProviderFailed", "ask", "ask_offline", "ask_patiently"]

logger = logging.getLogger(__name__)

Draft = TypeVar("Draft", bound=BaseModel)
Binder = Callable[[BaseChatModel, type[Any]], Runnable[LanguageModelInput, Any]]
"""Makes a model answer ``{"raw": message, "parsed": draft or None}``."""

_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 10.0


class Answer(NamedTuple, Generic[Draft]):
    """A draft with what it cost."""

    draft: Draft
    usage: NodeUsage
    is_offline: bool


class ProviderFailed(WhylensError):
    """The provider gave no usable answer, and nobody else can give it."""


class _Tally:
    """Tokens and requests of one node's call, over all its attempts."""

    def __init__(self) -> None:
        self.calls = self.input_tokens = self.output_tokens = 0
        self._started = time.perf_counter()

    def add(self, message: AIMessage | None) -> None:
        usage = message.usage_metadata if message is not None else None
        if usage is not None:
            self.input_tokens += usage["input_tokens"]
            self.output_tokens += usage["output_tokens"]

    def usage(self, node: str) -> NodeUsage:
        return NodeUsage(
            node=node,
            calls=self.calls,
            input_tokens=self.input_tokens,
            output_tokens=self.output_tokens,
            latency_ms=round((time.perf_counter() - self._started) * 1000, 3),
        )


async def ask(
    context: AgentContext,
    prompt: Prompt,
    schema: type[Draft],
    *,
    task: Mapping[str, Any],
    evidence: Iterable[Evidence],
    bind: Binder | None = None,
) -> Answer[Draft]:
    """A draft from the run's provider, or from the offline writer when the provider fails.

    Args:
        context: The run.
        prompt: The node's prompt.
        schema: What to answer with.
        task: What to do, as data.
        evidence: What to do it from.
        bind: How the provider's model is asked, if not for an object of the schema.
    """
    messages = build_messages(prompt, task, evidence)
    tally = _Tally()
    if context.provider != "offline" and context.watch.failure is None:
        draft = await _ask_provider(context, prompt.name, schema, messages, tally, bind)
        if draft is not None:
            return Answer(draft, tally.usage(prompt.name), is_offline=False)
    return await _write_offline(context, prompt, schema, messages, tally)


async def ask_offline(
    context: AgentContext,
    prompt: Prompt,
    schema: type[Draft],
    *,
    task: Mapping[str, Any],
    evidence: Iterable[Evidence],
) -> Answer[Draft]:
    """A draft from the offline writer, whatever the provider."""
    messages = build_messages(prompt, task, evidence)
    return await _write_offline(context, prompt, schema, messages, _Tally())


async def ask_patiently(
    model: BaseChatModel,
    model_name: str,
    schema: type[Draft],
    messages: list[BaseMessage],
    *,
    attempts: int,
    longest_pause_s: float,
    node: str,
) -> Answer[Draft]:
    """A draft for a job that nobody waits for: no deadline, and a rate limit is waited out.

    Args:
        model: Chat model of the provider.
        model_name: For the message of a failure.
        schema: What to answer with.
        messages: Prompt and task.
        attempts: Requests at most, at least 1.
        longest_pause_s: A rate limit that lasts longer ends the job.
        node: Named in the usage.

    Raises:
        ProviderFailed: The last attempt failed, or one that trying again cannot mend.
    """
    tally = _Tally()
    draft = await _persist(
        lambda: _invoke(model, schema, messages, tally, within_s=longest_pause_s),
        model_name,
        attempts=attempts,
        remaining_s=lambda: math.inf,
    )
    return Answer(draft, tally.usage(node), is_offline=False)


async def _write_offline(
    context: AgentContext,
    prompt: Prompt,
    schema: type[Draft],
    messages: list[BaseMessage],
    tally: _Tally,
) -> Answer[Draft]:
    # Tokens that no provider counted are no cost: only what was bought is in the usage.
    draft = await _invoke(context.offline, schema, messages, _Tally(), within_s=0.0)
    usage = tally.usage(prompt.name)
    if context.watch.failure is not None:
        usage = usage.model_copy(update={"fallbacks": 1})
    return Answer(draft, usage, is_offline=True)


async def _ask_provider(
    context: AgentContext,
    node: str,
    schema: type[Draft],
    messages: list[BaseMessage],
    tally: _Tally,
    bind: Binder | None,
) -> Draft | None:
    """The provider's draft; None when it gave none, which the run's watch then knows."""
    settings, watch = context.settings, context.watch
    ends_at = time.monotonic() + min(settings.node_timeout_s, watch.remaining_s)

    def remaining_s() -> float:
        return ends_at - time.monotonic()

    async def once() -> Draft:
        if watch.failure is not None:
            raise ProviderFailed(watch.failure)
        return await _invoke(context.model, schema, messages, tally, bind, within_s=remaining_s())

    try:
        # The place is kept in the pauses too, so that no other call fails the same way meanwhile.
        async with asyncio.timeout(remaining_s()), watch.slots:
            return await _persist(
                once, context.model_name, attempts=settings.max_attempts, remaining_s=remaining_s
            )
    except ProviderFailed as error:
        reason = str(error)
    except TimeoutError:
        reason = "the deadline passed before the provider answered"
        if watch.remaining_s > 0:
            reason = f"the provider took longer than {settings.node_timeout_s:g} s for one step"
    if watch.failure is None:
        logger.warning("%s (%s): %s", context.model_name, node, reason)
    watch.give_up(reason)
    return None


async def _persist(
    request: Callable[[], Awaitable[Draft]],
    model_name: str,
    *,
    attempts: int,
    remaining_s: Callable[[], float],
) -> Draft:
    """Make a request, and again while that may help and there is time.

    Raises:
        ProviderFailed: The reason of the last failure.
    """
    chances = {"never": 0, "once": 1, "while_there_is_time": attempts}
    for attempt in range(attempts):
        try:
            return await request()
        except provider_errors() as error:
            failure = failure_of(error, model_name)
            pause = min(_FIRST_PAUSE_S * 2.0**attempt, _LONGEST_PAUSE_S)
            is_last = attempt + 1 == attempts or chances[failure.retry] == 0
            if is_last or pause >= remaining_s():
                raise ProviderFailed(failure.reason) from error
            chances[failure.retry] -= 1
            await asyncio.sleep(pause)
    raise ProviderFailed("no attempt was allowed")


async def _invoke(
    model: BaseChatModel,
    schema: type[Draft],
    messages: list[BaseMessage],
    tally: _Tally,
    bind: Binder | None = None,
    *,
    within_s: float,
) -> Draft:
    """One request, sent when the rate limit has room for it.

    Args:
        model: Whom to ask.
        schema: What to answer with.
        messages: Prompt and task.
        tally: Told what it cost.
        bind: How the model is asked, if not for an object of the schema.
        within_s: How long the rate limit may be waited for.

    Raises:
        Exception: One of `provider_errors`.
    """
    if bind is None:
        messages = with_schema_in_prompt(model, schema, messages)
    await admit(model, messages, within_s=within_s)
    tally.calls += 1
    answer = await (bind or structured)(model, schema).ainvoke(messages)
    raw: AIMessage = answer["raw"]
    tally.add(raw)
    if raw.response_metadata.get("finish_reason") == "length":
        # A lenient parser completes cut JSON, so a truncated answer can look valid.
        raise UnusableAnswer("the answer was cut off at the token limit")
    if not isinstance(answer["parsed"], schema):
        raise UnusableAnswer("the answer was not the JSON object that was asked for")
    return answer["parsed"]
