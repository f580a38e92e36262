"""The chat's own drafts, handed through: rules chose the tool and wrote the sentences already."""

from typing import Any

from agents.chat.drafts import ChatClaims, ToolChoice

__all__ = ["realize_chat_claims", "realize_tool_choice"]


def realize_tool_choice(payload: dict[str, Any]) -> ToolChoice:
    """The tool that the offline rules chose."""
    return ToolChoice.model_validate(payload["task"]["draft"])


def realize_chat_claims(payload: dict[str, Any]) -> ChatClaims:
    """The claims that the offline writer wrote from the same evidence."""
    return ChatClaims.model_validate(payload["task"]["draft"])
