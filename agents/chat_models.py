"""The one place that chooses chat models, and knows how each is asked for an object.

Knows nothing of evidence or prompts.
"""

import json
from collections.abc import Sequence
from typing import Any, Final, Literal

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import BaseMessage, SystemMessage
from langchain_core.runnables import Runnable
from pydantic import BaseModel

from agents.offline import OfflineChatModel
from agents.settings import AgentSettings

__all__ = [
    "admit",
    "build_chat_model",
    "build_offline_model",
    "output_method",
    "structured",
    "with_schema_in_prompt",
]

_CHARS_PER_TOKEN: Final = 3
"""Of a prompt full of JSON: a guess that the headers of the answer put right."""


def build_chat_model(settings: AgentSettings) -> BaseChatModel:
    """The chat model that the settings ask for: `GroqChatModel` or `OfflineChatModel`."""
    if settings.active_provider == "offline":
        return build_offline_model()
    # Only who writes with Groq waits for its SDK.
    from agents.groq_model import build_groq_model

    return build_groq_model(settings)


def build_offline_model() -> OfflineChatModel:
    """The deterministic writer: no key, no network, no cost."""
    return OfflineChatModel()


def output_method(model: BaseChatModel) -> Literal["json_schema", "json_mode"]:
    """How to ask this model for an object: json_mode does not send the schema."""
    if isinstance(model, OfflineChatModel):
        return "json_schema"
    from agents.groq_model import STRICT_SCHEMA_MODELS, GroqChatModel

    is_lax = isinstance(model, GroqChatModel) and model.model_name not in STRICT_SCHEMA_MODELS
    return "json_mode" if is_lax else "json_schema"


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
    if isinstance(model, OfflineChatModel):
        return
    from agents.groq_model import GroqChatModel

    if isinstance(model, GroqChatModel):
        n_chars = sum(len(message.text) for message in messages)
        # The provider counts what may be answered before it is.
        tokens = n_chars // _CHARS_PER_TOKEN + (model.max_tokens or 0)
        await model.quota.admit(tokens, within_s=within_s)
