"""Offline, a theme's reading is the summary that training gave it."""

from typing import Any

from agents.drafts import ThemeReadingDraft, ThemeReadings

__all__ = ["realize_theme_readings"]


def realize_theme_readings(payload: dict[str, Any]) -> ThemeReadings:
    """The summaries of the requested themes, or their labels where there is none."""
    return ThemeReadings(
        themes=[
            ThemeReadingDraft(
                theme_id=theme["theme_id"], reading=str(theme["summary"] or theme["label"])
            )
            for theme in payload["task"].get("themes", [])
        ]
    )
