"""Groq, and servers that speak its protocol: their wire habits are the facts in the comments."""

import ssl
from functools import lru_cache
from threading import Lock
from typing import Any, Final, NamedTuple

import httpx
from langchain_groq import ChatGroq
from pydantic import Field

from agents.rate_limit import ProviderQuota
from agents.settings import AgentSettings

__all__ = ["STRICT_SCHEMA_MODELS", "GroqChatModel", "build_groq_model"]

STRICT_SCHEMA_MODELS: Final = frozenset({"openai/gpt-oss-20b", "openai/gpt-oss-120b"})
"""Models that hold themselves to a JSON schema; the others are asked for JSON and shown it."""
_LINES_LOCK: Final = Lock()


class GroqChatModel(ChatGroq):
    """ChatGroq for any Groq-compatible server."""

    quota: ProviderQuota = Field(exclude=True, repr=False)
    """Shared by every model of this name and server in the process."""

    @property
    def _default_params(self) -> dict[str, Any]:
        # ChatGroq sends explicit nulls; llama.cpp's server refuses `reasoning_format: null`.
        return {key: value for key, value in super()._default_params.items() if value is not None}


def build_groq_model(settings: AgentSettings) -> GroqChatModel:
    """The model that the settings name."""
    # A cache lets threads that miss it together make one each, and each would have the whole quota.
    with _LINES_LOCK:
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
