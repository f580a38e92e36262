"""What a model is asked to write: flat schemas that strict json_schema modes can enforce.

No field has a default and no type is a dict, a union or recursive: those are lost or refused in
strict mode. A draft is a proposal; nothing in it reaches a reader before the verifier saw it.
"""

from typing import Final

from pydantic import BaseModel, ConfigDict

__all__ = [
    "FilmReadingDraft",
    "FilmReadings",
    "ListReasons",
    "ReasonDraft",
    "SummaryDraft",
    "ThemeLabelDraft",
    "ThemeLabels",
    "ThemeReadingDraft",
    "ThemeReadings",
    "ThemeTextDraft",
]


class _Draft(BaseModel):
    model_config = ConfigDict(extra="ignore")


class ThemeReadingDraft(_Draft):
    """What holds one theme together."""

    theme_id: int
    reading: str
    """One sentence on the films themselves; the same for every viewer."""


class ThemeReadings(_Draft):
    """Readings of the requested themes."""

    themes: list[ThemeReadingDraft]


class FilmReadingDraft(_Draft):
    """How one film feels and works."""

    movie_id: int
    note: str
    """Two or three sentences."""
    visual_language: str
    narrative_pacing: str
    thematic_depth: str
    emotional_tone: str
    emotional_arc: str
    character_complexity: str
    tags: list[str]
    """Names from the vocabulary in the request."""


class FilmReadings(_Draft):
    """Readings of the requested films; a film that is not known well enough is left out."""

    films: list[FilmReadingDraft]


class SummaryDraft(_Draft):
    """One sentence on the whole list."""

    text: str
    evidence_ids: list[str]


class ThemeTextDraft(_Draft):
    """One or two sentences on a theme in this list and in this viewer's history."""

    theme_id: int
    text: str
    evidence_ids: list[str]


class ReasonDraft(_Draft):
    """Why one film is recommended: one primary reason."""

    movie_id: int
    text: str
    evidence_ids: list[str]


class ListReasons(_Draft):
    """The texts of one recommended list."""

    summary: list[SummaryDraft]
    themes: list[ThemeTextDraft]
    reasons: list[ReasonDraft]


class ThemeLabelDraft(_Draft):
    """Name of one theme for everybody."""

    theme_id: int
    label: str
    """2 to 6 words."""
    summary: str
    """One sentence."""


class ThemeLabels(_Draft):
    """Names of the requested themes."""

    themes: list[ThemeLabelDraft]


DRAFTS: Final = (ThemeReadings, FilmReadings, ListReasons)
"""Every schema that a model is asked for in an explanation."""
