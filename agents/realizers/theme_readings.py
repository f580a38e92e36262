"""placeholder"""

from typing import Any

from agents.drafts import ThemeReadings


def realize_theme_readings(payload: dict[str, Any]) -> ThemeReadings:
    raise NotImplementedError
