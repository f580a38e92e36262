"""Where style tags come from besides the dataset: the vocabulary and the shipped film notes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from retrieval.domain.style import load_style_vocabulary
from training.film_notes import FilmNote, load_film_notes, shipped_notes_path

__all__ = ["StyleSources", "load_style_sources"]


def _no_tag(text: str) -> str | None:
    """Know no tag."""
    return None


@dataclass(frozen=True, slots=True)
class StyleSources:
    """The vocabulary and the notes; the default has neither."""

    canonical: Callable[[str], str | None] = _no_tag
    """Name in the style vocabulary for a viewer's free-text tag, or None."""
    notes: Sequence[FilmNote] = ()


def load_style_sources() -> StyleSources:
    """Load what ships with the product; a distribution without film notes has none.

    Raises:
        DatasetError: The notes are damaged.
    """
    notes = load_film_notes() if shipped_notes_path().is_file() else []
    return StyleSources(load_style_vocabulary().tag_for, notes)
