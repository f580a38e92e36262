"""What a model is asked for in a conversation: flat schemas, as strict modes need them."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["ChatClaims", "ClaimDraft", "ToolChoice"]


class _Draft(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ToolChoice(_Draft):
    """Which tool answers a message, and what it is about; a tool call, read back."""

    tool: Literal[
        "why",
        "why_not",
        "what_if_forget",
        "what_if_rate",
        "recommend",
        "similar",
        "compare",
        "taste_profile",
        "about_movie",
        "find_movie",
        "rate",
        "forget",
        "hide",
        "confirm",
        "decline",
        "correction",
        "thanks",
        "help",
        "out_of_scope",
    ]
    titles: list[str] = []
    """Films as named in the message."""
    positions: list[int] = []
    """Places in the list, 1 for the first."""
    rating: float = 0.0
    """Stars, 0 when none are named."""
    genres: list[str] = []
    without_genres: list[str] = []
    year_from: int = 0
    """0 for no limit, as for ``year_to``."""
    year_to: int = 0
    tags: list[str] = []
    without_tags: list[str] = []
    description: str = ""
    """For ``find_movie``: what the viewer remembers of the film."""


class ClaimDraft(_Draft):
    """One sentence of an answer with the evidence it rests on."""

    text: str
    evidence_ids: list[str]


class ChatClaims(_Draft):
    """An answer as claims."""

    claims: list[ClaimDraft]
