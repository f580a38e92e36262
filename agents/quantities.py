"""Finding the quantities in a sentence: shares, stars, ranks, years, dates, counts, ratios.

Each comes with the interval of true values it may stand for, so that ``31 %`` covers .307 and
``about a third`` covers .28 to .38. Rounding rules:

=========================  ==============================================================
``31 %``                   within half a point; ``30.7 %`` within .05 points
``about 30 %``             within 2.5 points
``nearly`` / ``just under``  up to 4 points below; ``just over`` up to 4 points above
``more than`` / ``over``   above, by at most 10 points; ``less than`` / ``under`` likewise
``half, a third, ...``     within about a sixth of itself (``a third``: .28 to .38)
``five stars``             exactly; a mean or prediction to the nearest half or tenth
``about 300 ratings``      within 5 %; ``more than 300``: above, by at most a half
``twice``                  1.7 to 2.3 times; ``three times``: 2.6 to 3.4
=========================  ==============================================================
"""

import re
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from agents.wording import lower_case

__all__ = ["Quantity", "QuantityKind", "find_quantities", "parse_small_number"]

QuantityKind = Literal["share", "stars", "rank", "year", "decade", "date", "count", "ratio"]


class Quantity(NamedTuple):
    """A quantity of a sentence and the interval of values that make it true."""

    kind: QuantityKind
    text: str
    low: float
    high: float
    start: int
    end: int
    day: tuple[int, int | None, int | None] | None = None
    """Year, month and day of a date, as far as given."""


_UNITS: Final = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
]  # fmt: skip
_TENS: Final = {
    word: 10 * index
    for index, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2
    )
}
_ORDINAL_WORDS: Final = {
    word: index
    for index, word in enumerate(
        [
            "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth",
            "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth",
            "seventeenth", "eighteenth", "nineteenth", "twentieth",
        ],
        start=1,
    )
}  # fmt: skip
_FRACTIONS: Final = {
    "three quarters": (0.70, 0.80),
    "two thirds": (0.61, 0.72),
    "two fifths": (0.36, 0.44),
    "three fifths": (0.55, 0.65),
    "a half": (0.44, 0.56),
    "half": (0.44, 0.56),
    "a third": (0.28, 0.38),
    "one third": (0.28, 0.38),
    "a quarter": (0.21, 0.29),
    "one quarter": (0.21, 0.29),
    "a fifth": (0.17, 0.23),
    "one fifth": (0.17, 0.23),
    "a sixth": (0.14, 0.19),
    "one sixth": (0.14, 0.19),
    "a seventh": (0.12, 0.165),
    "an eighth": (0.105, 0.145),
    "one eighth": (0.105, 0.145),
    "a tenth": (0.08, 0.12),
    "one tenth": (0.08, 0.12),
}
_MONTHS: Final = {
    name: index
    for index, name in enumerate(
        [
            "january", "february", "march", "april", "may", "june", "july", "august", "september",
            "october", "november", "december",
        ],
        start=1,
    )
}  # fmt: skip
_DECADES: Final = {
    "twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960,
    "seventies": 1970, "eighties": 1980, "nineties": 1990,
}  # fmt: skip

_SMALL_WORD = "|".join([*_TENS, *_UNITS])
_NUMBER_WORD: Final = (
    rf"(?:(?:{'|'.join(_TENS)})[- ](?:{'|'.join(_UNITS[1:10])})|(?:a |one )?hundred|{_SMALL_WORD})"
)
_ABOUT: Final = (
    r"(?P<about>about|around|roughly|approximately|some|close to|nearly|almost|just under"
    r"|just over|a little over|a little under|more than|over|at least|less than|under"
    r"|fewer than|well over|at most|only)\s+"
)
_MONTH = "|".join(_MONTHS)
_DAY: Final = r"(?P<d>\d{1,2})(?:st|nd|rd|th)?"
_DECADE_WORD: Final = "|".join(_DECADES)

# For text in lower case: ignoring case would make each of them several times as slow.
_PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = (
    ("iso", re.compile(r"\b(?P<y>\d{4})-(?P<m>\d{2})-(?P<d>\d{2})\b")),
    ("dmy", re.compile(rf"\b{_DAY} (?P<mn>{_MONTH}),? (?P<y>\d{{4}})\b")),
    ("mdy", re.compile(rf"\b(?P<mn>{_MONTH}) {_DAY},? (?P<y>\d{{4}})\b")),
    ("my", re.compile(rf"\b(?P<mn>{_MONTH}),? (?P<y>\d{{4}})\b")),
    (
        "share",
        re.compile(
            rf"(?:\b{_ABOUT})?(?P<n>\d+(?:\.\d+)?|\b{_NUMBER_WORD})\s?"
            r"(?:%|percent\b|per ?cent\b|percentage points?\b)"
        ),
    ),
    (
        "stars",
        re.compile(
            rf"\b(?P<n>\d(?:\.\d+)?|{_NUMBER_WORD}|half an?|half)(?P<half>½|[- ]and[- ]a[- ]half)?"
            r"[- ]stars?\b"
        ),
    ),
    ("stars", re.compile(r"(?<![\d.])(?P<n>\d(?:\.\d+)?)\s?(?:/|out of)\s?(?:5|five)\b")),
    (
        "fraction",
        re.compile(
            rf"\b(?:{_ABOUT})?(?P<f>{'|'.join(f.replace(' ', '[- ]') for f in _FRACTIONS)})\b"
            r"(?!-\w)(?! (?:star|an? star|film|movie|pick|title|time|one|place|reason|as\b))"
        ),
    ),
    ("one_in", re.compile(rf"\bone (?:film |movie )?in (?P<n>\d+|{_SMALL_WORD})\b")),
    (
        "ratio",
        re.compile(
            rf"\b(?:{_ABOUT})?(?P<r>twice|double|doubly|half as (?:much|many|strong)"
            r"|(?:two|three|four|five) times)\b"
        ),
    ),
    (
        "decade",
        re.compile(rf"(?<![\w'’])(?P<c>19|20)?['’]?(?P<dd>\d0)s\b|\b(?P<dw>{_DECADE_WORD})\b"),
    ),
    ("rank", re.compile(r"#\s?(?P<n>\d+)|\b(?P<n2>\d+)(?:st|nd|rd|th)\b")),
    (
        "rank",
        re.compile(
            r"\b(?:rank(?:s|ed)?|number|no\.|place|position|spot|slot)\s"
            rf"(?P<n>\d+|{_SMALL_WORD})\b"
        ),
    ),
    (
        "rank",
        re.compile(
            rf"\b(?<!\bat )(?P<ow>{'|'.join(_ORDINAL_WORDS)})\b"
            r"(?! of all| and foremost|[- ]time|-hand|-person)"
        ),
    ),
    ("year", re.compile(r"\b(?P<y>1[89]\d\d|20\d\d)\b(?![,.]?\d)")),
    (
        "count",
        re.compile(
            rf"(?:\b{_ABOUT})?(?<![\w.])(?P<n>\d{{1,3}}(?:,\d{{3}})+|\d+(?:\.\d+)?)(?![\w%])"
        ),
    ),
    (
        "count_word",
        re.compile(rf"\b(?:{_ABOUT})?(?P<n>{_NUMBER_WORD}|a dozen|dozen|a couple|a pair|both)\b"),
    ),
)  # fmt: skip
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    **dict.fromkeys(("dmy", "mdy", "my"), tuple(_MONTHS)),
    "share": ("%", "per"),
    "stars": ("star", "/", "out of"),
    "fraction": tuple({name.split()[-1].removesuffix("s") for name in _FRACTIONS}),
    "one_in": ("one ",),
    "ratio": ("twice", "doubl", "half as", " times"),
    "decade": ("0s", "ties"),
}
"""What every match of a pattern has one of; to see that a text has none costs next to nothing."""
_COLLECTIVES: Final = {"a dozen": 12, "dozen": 12, "a couple": 2, "a pair": 2, "both": 2}
_RATIOS: Final = {
    "twice": 2.0, "double": 2.0, "doubly": 2.0, "two times": 2.0, "three times": 3.0,
    "four times": 4.0, "five times": 5.0,
}  # fmt: skip


def parse_small_number(word: str) -> int | None:
    """Value of a number in digits or words up to one hundred; None for anything else."""
    text = word.casefold().replace(",", "").strip()
    if text.isdigit():
        return int(text)
    if text in _UNITS:
        return _UNITS.index(text)
    if text in {"hundred", "a hundred", "one hundred"}:
        return 100
    tens, _, unit = text.replace("-", " ").partition(" ")
    if tens not in _TENS or (unit and unit not in _UNITS[1:10]):
        return None
    return _TENS[tens] + (_UNITS.index(unit) if unit else 0)


@lru_cache(maxsize=64)  # every check of a claim asks for it
def find_quantities(text: str) -> tuple[Quantity, ...]:
    """Quantities of a text in reading order; ``one`` alone is a pronoun and no quantity."""
    found: list[Quantity] = []
    taken = [False] * len(text)
    # An I with a dot, an i without one and a long s: `lower_case` leaves them as they are.
    lowered = lower_case(text).replace("\u0130", "i").replace("\u0131", "i").replace("\u017f", "s")
    for name, pattern in _PATTERNS:
        if name in _NEEDED and not any(needed in lowered for needed in _NEEDED[name]):
            continue
        for match in pattern.finditer(lowered):
            start, end = match.span()
            if True in taken[start:end]:
                continue
            quantity = _READERS[name](match)
            if quantity is None:
                continue
            found.append(quantity._replace(text=text[start:end].strip()))
            taken[start:end] = [True] * (end - start)
    return tuple(sorted(found, key=lambda quantity: quantity.start))


def _make(kind: QuantityKind, match: re.Match[str], low: float, high: float) -> Quantity:
    return Quantity(kind, match.group().strip(), low, high, match.start(), match.end())


def _number(text: str) -> float | None:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        value = parse_small_number(text)
        return None if value is None else float(value)


def _share(match: re.Match[str]) -> Quantity | None:
    value = _number(match["n"])
    if value is None:
        return None
    decimals = len(match["n"].partition(".")[2]) if match["n"][0].isdigit() else 0
    half_step = 0.5 * 10.0**-decimals + 0.05
    low, high = _around(value, match["about"], half_step, near=2.5, under=4.0, beyond=10.0)
    return _make("share", match, low / 100, high / 100)


def _around(
    value: float, about: str | None, exact: float, *, near: float, under: float, beyond: float
) -> tuple[float, float]:
    word = about or ""
    if word in {"about", "around", "roughly", "approximately", "some", "close to"}:
        return value - near, value + near
    if word in {"nearly", "almost", "just under", "a little under"}:
        return value - under, value + exact
    if word in {"just over", "a little over"}:
        return value - exact, value + under
    if word in {"more than", "over", "well over"}:
        return value, value + beyond
    if word == "at least":
        return value - exact, value + beyond
    if word in {"less than", "under", "fewer than"}:
        return value - beyond, value
    if word == "at most":
        return value - beyond, value + exact
    return value - exact, value + exact


def _fraction(match: re.Match[str]) -> Quantity | None:
    low, high = _FRACTIONS[match["f"].replace("-", " ")]
    middle, spread = (low + high) / 2, (high - low) / 2
    low, high = _around(
        middle, match["about"], spread, near=spread, under=spread, beyond=2 * spread
    )
    return _make("share", match, low, high)


def _one_in(match: re.Match[str]) -> Quantity | None:
    count = parse_small_number(match["n"])
    return _make("share", match, 0.85 / count, 1.15 / count) if count else None


def _stars(match: re.Match[str]) -> Quantity | None:
    text = match["n"]
    value = 0.5 if text.startswith("half") else _number(text)
    if value is None:
        return None
    if match.groupdict().get("half"):
        value += 0.5
    return _make("stars", match, value, value)


def _rank(match: re.Match[str]) -> Quantity | None:
    groups = match.groupdict()
    if groups.get("ow"):
        value: float | None = _ORDINAL_WORDS[groups["ow"]]
    else:
        value = _number(groups.get("n") or groups.get("n2") or "")
    return None if value is None else _make("rank", match, value, value)


def _year(match: re.Match[str]) -> Quantity:
    return _make("year", match, int(match["y"]), int(match["y"]))


def _decade(match: re.Match[str]) -> Quantity:
    if match["dw"]:
        start = _DECADES[match["dw"]]
    else:
        digits = int(match["dd"])
        century = match["c"] or ("20" if digits <= 20 else "19")
        start = int(century) * 100 + digits
    return _make("decade", match, start, start + 9)


def _date(match: re.Match[str]) -> Quantity | None:
    groups = match.groupdict()
    month = int(groups["m"]) if groups.get("m") else _MONTHS[groups["mn"]]
    day = int(groups["d"]) if groups.get("d") else None
    try:
        moment = date(int(groups["y"]), month, day or 1)
    except ValueError:
        return None
    quantity = _make("date", match, moment.year, moment.year)
    return quantity._replace(day=(moment.year, month, day))


def _ratio(match: re.Match[str]) -> Quantity:
    word = match["r"]
    value = 0.5 if word.startswith("half") else _RATIOS[word]
    low, high = _around(
        value, match["about"], 0.14 * value, near=0.2 * value, under=0.2 * value, beyond=value / 2
    )
    return _make("ratio", match, low, high)


def _count(match: re.Match[str]) -> Quantity | None:
    text = match["n"]
    if text == "one":
        return None
    value = float(_COLLECTIVES[text]) if text in _COLLECTIVES else _number(text)
    if value is None:
        return None
    low, high = _around(
        value, match["about"], 0.0, near=0.05 * value, under=0.05 * value, beyond=0.5 * value
    )
    return _make("count", match, low, high)


_READERS: Final = {
    "iso": _date,
    "dmy": _date,
    "mdy": _date,
    "my": _date,
    "share": _share,
    "stars": _stars,
    "fraction": _fraction,
    "one_in": _one_in,
    "ratio": _ratio,
    "decade": _decade,
    "rank": _rank,
    "year": _year,
    "count": _count,
    "count_word": _count,
}
