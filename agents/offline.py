"""The offline provider: a deterministic writer behind LangChain's chat model interface.

It reads the evidence block that a prompt carries, finds the realizer for the schema it is asked
for, and answers as a model would: JSON, tool calls, streamed words, token usage. The same input
gives the same text. It invents nothing, because it has nothing but the block.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, Literal

from langchain_core.callbacks import (
    AsyncCallbackManagerForLLMRun,
    CallbackManagerForLLMRun,
)
from langchain_core.exceptions import OutputParserException
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.language_models.base import LangSmithParams
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.output_parsers import (
    BaseOutputParser,
    JsonOutputParser,
    PydanticOutputParser,
)
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.runnables import Runnable, RunnableLambda
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_json_schema, convert_to_openai_tool
from pydantic import BaseModel

from agents.evidence_block import read_block
from agents.realizers import REALIZERS

__all__ = ["OFFLINE_MODEL", "OfflineChatModel"]

OFFLINE_MODEL = "offline-realizer-1"
_CHARS_PER_TOKEN = 4
_NO_EVIDENCE = "I have no evidence to answer from."


class OfflineChatModel(BaseChatModel):
    """Writes from the evidence in the prompt, without a network."""

    model_name: str = OFFLINE_MODEL
    stop: list[str] | None = None
    temperature: float | None = None
    max_tokens: int | None = None

    @property
    def _llm_type(self) -> str:
        return "offline-realizer"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.model_name}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        return LangSmithParams(
            ls_provider="offline",
            ls_model_name=kwargs.get("model", self.model_name),
            ls_model_type="chat",
        )

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=_reply(self, messages, kwargs))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        # A millisecond of arithmetic: a thread would cost more than it saves.
        return self._generate(messages, stop, None, **kwargs)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for chunk in _chunks(_reply(self, messages, kwargs)):
            if run_manager is not None:
                run_manager.on_llm_new_token(str(chunk.message.content), chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for chunk in _chunks(_reply(self, messages, kwargs)):
            if run_manager is not None:
                await run_manager.on_llm_new_token(str(chunk.message.content), chunk=chunk)
            yield chunk

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Bind tools; the offline writer calls one only when ``tool_choice`` names it."""
        if isinstance(tool_choice, str) and tool_choice not in {"auto", "none", "required", "any"}:
            tool_choice = {"type": "function", "function": {"name": tool_choice}}
        formatted = [convert_to_openai_tool(tool) for tool in tools]
        if tool_choice is not None:
            kwargs["tool_choice"] = tool_choice
        return self.bind(tools=formatted, **kwargs)

    def with_structured_output(
        self,
        schema: dict[str, Any] | type,
        *,
        include_raw: bool = False,
        method: Literal["json_schema", "function_calling", "json_mode"] = "json_schema",
        strict: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, Any]:
        """Bind a schema; every ``method`` gives the same answer."""
        json_schema = _json_schema(schema, strict)
        bound = self.bind(
            response_format={
                "type": "json_schema",
                "json_schema": {"name": json_schema["title"], "schema": json_schema},
            },
            **kwargs,
        )
        parser: BaseOutputParser[Any] = JsonOutputParser()
        if isinstance(schema, type) and issubclass(schema, BaseModel):
            parser = PydanticOutputParser(pydantic_object=schema)
        if not include_raw:
            return bound | parser

        def parse(raw: AIMessage) -> dict[str, Any]:
            try:
                parsed = parser.parse_result([ChatGeneration(message=raw)])
            except OutputParserException as error:
                return {"raw": raw, "parsed": None, "parsing_error": error}
            return {"raw": raw, "parsed": parsed, "parsing_error": None}

        async def parse_at_once(raw: AIMessage) -> dict[str, Any]:
            # As for the writing: a thread would cost more than it saves.
            return parse(raw)

        return bound | RunnableLambda(parse, parse_at_once)


def _reply(
    model: OfflineChatModel, messages: list[BaseMessage], kwargs: dict[str, Any]
) -> AIMessage:
    prompt = "\n".join(message.text for message in messages)
    payload = read_block(prompt) or {"task": {}, "evidence": []}
    name = _forced_tool(kwargs)
    if name is not None:
        arguments = _realize(name, payload)
        call = {"name": name, "args": arguments, "id": "call_offline_0", "type": "tool_call"}
        message = AIMessage("", tool_calls=[call])
    elif (schema := _schema_name(kwargs)) is not None:
        message = AIMessage(json.dumps(_realize(schema, payload), ensure_ascii=False))
    else:
        message = AIMessage(_plain_answer(payload))
    n_in, n_out = _tokens(prompt), _tokens(message.text)
    message.usage_metadata = UsageMetadata(
        input_tokens=n_in, output_tokens=n_out, total_tokens=n_in + n_out
    )
    message.response_metadata = {
        "model_name": model.model_name,
        "model_provider": "offline",
        "finish_reason": "tool_calls" if message.tool_calls else "stop",
    }
    return message


def _json_schema(schema: dict[str, Any] | type, strict: bool | None) -> dict[str, Any]:
    if isinstance(schema, type):
        return _json_schema_of_type(schema, strict)
    return convert_to_json_schema(schema, strict=strict)


@lru_cache(maxsize=64)
def _json_schema_of_type(schema: type, strict: bool | None) -> dict[str, Any]:
    # Deriving it takes longer than writing the answer.
    return convert_to_json_schema(schema, strict=strict)


def _realize(name: str, payload: dict[str, Any]) -> dict[str, Any]:
    try:
        realizer = REALIZERS[name]
    except KeyError:
        known = ", ".join(sorted(REALIZERS))
        raise ValueError(f"nothing is written offline for '{name}' (known: {known})") from None
    return realizer(payload).model_dump(mode="json")


def _plain_answer(payload: dict[str, Any]) -> str:
    """Without a schema: the sentences that the caller put into the task, if any."""
    sentences = payload["task"].get("sentences") or []
    return " ".join(str(sentence) for sentence in sentences) or _NO_EVIDENCE


def _forced_tool(kwargs: dict[str, Any]) -> str | None:
    choice = kwargs.get("tool_choice")
    return str(choice["function"]["name"]) if isinstance(choice, dict) else None


def _schema_name(kwargs: dict[str, Any]) -> str | None:
    response_format = kwargs.get("response_format") or {}
    if response_format.get("type") != "json_schema":
        return None
    return str(response_format["json_schema"]["name"])


def _tokens(text: str) -> int:
    return max(1, len(text) // _CHARS_PER_TOKEN)


def _chunks(message: AIMessage) -> Iterator[ChatGenerationChunk]:
    for word in re.findall(r"\s*\S+\s*?(?=\s|$)", message.text):
        yield ChatGenerationChunk(message=AIMessageChunk(content=word))
    calls = [
        {"name": call["name"], "args": json.dumps(call["args"]), "id": call["id"], "index": index}
        for index, call in enumerate(message.tool_calls)
    ]
    yield ChatGenerationChunk(
        message=AIMessageChunk(
            content="",
            tool_call_chunks=calls,
            usage_metadata=message.usage_metadata,
            response_metadata=message.response_metadata,
        )
    )
