"""The words that labels are made of: how a cinema's programme would put genres and decades.

Pure tables and small functions; `labels` decides which words fit a theme.
"""

from collections.abc import Sequence
from typing import Final

__all__ = ["era_name", "leaning", "nouns"]

_NOUNS: Final[dict[tuple[str, ...], tuple[str, ...]]] = {
    ("Action", "Adventure"): ("action adventure", "adventure at full tilt"),
    ("Action", "Animation"): ("animated action",),
    ("Action", "Children"): ("family action",),
    ("Action", "Comedy"): ("action comedy", "wisecracking action"),
    ("Action", "Crime"): ("crime action", "action on the wrong side of the law"),
    ("Action", "Drama"): ("hard-hitting drama", "muscular drama"),
    ("Action", "Fantasy"): ("fantasy spectacle", "fantasy action"),
    ("Action", "Horror"): ("action horror",),
    ("Action", "Mystery"): ("high-speed mystery",),
    ("Action", "Romance"): ("romantic action",),
    ("Action", "Sci-Fi"): ("science-fiction spectacle", "sci-fi action"),
    ("Action", "Thriller"): ("high-stakes thriller", "action thriller"),
    ("Action", "War"): ("combat film",),
    ("Action", "Western"): ("action Western",),
    ("Adventure", "Animation"): ("animated adventure", "cartoon odyssey"),
    ("Adventure", "Children"): ("family adventure", "young people's adventure"),
    ("Adventure", "Comedy"): ("comic adventure", "tongue-in-cheek adventure"),
    ("Adventure", "Drama"): ("sweeping adventure", "dramatic journeys"),
    ("Adventure", "Fantasy"): ("fantasy quest", "other-worldly adventure"),
    ("Adventure", "Romance"): ("romantic adventure",),
    ("Adventure", "Sci-Fi"): ("space-age adventure", "sci-fi adventure"),
    ("Adventure", "Thriller"): ("adventure thriller", "thriller on the move"),
    ("Animation", "Children"): ("animated family film", "storybook animation"),
    ("Animation", "Comedy"): ("animated comedy",),
    ("Animation", "Drama"): ("grown-up animation",),
    ("Animation", "Fantasy"): ("animated fantasy", "drawn dream worlds"),
    ("Animation", "Musical"): ("sing-along animation",),
    ("Animation", "Sci-Fi"): ("animated futures",),
    ("Children", "Comedy"): ("family comedy", "comedy for all ages"),
    ("Children", "Drama"): ("growing-up stories",),
    ("Children", "Fantasy"): ("fairy-tale fantasy", "bedtime-story fantasy"),
    ("Children", "Musical"): ("family musical",),
    ("Comedy", "Crime"): ("caper comedy", "crooked comedy"),
    ("Comedy", "Documentary"): ("comic documentary",),
    ("Comedy", "Drama"): ("bittersweet comedy", "human comedy"),
    ("Comedy", "Fantasy"): ("high-concept comedy", "what-if comedy"),
    ("Comedy", "Horror"): ("splatter comedy", "horror comedy"),
    ("Comedy", "Musical"): ("musical comedy",),
    ("Comedy", "Mystery"): ("comic mystery",),
    ("Comedy", "Romance"): ("romantic comedy", "courtship comedy"),
    ("Comedy", "Sci-Fi"): ("sci-fi comedy",),
    ("Comedy", "Thriller"): ("comic thriller", "dark-hearted comedy"),
    ("Comedy", "War"): ("wartime comedy",),
    ("Comedy", "Western"): ("comic Western",),
    ("Crime", "Drama"): ("crime drama", "underworld drama"),
    ("Crime", "Film-Noir"): ("film noir",),
    ("Crime", "Horror"): ("murderous horror",),
    ("Crime", "Mystery"): ("crime mystery", "murder mystery"),
    ("Crime", "Romance"): ("outlaw romance",),
    ("Crime", "Thriller"): ("crime thriller", "underworld thriller"),
    ("Documentary",): ("documentary", "true stories"),
    ("Documentary", "Drama"): ("documentary portrait",),
    ("Drama", "Fantasy"): ("magical drama", "drama beyond the real"),
    ("Drama", "Film-Noir"): ("shadowy melodrama",),
    ("Drama", "Horror"): ("psychological horror", "haunted drama"),
    ("Drama", "Musical"): ("music-driven drama",),
    ("Drama", "Mystery"): ("mystery drama", "slowly unravelling drama"),
    ("Drama", "Romance"): ("love story", "romantic drama"),
    ("Drama", "Sci-Fi"): ("thoughtful science fiction", "speculative drama"),
    ("Drama", "Thriller"): ("tense drama", "dramatic thriller"),
    ("Drama", "War"): ("war drama", "wartime story"),
    ("Drama", "Western"): ("frontier drama",),
    ("Fantasy", "Horror"): ("gothic fantasy",),
    ("Fantasy", "Musical"): ("enchanted musical",),
    ("Fantasy", "Romance"): ("enchanted romance",),
    ("Film-Noir", "Mystery"): ("noir mystery",),
    ("Film-Noir", "Thriller"): ("film noir",),
    ("Horror",): ("horror", "fright-night horror"),
    ("Horror", "Mystery"): ("haunted mystery",),
    ("Horror", "Sci-Fi"): ("sci-fi horror", "horror from the laboratory"),
    ("Horror", "Thriller"): ("horror thriller", "nerve-shredding horror"),
    ("Musical",): ("musical",),
    ("Musical", "Romance"): ("song-and-dance romance",),
    ("Mystery", "Sci-Fi"): ("mind-bending science fiction",),
    ("Mystery", "Thriller"): ("mystery thriller", "puzzle-box thriller"),
    ("Romance", "War"): ("wartime romance",),
    ("Sci-Fi", "Thriller"): ("paranoid science fiction", "sci-fi thriller"),
    ("Thriller", "War"): ("war thriller",),
    ("Western",): ("Western",),
    ("Action",): ("action",),
    ("Adventure",): ("adventure",),
    ("Animation",): ("animation",),
    ("Children",): ("children's film",),
    ("Comedy",): ("comedy",),
    ("Crime",): ("crime film",),
    ("Drama",): ("drama",),
    ("Fantasy",): ("fantasy",),
    ("Film-Noir",): ("film noir",),
    ("Mystery",): ("mystery",),
    ("Romance",): ("romance",),
    ("Sci-Fi",): ("science fiction",),
    ("Thriller",): ("thriller",),
    ("War",): ("war film",),
}
_LEANINGS: Final = {
    "Action": "with its fists up",
    "Adventure": "bound for adventure",
    "Animation": "in animated form",
    "Children": "for every age",
    "Comedy": "with a comic streak",
    "Crime": "with crime in the blood",
    "Documentary": "drawn from life",
    "Fantasy": "with a touch of magic",
    "Film-Noir": "in noir shadows",
    "Horror": "with a taste for horror",
    "Musical": "with songs",
    "Mystery": "with a puzzle at the centre",
    "Romance": "with a romantic heart",
    "Sci-Fi": "with one eye on the future",
    "Thriller": "wound tight",
    "War": "in the shadow of war",
    "Western": "on the frontier",
}
_DECADES: Final = {
    1920: "Twenties",
    1930: "Thirties",
    1940: "Forties",
    1950: "Fifties",
    1960: "Sixties",
    1970: "Seventies",
    1980: "Eighties",
    1990: "Nineties",
    2000: "Noughties",
}


def nouns(pair: tuple[str, ...]) -> tuple[str, ...]:
    """Ways to name one genre or a pair of genres (alphabetical); never empty."""
    return _NOUNS.get(pair) or (" ".join(genre.lower() for genre in pair),)


def leaning(genre: str) -> str | None:
    """How a further genre colours a label: ``with a comic streak``; None for plain drama."""
    return _LEANINGS.get(genre)


def era_name(years: Sequence[int]) -> str | None:
    """Name the years that the middle 60 % of films come from.

    Args:
        years: Ascending.

    Returns:
        ``Mid-Nineties``, ``Nineties``, ``Golden-age``, ``Twenty-first-century``; None when the
        films are spread over more than that.
    """
    if not years:
        return None
    low, middle, high = (years[int(len(years) * share)] for share in (0.2, 0.5, 0.8))
    if high <= 1962:
        return "Golden-age" if high >= 1930 else "Silent-era"
    if low >= 1998 and high <= 2002 and low < 2000 <= high:
        return "Turn-of-the-century"
    if high - low <= 6:
        part = ("Early", "Early", "Early", "Early", "Mid", "Mid", "Mid", "Late", "Late", "Late")
        return f"{part[middle % 10]}-{_decade(middle)}"
    if high - low <= 12 and sum(year // 10 == middle // 10 for year in years) * 2 >= len(years):
        return _decade(middle)
    if high - low <= 17 and middle // 10 * 10 in _DECADES and high // 10 - low // 10 == 1:
        return f"{_decade(low)}-and-{_decade(high)}"
    if low >= 2000:
        return "Twenty-first-century"
    if low >= 1960 and high < 1980:
        return "Sixties-and-Seventies"
    return None


def _decade(year: int) -> str:
    start = year // 10 * 10
    return _DECADES.get(start, f"{start}s")
