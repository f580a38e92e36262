"""placeholder"""

from typing import Any

from agents.drafts import FilmReadings


def realize_film_readings(payload: dict[str, Any]) -> FilmReadings:
    raise NotImplementedError
