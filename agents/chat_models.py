"""The one place that chooses and builds chat models.

Knows the providers' wire habits (facts in the comments); knows nothing of evidence or prompts.
"""

import json
import ssl
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, Literal, NamedTuple

import httpx
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import BaseMessage, SystemMessage
from langchain_core.runnables import Runnable
from langchain_groq import ChatGroq
from pydantic import BaseModel, Field

from agents.offline import OfflineChatModel
from agents.rate_limit import ProviderQuota
from agents.settings import AgentSettings

__all__ = [
    "STRICT_SCHEMA_MODELS",
    "GroqChatModel",
    "admit",
    "build_chat_model",
    "build_offline_model",
    "output_method",
    "structured",
    "with_schema_in_prompt",
]

STRICT_SCHEMA_MODELS: Final = frozenset({"openai/gpt-oss-20b", "openai/gpt-oss-120b"})
"""Models that hold themselves to a JSON schema; the others are asked for JSON and shown it."""

_CHARS_PER_TOKEN: Final = 3
"""Of a prompt full of JSON: a guess that the headers of the answer put right."""


class GroqChatModel(ChatGroq):
    """ChatGroq for any Groq-compatible server."""

    quota: ProviderQuota = Field(exclude=True, repr=False)
    """Shared by every model of this name and server in the process."""

    @property
    def _default_params(self) -> dict[str, Any]:
        # ChatGroq sends explicit nulls; llama.cpp's server refuses `reasoning_format: null`.
        return {key: value for key, value in super()._default_params.items() if value is not None}


def build_chat_model(settings: AgentSettings) -> BaseChatModel:
    """The chat model that the settings ask for: `GroqChatModel` or `OfflineChatModel`."""
    if settings.active_provider == "offline":
        return build_offline_model()
    line = _line(
        settings.groq_base_url,
        settings.groq_model,
        settings.requests_per_minute,
        settings.tokens_per_minute,
    )
    takes_effort = settings.groq_model in STRICT_SCHEMA_MODELS
    return GroqChatModel(
        model_name=settings.groq_model,
        api_key=settings.groq_api_key,
        base_url=settings.groq_base_url,
        temperature=settings.temperature,
        max_tokens=settings.max_output_tokens,
        reasoning_effort=settings.reasoning_effort if takes_effort else None,
        timeout=httpx.Timeout(settings.request_timeout_s, connect=settings.connect_timeout_s),
        max_retries=0,  # retries are ours: the SDK's would multiply with them
        http_client=line.sync,
        http_async_client=line.asynchronous,
        quota=line.quota,
    )


def build_offline_model() -> OfflineChatModel:
    """The deterministic writer: no key, no network, no cost."""
    return OfflineChatModel()


def output_method(model: BaseChatModel) -> Literal["json_schema", "json_mode"]:
    """How to ask this model for an object: json_mode does not send the schema."""
    if isinstance(model, ChatGroq) and model.model_name not in STRICT_SCHEMA_MODELS:
        return "json_mode"
    return "json_schema"


def structured(model: BaseChatModel, schema: type[BaseModel]) -> Runnable[LanguageModelInput, Any]:
    """The model bound to a schema; answers ``{"raw", "parsed", "parsing_error"}``.

    Tagged ``nostream`` so that half-written JSON never shows up in a message stream.
    """
    method = output_method(model)
    extra: dict[str, Any] = {"strict": True} if method == "json_schema" else {}
    bound = model.with_structured_output(schema, method=method, include_raw=True, **extra)
    return bound.with_config(tags=["nostream"])


def with_schema_in_prompt(
    model: BaseChatModel, schema: type[BaseModel], messages: list[BaseMessage]
) -> list[BaseMessage]:
    """Messages that also show the schema, for models that are not sent it another way."""
    if output_method(model) == "json_schema":
        return messages
    text = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    return [
        SystemMessage(f"Answer with one JSON object that fits this JSON schema:\n{text}"),
        *messages,
    ]


async def admit(model: BaseChatModel, messages: Sequence[BaseMessage], *, within_s: float) -> None:
    """Wait until the provider's limits leave room for a request; offline there are none.

    Raises:
        RateLimitReached: There is no room within ``within_s`` seconds.
    """
    if isinstance(model, GroqChatModel):
        n_chars = sum(len(message.text) for message in messages)
        # The provider counts what may be answered before it is.
        tokens = n_chars // _CHARS_PER_TOKEN + (model.max_tokens or 0)
        await model.quota.admit(tokens, within_s=within_s)


class _Line(NamedTuple):
    """The way to one model of one server: its HTTP clients, and what they learn of its limits."""

    sync: httpx.Client
    asynchronous: httpx.AsyncClient
    quota: ProviderQuota


@lru_cache(maxsize=16)
def _line(
    base_url: str, model_name: str, requests_per_minute: int, tokens_per_minute: int | None
) -> _Line:
    del base_url, model_name  # limits are kept for each server and model
    quota = ProviderQuota(
        requests_per_minute=requests_per_minute, tokens_per_minute=tokens_per_minute
    )

    def learn(response: httpx.Response) -> None:
        quota.learn(response.status_code, response.headers)

    async def learn_async(response: httpx.Response) -> None:
        learn(response)

    # No connection outlives its request: the async client is used from whichever event loop runs,
    # and a pooled connection belongs to the loop that opened it.
    limits = httpx.Limits(max_keepalive_connections=0)
    context = _tls_context()
    return _Line(
        httpx.Client(verify=context, limits=limits, event_hooks={"response": [learn]}),
        httpx.AsyncClient(verify=context, limits=limits, event_hooks={"response": [learn_async]}),
        quota,
    )


@lru_cache(maxsize=1)
def _tls_context() -> ssl.SSLContext:
    # Making one costs about 200 ms.
    return ssl.create_default_context()
