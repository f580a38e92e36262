"""Asking a model for one draft: what is retried, when to give up, who answers then.

=============================================  ==============================================
failure                                        answer
=============================================  ==============================================
connection refused or cut, timeout, 5xx        again, after a pause
429                                            again after ``retry-after``, if there is time
malformed or truncated output, no object       again, once
400, 401, 403, 404, 413, 422                   not again: the same request fails the same way
=============================================  ==============================================

When the attempts are spent, the offline writer answers from the same prompt, and the run says so.
"""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Generic, NamedTuple, TypeVar

import groq
import httpx
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel

from agents.chat_models import structured, with_schema_in_prompt
from agents.context import AgentContext
from agents.prompting import Prompt, build_messages
from agents.schemas import NodeUsage
from retrieval.domain.errors import WhylensError
from retrieval.domain.evidence import Evidence

__all__ = ["Answer", "ProviderFailed", "ask", "ask_offline", "ask_patiently"]

Draft = TypeVar("Draft", bound=BaseModel)
Binder = Callable[[BaseChatModel, type[Any]], Runnable[LanguageModelInput, Any]]
"""Makes a model answer ``{"raw": message, "parsed": draft or None}``."""

_FIRST_PAUSE_S: Final = 0.25
_LONGEST_PAUSE_S: Final = 10.0
_PROVIDER_ERRORS: Final = (groq.GroqError, httpx.HTTPError, ValueError, TypeError, LookupError)
"""Everything that a provider's answer can raise on its way to an object; parser and JSON errors
are ValueErrors, an answer of the wrong shape a TypeError or LookupError."""


class Answer(NamedTuple, Generic[Draft]):
    """A draft with what it cost."""

    draft: Draft
    usage: NodeUsage
    is_offline: bool


class _UnusableAnswer(ValueError):
    """The provider answered 200, but not with a complete object."""


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
        draft = await _ask_provider(context, schema, messages, tally, bind)
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
) -> Draft:
    """A draft for a job that nobody waits for: no deadline, and a rate limit is waited out.

    Args:
        model: Chat model of the provider.
        model_name: For the message of a failure.
        schema: What to answer with.
        messages: Prompt and task.
        attempts: Requests at most, at least 1.
        longest_pause_s: A ``retry-after`` beyond it ends the job.

    Raises:
        ProviderFailed: The last attempt failed, or one that trying again cannot mend.
    """
    for attempt in range(attempts):
        try:
            return await _invoke(model, schema, messages, _Tally())
        except _PROVIDER_ERRORS as error:
            pause = _pause_before_retry(error, attempt, longest_s=longest_pause_s)
            if attempt + 1 == attempts or pause is None:
                raise ProviderFailed(_describe(error, model_name)) from error
            await asyncio.sleep(pause)
    raise ProviderFailed("no attempt was allowed")


async def _write_offline(
    context: AgentContext,
    prompt: Prompt,
    schema: type[Draft],
    messages: list[BaseMessage],
    tally: _Tally,
) -> Answer[Draft]:
    # Tokens that no provider counted are no cost: only what was bought is in the usage.
    draft = await _invoke(context.offline, schema, messages, _Tally())
    return Answer(draft, tally.usage(prompt.name), is_offline=True)


async def _ask_provider(
    context: AgentContext,
    schema: type[Draft],
    messages: list[BaseMessage],
    tally: _Tally,
    bind: Binder | None,
) -> Draft | None:
    for attempt in range(context.settings.max_attempts):
        try:
            async with asyncio.timeout(context.watch.remaining_s), context.watch.slots:
                if context.watch.failure is not None:
                    return None
                return await _invoke(context.model, schema, messages, tally, bind)
        except TimeoutError:
            context.watch.give_up("the deadline passed before the provider answered")
            return None
        except _PROVIDER_ERRORS as error:
            pause = _pause_before_retry(error, attempt)
            is_last = attempt + 1 == context.settings.max_attempts
            if is_last or pause is None or pause >= context.watch.remaining_s:
                context.watch.give_up(_describe(error, context.model_name))
                return None
            await asyncio.sleep(pause)
    return None


async def _invoke(
    model: BaseChatModel,
    schema: type[Draft],
    messages: list[BaseMessage],
    tally: _Tally,
    bind: Binder | None = None,
) -> Draft:
    tally.calls += 1
    if bind is None:
        messages = with_schema_in_prompt(model, schema, messages)
    answer = await (bind or structured)(model, schema).ainvoke(messages)
    raw: AIMessage = answer["raw"]
    tally.add(raw)
    if raw.response_metadata.get("finish_reason") == "length":
        # A lenient parser completes cut JSON, so a truncated answer can look valid.
        raise _UnusableAnswer("the answer was cut off at the token limit")
    if not isinstance(answer["parsed"], schema):
        raise _UnusableAnswer("the answer was not the JSON object that was asked for")
    return answer["parsed"]


def _pause_before_retry(
    error: Exception, attempt: int, *, longest_s: float = _LONGEST_PAUSE_S
) -> float | None:
    """Seconds to wait before trying again; None when trying again cannot help."""
    backoff = min(_FIRST_PAUSE_S * 2.0**attempt, _LONGEST_PAUSE_S)
    if isinstance(error, groq.RateLimitError):
        wait = _retry_after(error)
        return backoff if wait is None else (wait if wait <= longest_s else None)
    if isinstance(error, groq.APIStatusError):
        return backoff if error.status_code >= 500 or error.status_code in {408, 409} else None
    return backoff


def _retry_after(error: groq.RateLimitError) -> float | None:
    try:
        return float(error.response.headers.get("retry-after", ""))
    except ValueError:
        return None


def _describe(error: Exception, model_name: str) -> str:
    """What failed, in words fit for a reader: no addresses, no keys, no server text."""
    if isinstance(error, groq.APITimeoutError):
        return "the provider did not answer in time"
    if isinstance(error, groq.APIConnectionError | httpx.HTTPError):
        return "the provider could not be reached"
    if isinstance(error, groq.RateLimitError):
        return "the provider's rate limit is used up (429)"
    if isinstance(error, groq.AuthenticationError | groq.PermissionDeniedError):
        return "the provider refused the API key; check GROQ_API_KEY"
    if isinstance(error, groq.NotFoundError):
        return (
            f"the provider has no model '{model_name}' (it may have been retired);"
            " choose another with GROQ_MODEL"
        )
    if isinstance(error, groq.APIStatusError):
        return f"the provider answered with status {error.status_code}"
    if isinstance(error, _UnusableAnswer):
        return str(error)
    return "the provider's answer could not be read"
