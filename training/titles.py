"""MovieLens title strings, taken apart. Pure text; knows no files."""

import re
from typing import NamedTuple

__all__ = ["ParsedTitle", "parse_title"]

_ARTICLE = re.compile(
    "the|an?|l[ea]s?|l'|il?|lo|gli|el|los|der|die|das|eine?|une?|una|d?e[nt]|de|ett|het|os?|as",
    re.IGNORECASE,
)
_YEAR = re.compile(r"\s*\((\d{4})(?:\s*[-–]\s*(?:\d{4})?)?\)\s*$")
_ALTERNATE = re.compile(r"\s*\(([^()]*(?:\([^()]*\)[^()]*)*)\)\s*$")
_ALSO_KNOWN_AS = re.compile(r"^a\.?k\.?a\.?\s*", re.IGNORECASE)


class ParsedTitle(NamedTuple):
    """A title the way people write it."""

    title: str
    """Article in front, no year: ``The City of Lost Children``."""
    year: int | None
    alternate_titles: tuple[str, ...]
    """Other titles that MovieLens gives in brackets: ``La Cité des enfants perdus``."""


def parse_title(raw: str) -> ParsedTitle:
    """Split ``"Name, Article (Other name) (Year)"`` into its parts.

    Args:
        raw: Title field of movies.csv.

    Returns:
        Title, year (None when there is none) and alternate titles in their order. Brackets that
        are not at the end, as in ``(500) Days of Summer``, belong to the title.
    """
    text = " ".join(raw.split())
    year: int | None = None
    match = _YEAR.search(text)
    if match and match.start() > 0:
        year, text = int(match.group(1)), text[: match.start()]
    alternates: list[str] = []
    while (match := _ALTERNATE.search(text)) and match.start() > 0:
        name = _ALSO_KNOWN_AS.sub("", match.group(1)).strip()
        if name:
            alternates.insert(0, _article_first(name))
        text = text[: match.start()]
    return ParsedTitle(_article_first(text.strip()), year, tuple(alternates))


def _article_first(title: str) -> str:
    head, comma, tail = title.rpartition(", ")
    if not comma or not _ARTICLE.fullmatch(tail):
        return title
    return f"{tail}{head}" if tail.endswith("'") else f"{tail} {head}"
