"""English: lists, numbers, shares, stars, genres. No evidence, no choices."""

from collections.abc import Sequence
from typing import Final, NamedTuple

__all__ = [
    "Source",
    "capitalise",
    "describe_event",
    "film_kind",
    "join",
    "number",
    "ordinal",
    "percent",
    "plural",
    "quoted_label",
    "stars",
]

_WORDS: Final = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
)  # fmt: skip
_ORDINALS: Final = (
    "zeroth", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
    "tenth", "eleventh", "twelfth",
)  # fmt: skip
_HEADS: Final = {
    "Film-Noir": "film noir", "Western": "western", "Documentary": "documentary",
    "Musical": "musical", "Thriller": "thriller", "Comedy": "comedy", "Drama": "drama",
    "Mystery": "mystery", "Romance": "romance", "Adventure": "adventure", "Fantasy": "fantasy",
}  # fmt: skip
_MODIFIERS: Final = {
    "Animation": "animated", "Sci-Fi": "science fiction", "War": "war", "Crime": "crime",
    "Horror": "horror", "Action": "action", "Romance": "romantic", "Fantasy": "fantasy",
    "Children": "children's", "Mystery": "mystery", "Musical": "musical",
}  # fmt: skip


def number(value: int) -> str:
    """A count: in words up to twelve, then ``1,459``."""
    return _WORDS[value] if 0 < value < len(_WORDS) else f"{value:,}"


def ordinal(value: int) -> str:
    """A rank: in words up to twelve."""
    if 0 < value < len(_ORDINALS):
        return _ORDINALS[value]
    tail = {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{'th' if value % 100 in {11, 12, 13} else tail}"


def plural(count: int, singular: str, many: str | None = None) -> str:
    """``three films``, ``one film``."""
    return f"{number(count)} {singular if count == 1 else many or singular + 's'}"


def join(items: Sequence[str], *, limit: int | None = None) -> str:
    """``a``, ``a and b``, ``a, b and c``; beyond the limit the list simply ends earlier."""
    shown = list(items[:limit] if limit else items)
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def percent(value: float) -> str:
    """A share in percent; below half a percent it is not rounded away."""
    rounded = round(abs(value) * 100)
    return f"{rounded} %" if rounded else "less than 1 %"


def capitalise(text: str) -> str:
    """First letter upper case; the rest as it is."""
    return text[:1].upper() + text[1:]


def quoted_label(label: str) -> str:
    """A theme's label inside a sentence: in quotation marks, since it is a name and no prose."""
    return f"“{label}”"


class Source(NamedTuple):
    """What a viewer did with a film, as the subject of a sentence."""

    phrase: str
    """``your five stars for Heat (1995)``."""
    title: str
    is_plural: bool

    def verb(self, singular: str, many: str) -> str:
        """The verb form that agrees."""
        return many if self.is_plural else singular


def describe_event(kind: str, rating: float | None, title: str) -> Source:
    """What the viewer did, in words."""
    if rating is not None:
        return Source(f"your {_stars(rating)} for {title}", title, rating > 1.0)
    phrases = {
        "watch": f"the fact that you watched {title}",
        "click": f"your interest in {title}",
        "more_like_this": f"your wish for more like {title}",
        "less_like_this": f"your wish for less like {title}",
        "not_interested": f"your lack of interest in {title}",
    }
    return Source(phrases.get(kind, f"what you did with {title}"), title, False)


def stars(rating: float) -> str:
    """A rating that was given: ``three and a half stars``, ``half a star``."""
    return "half a star" if rating < 1.0 else _stars(rating)


def _stars(rating: float) -> str:
    whole, has_half = int(rating), rating % 1 != 0
    if whole == 0:
        return "half star"
    if not has_half:
        return f"{_WORDS[whole]} star{'' if whole == 1 else 's'}"
    return f"{_WORDS[whole]} and a half stars"


def film_kind(genres: Sequence[str]) -> str:
    """What a film is, from its genres: ``crime drama``; ``film`` when they say nothing."""
    head = next((_HEADS[name] for name in _HEADS if name in genres), None)
    used = next((name for name in _HEADS if name in genres), None)
    modifier = next(
        (_MODIFIERS[name] for name in _MODIFIERS if name in genres and name != used), None
    )
    if head is None:
        return f"{modifier} film" if modifier else "film"
    if used == "Film-Noir" or modifier is None:
        return head
    return f"{modifier} {head}"
