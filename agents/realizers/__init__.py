"""Deterministic writers: one realizer per schema, from the payload of an evidence block."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic import BaseModel

from agents.realizers.chat_turns import realize_chat_claims, realize_tool_choice
from agents.realizers.film_readings import realize_film_readings
from agents.realizers.list_reasons import realize_list_reasons
from agents.realizers.theme_readings import realize_theme_readings

__all__ = ["REALIZERS", "Realizer"]

Realizer = Callable[[dict[str, Any]], BaseModel]
"""From ``{"task": ..., "evidence": [...]}`` to the draft of one schema."""

REALIZERS: Final[Mapping[str, Realizer]] = MappingProxyType(
    {
        "ChatClaims": realize_chat_claims,
        "FilmReadings": realize_film_readings,
        "ListReasons": realize_list_reasons,
        "ThemeReadings": realize_theme_readings,
        "ToolChoice": realize_tool_choice,
    }
)
"""By the name of the schema that is asked for."""
