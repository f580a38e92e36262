"""The chat's tools as a model is offered them, and its call read back as a `ToolChoice`."""

from typing import Any, Final, NamedTuple

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage
from langchain_core.runnables import Runnable, RunnableMap, RunnablePassthrough
from pydantic import ValidationError

from agents.chat.drafts import ToolChoice

__all__ = ["bind_tools"]

_TITLES: Final = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Films as the message names them; for a pronoun, the film in task.focus.",
}
_POSITIONS: Final = {
    "type": "array",
    "items": {"type": "integer"},
    "description": "Places in task.list, 1 for the first.",
}
_RATING: Final = {"type": "number", "description": "Stars from 0.5 to 5, named or implied."}
_NAMES: Final = {"type": "array", "items": {"type": "string"}}
_YEAR: Final = {"type": "integer"}
_FILMS: Final = {"titles": _TITLES, "positions": _POSITIONS}
_CONDITIONS: Final = {
    "genres": _NAMES,
    "without_genres": _NAMES,
    "year_from": _YEAR,
    "year_to": _YEAR,
    "tags": _NAMES,
    "without_tags": _NAMES,
}
_DESCRIPTION: Final = {"description": {"type": "string"}}


class _Tool(NamedTuple):
    name: str
    description: str
    properties: dict[str, Any]


_TOOLS: Final = (
    _Tool("why", "Why a film is recommended.", _FILMS),
    _Tool("why_not", "Why a film is not recommended.", _FILMS),
    _Tool("what_if_forget", "What the list would be without films of the history.", _FILMS),
    _Tool("what_if_rate", "What a rating would change.", _FILMS | {"rating": _RATING}),
    _Tool("recommend", "A list, perhaps with conditions.", _CONDITIONS),
    _Tool("similar", "Films like one, perhaps with conditions.", _FILMS | _CONDITIONS),
    _Tool("compare", "Two films side by side.", _FILMS),
    _Tool("taste_profile", "What is known about the viewer.", {}),
    _Tool("about_movie", "What a film is like.", _FILMS),
    _Tool("find_movie", "A film that the viewer describes but cannot name.", _DESCRIPTION),
    _Tool("rate", "Propose a rating for the history.", _FILMS | {"rating": _RATING}),
    _Tool("forget", "Propose to remove a film from the history.", _FILMS),
    _Tool("hide", "Propose never to recommend a film again.", _FILMS),
    _Tool("confirm", "The viewer says yes to task.pending.", {}),
    _Tool("decline", "The viewer says no to task.pending.", {}),
    _Tool("correction", "The viewer says that something is wrong.", _FILMS),
    _Tool("thanks", "Courtesies and small talk.", {}),
    _Tool("help", "Questions about what the chat can do.", {}),
    _Tool("out_of_scope", "Everything that is not about films or the viewer's list.", {}),
)


def bind_tools(model: BaseChatModel, schema: type[Any]) -> Runnable[LanguageModelInput, Any]:
    """The model bound to the tools; answers ``{"raw", "parsed"}`` as for a schema.

    ``parsed`` is None when it calls no tool, or one with arguments of the wrong shape.
    """
    del schema
    tools = [
        {
            "type": "function",
            "function": {
                "name": tool.name,
                "description": tool.description,
                "parameters": {"type": "object", "properties": tool.properties},
            },
        }
        for tool in _TOOLS
    ]
    bound = model.bind_tools(tools, tool_choice="required")
    parsed = RunnablePassthrough.assign(parsed=lambda answer: _parsed(answer["raw"]))
    return (RunnableMap(raw=bound) | parsed).with_config(tags=["nostream"])


def _parsed(message: AIMessage) -> ToolChoice | None:
    if not message.tool_calls:
        return None
    call = message.tool_calls[0]
    given = {name: value for name, value in call["args"].items() if value is not None}
    try:
        return ToolChoice.model_validate({**given, "tool": call["name"]})
    except ValidationError:
        return None
