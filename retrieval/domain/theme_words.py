"""The words of theme labels: genres as plural nouns, and named stretches of years; pure.

Written by the labeller and read back by `label_match`.
"""

from typing import Final, NamedTuple

__all__ = ["ERAS", "Era", "attributive", "genre_words", "is_bare_genre", "nouns"]

_NOUNS: Final[dict[tuple[str, ...], str]] = {
    ("Action", "Adventure"): "action adventures",
    ("Action", "Animation"): "animated action films",
    ("Action", "Children"): "family action films",
    ("Action", "Comedy"): "action comedies",
    ("Action", "Crime"): "crime action films",
    ("Action", "Fantasy"): "fantasy action films",
    ("Action", "Horror"): "action horror films",
    ("Action", "Romance"): "romantic action films",
    ("Action", "Sci-Fi"): "sci-fi action films",
    ("Action", "Thriller"): "action thrillers",
    ("Action", "War"): "war action films",
    ("Action", "Western"): "action Westerns",
    ("Adventure", "Animation"): "animated adventures",
    ("Adventure", "Children"): "family adventures",
    ("Adventure", "Comedy"): "adventure comedies",
    ("Adventure", "Drama"): "adventure dramas",
    ("Adventure", "Fantasy"): "fantasy adventures",
    ("Adventure", "Romance"): "romantic adventures",
    ("Adventure", "Sci-Fi"): "sci-fi adventures",
    ("Adventure", "Thriller"): "adventure thrillers",
    ("Adventure", "War"): "war adventures",
    ("Animation", "Children"): "animated family films",
    ("Animation", "Comedy"): "animated comedies",
    ("Animation", "Drama"): "animated dramas",
    ("Animation", "Fantasy"): "animated fantasies",
    ("Animation", "Musical"): "animated musicals",
    ("Animation", "Sci-Fi"): "animated science fiction",
    ("Children", "Comedy"): "family comedies",
    ("Children", "Drama"): "family dramas",
    ("Children", "Fantasy"): "family fantasies",
    ("Children", "Musical"): "family musicals",
    ("Comedy", "Crime"): "crime comedies",
    ("Comedy", "Drama"): "comedy-dramas",
    ("Comedy", "Fantasy"): "fantasy comedies",
    ("Comedy", "Horror"): "horror comedies",
    ("Comedy", "Musical"): "musical comedies",
    ("Comedy", "Mystery"): "mystery comedies",
    ("Comedy", "Romance"): "romantic comedies",
    ("Comedy", "Sci-Fi"): "sci-fi comedies",
    ("Comedy", "Thriller"): "comedy thrillers",
    ("Comedy", "War"): "war comedies",
    ("Comedy", "Western"): "comedy Westerns",
    ("Crime", "Drama"): "crime dramas",
    ("Crime", "Film-Noir"): "film noirs",
    ("Crime", "Mystery"): "crime mysteries",
    ("Crime", "Thriller"): "crime thrillers",
    ("Drama", "Fantasy"): "fantasy dramas",
    ("Drama", "Film-Noir"): "film noirs",
    ("Drama", "Horror"): "horror dramas",
    ("Drama", "Musical"): "musical dramas",
    ("Drama", "Mystery"): "mystery dramas",
    ("Drama", "Romance"): "romantic dramas",
    ("Drama", "Sci-Fi"): "sci-fi dramas",
    ("Drama", "Thriller"): "dramatic thrillers",
    ("Drama", "War"): "war dramas",
    ("Drama", "Western"): "Western dramas",
    ("Fantasy", "Horror"): "fantasy horror films",
    ("Fantasy", "Romance"): "romantic fantasies",
    ("Film-Noir", "Mystery"): "film noirs",
    ("Film-Noir", "Thriller"): "film noirs",
    ("Horror", "Mystery"): "horror mysteries",
    ("Horror", "Sci-Fi"): "sci-fi horror films",
    ("Horror", "Thriller"): "horror thrillers",
    ("Musical", "Romance"): "romantic musicals",
    ("Mystery", "Sci-Fi"): "sci-fi mysteries",
    ("Mystery", "Thriller"): "mystery thrillers",
    ("Romance", "War"): "war romances",
    ("Sci-Fi", "Thriller"): "sci-fi thrillers",
    ("Thriller", "War"): "war thrillers",
    ("Action",): "action films",
    ("Adventure",): "adventures",
    ("Animation",): "animated films",
    ("Children",): "family films",
    ("Comedy",): "comedies",
    ("Crime",): "crime films",
    ("Documentary",): "documentaries",
    ("Drama",): "dramas",
    ("Fantasy",): "fantasies",
    ("Film-Noir",): "film noirs",
    ("Horror",): "horror films",
    ("Musical",): "musicals",
    ("Mystery",): "mysteries",
    ("Romance",): "romances",
    ("Sci-Fi",): "science fiction",
    ("Thriller",): "thrillers",
    ("War",): "war films",
    ("Western",): "Westerns",
}
_READ_AS: Final[dict[str, tuple[str, ...]]] = {
    "Animation": ("animated", "animation", "cartoon"),
    "Children": ("family", "children", "kid"),
    "Comedy": ("comedy", "comedies", "comic"),
    "Fantasy": ("fantasy", "fantasies"),
    "Film-Noir": ("noir",),
    "Mystery": ("mystery", "mysteries"),
    "Romance": ("romance", "romantic", "love story", "love stories"),
    "Sci-Fi": ("science fiction", "sci fi"),
    "Documentary": ("documentary", "documentaries"),
}
_DECADES: Final = {
    1930: "Thirties",
    1940: "Forties",
    1950: "Fifties",
    1960: "Sixties",
    1970: "Seventies",
    1980: "Eighties",
    1990: "Nineties",
    2000: "2000s",
    2010: "2010s",
    2020: "2020s",
}


class Era(NamedTuple):
    """A stretch of years that has a name."""

    name: str
    """As it reads before a noun: ``Mid-nineties``."""
    first: int
    last: int
    """Both included."""

    def holds(self, year: int | None) -> bool:
        """Whether a film of that year belongs to it; an unknown year does not."""
        return year is not None and self.first <= year <= self.last


def _eras() -> tuple[Era, ...]:
    eras = [
        Era("Silent-era", 1880, 1929),
        Era("Classic", 1930, 1969),
        Era("Turn-of-the-century", 1998, 2003),
        Era("Post-2000", 2001, 2100),
    ]
    for start, name in _DECADES.items():
        eras.append(Era(name, start, start + 9))
        if 1950 <= start <= 1980:
            eras.append(Era(f"{start}s–{(start + 10) % 100}s", start, start + 19))
        if start >= 1970:
            eras.append(Era(f"Early-{name.lower()}", start, start + 4))
            eras.append(Era(f"Mid-{name.lower()}", start + 3, start + 7))
            eras.append(Era(f"Late-{name.lower()}", start + 6, start + 9))
    return tuple(eras)


ERAS: Final = _eras()


def nouns(pair: tuple[str, ...]) -> str | None:
    """One genre, or two in alphabetical order, as a plural; None for pairs without a good name."""
    return _NOUNS.get(pair)


def attributive(plural: str) -> str:
    """A plural of `nouns` as words before another noun: ``crime drama``, ``sci-fi action``."""
    if plural == "science fiction":
        return "sci-fi"
    if plural.endswith(" films"):
        return plural.removesuffix(" films")
    return plural[:-3] + "y" if plural.endswith("ies") else plural.removesuffix("s")


def genre_words(genre: str) -> tuple[str, ...]:
    """Words that name a genre in running text, lower case, hyphens as spaces."""
    return _READ_AS.get(genre, (genre.lower().replace("-", " "),))


def is_bare_genre(label: str) -> bool:
    """Whether a label only names one genre: ``Dramas``, ``Comedy films``."""
    folded = label.casefold().replace("-", " ").removesuffix(" films").removesuffix(" movies")
    singles = {noun for genres, noun in _NOUNS.items() if len(genres) == 1}
    names = {word for noun in singles for word in (noun, noun.removesuffix(" films"))}
    names |= {attributive(noun) for noun in singles}
    names |= {word for words in _READ_AS.values() for word in words}
    return folded in {name.casefold() for name in names}
