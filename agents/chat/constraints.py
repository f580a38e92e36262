"""Genres, years and styles that a message asks for or rules out."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from rapidfuzz import fuzz, process

from retrieval.domain.recommendation import Filters
from retrieval.domain.style import load_style_vocabulary

__all__ = [
    "GENRE_WORDS",
    "STYLE_WORDS",
    "YEAR_WORDS",
    "filters_in",
    "merge_filters",
    "spell_genres",
    "style_words",
]

_GENRES: Final[dict[str, tuple[str, ...]]] = {
    "action": ("Action",), "adventure": ("Adventure",), "adventures": ("Adventure",),
    "adventurous": ("Adventure",),
    "animated": ("Animation",), "animation": ("Animation",), "cartoon": ("Animation",),
    "cartoons": ("Animation",), "childrens": ("Children",),
    **{
        f"{before}{who}{after}": ("Children",)
        for before in ("", "for ", "for the ", "for my ", "for our ", "with the ", "with my ")
        for who in ("kids", "kid", "children", "family", "whole family", "little ones")
        for after in (
            "", " film", " films", " movie", " movies", " friendly", " can watch", " will like",
            " would like", " would enjoy", " stuff",
        )
        if before or after
    },
    "comedy": ("Comedy",), "comedies": ("Comedy",), "funny": ("Comedy",), "comic": ("Comedy",),
    "hilarious": ("Comedy",), "laugh": ("Comedy",), "funnier": ("Comedy",),
    "crime": ("Crime",), "documentary": ("Documentary",), "documentaries": ("Documentary",),
    "docu": ("Documentary",), "drama": ("Drama",), "dramas": ("Drama",),
    "fantasy": ("Fantasy",), "film noir": ("Film-Noir",), "noir": ("Film-Noir",),
    "horror": ("Horror",), "scary": ("Horror",), "creepy": ("Horror",), "musical": ("Musical",),
    "musicals": ("Musical",), "mystery": ("Mystery",), "mysteries": ("Mystery",),
    "whodunit": ("Mystery",), "romance": ("Romance",), "romances": ("Romance",),
    "romantic": ("Romance",), "love story": ("Romance",), "love stories": ("Romance",),
    "romcom": ("Comedy", "Romance"), "rom com": ("Comedy", "Romance"),
    "romcoms": ("Comedy", "Romance"), "sci fi": ("Sci-Fi",), "scifi": ("Sci-Fi",),
    "science fiction": ("Sci-Fi",), "sf": ("Sci-Fi",), "thriller": ("Thriller",),
    "thrillers": ("Thriller",), "war": ("War",), "western": ("Western",), "westerns": ("Western",),
}  # fmt: skip
_MOODS: Final[dict[str, tuple[str, ...]]] = {
    "violence": ("graphic-violence",), "violent": ("graphic-violence",),
    "gore": ("graphic-violence",), "gory": ("graphic-violence",), "blood": ("graphic-violence",),
    "bloody": ("graphic-violence",), "brutal": ("graphic-violence",),
    "scary": ("frightening",), "creepy": ("eerie",), "sad": ("melancholy", "tearjerker", "bleak"),
    "depressing": ("bleak", "melancholy"), "dark": ("bleak",), "slow": ("slow-burn",),
    "weird": ("surreal",), "strange": ("surreal",), "uplifting": ("heartwarming",),
    "feel good": ("heartwarming",), "feelgood": ("heartwarming",),
    "cheerful": ("heartwarming",), "sweet": ("heartwarming",),
    "long": ("epic-scale",), "fast": ("fast-paced",), "clever": ("puzzle-plot",),
    "mind bending": ("puzzle-plot",), "mindbending": ("puzzle-plot",), "sexy": ("erotic",),
    "gangster": ("gangsters",), "robots": ("artificial-intelligence",),
    "based on a true story": ("based-on-true-story",), "true story": ("based-on-true-story",),
}  # fmt: skip
"""The first tag is meant when it is wanted; all are meant when it is not."""
_ONLY_UNWANTED: Final = frozenset({"scary", "long", "fast"})
_NO_STYLE: Final = frozenset(
    "work business love family art school law death music cast story end ending cars titanic sequel"
    " college court home friends office house city war".split()
)
"""Spellings of a tag that a message more often needs for something else."""
_LESS: Final = frozenset(
    "no not without less fewer minus nothing isnt arent except excluding exclude dont hate skip"
    " shorter drop nor cant cannot wont doesnt didnt hates avoid neither free too tone"
    " reduce".split()
)
_RULED_OUT: Final = re.compile(
    r"\b(?:(?:leave|leaving|left|rule|ruling|keep|take|cut|filter) out|get rid of|do away with"
    r"|ditch|lose"
    r"|(?:steer|stay|keep) (?:clear|away) (?:of|from)|anything but|(?:im|i am) (?:off|sick of"
    r"|tired of"
    r"|fed up with)|enough of|bored of)\b"
    r"(?: (?:anything|everything|something|all|any|films?|movies?|ones?|the|those|that|thats"
    r"|which|has|have"
    r"|with|about|of|is|are|in))*"
)
"""Ways to say "without"."""
_LET_GO: Final = re.compile(
    r"\b(?P<what>(?:\w+ ){1,3}?)(?:(?:can|must|should|has to|have to|needs? to) go\b|(?:is"
    r"|are) out\b"
    r"|(?:is|are) (?:really )?not my (?:thing|cup of tea)\b)"
)
"""The same behind what is ruled out: "horror can go"."""
_ENDS_LESS: Final = frozenset(
    "but from in with please something anything maybe more rather instead only set".split()
)
_LONGEST_LESS: Final = 5

_DECADE_WORDS: Final = {
    "twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960,
    "seventies": 1970, "eighties": 1980, "nineties": 1990, "noughties": 2000,
}  # fmt: skip
_DECADE: Final = (
    r"(?:(?P<part>early|mid|late)[ -]?)?(?:the )?"
    r"(?:(?P<century>18|19|20)?['’]?(?P<d>[0-9]0)['’]?s"
    r"|(?P<w>twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties|noughties))"
)
_RANGE: Final = (
    r"(?:(?:between|from) )?(?P<low>(?:18|19|20)\d\d) ?(?:and|to|until|till|-|–|) ?"
    r"(?P<high>(?:18|19|20)\d\d)"
)
_YEAR: Final = r"(?P<y>(?:18|19|20)\d\d)"
_SIDE: Final = (
    r"(?:(?P<not>(?:not|nothing|no|none|never|dont want anything"
    r"|(?:exclude|skip|avoid|leave out|without|drop|remove|ignore) (?:anything|everything|all|films"
    r"|the ones|ones)|isnt|wasnt)(?: made| from"
    r"| released| any)? )?"
    r"(?P<side>before|until|up to|older than|earlier than|pre|prior to|after|since|newer than"
    r"|younger than"
    r"|later than|post|more recent than|starting(?: from| in)?|at least from)[ -])?"
    r"(?:from |in |of )?(?:the )?(?:year )?"
)
_ONWARDS: Final = (
    r"(?P<on>[ -](?:or (?:later|newer|after|younger)|and (?:later|newer|after|up|younger)"
    r"|on(?:wards?)?\b"
    r"|upwards?)|\+)|(?P<back> (?:or|and) (?:older|earlier|before))"
)
_AGE: Final = re.compile(
    r"\b(?:(?P<old>(?:very |really )?old(?:er)?|classics?|vintage)|(?P<new>new(?:er)?|recent|modern"
    r"|current))\b(?= (?:one|ones|film|films|movie|movies|classics?|black|stuff"
    r"|[a-z]+ (?:film|movie)s?|comed|thriller|western|horror|drama|sci|romance)|\W*$)"
    r"|\bsomething (?P<old2>old|older)\b|\bsomething (?P<new2>new|newer|recent)\b"
)
_BEFORE: Final = frozenset({"before", "older than", "earlier than", "pre", "prior to"})
_AFTER: Final = frozenset(
    {"after", "newer than", "younger than", "later than", "post", "more recent than"}
)
_SINCE: Final = frozenset({"since", "starting", "starting from", "starting in", "at least from"})
_OPPOSITES: Final = dict.fromkeys(_BEFORE, "since") | dict.fromkeys(_AFTER, "until")
"""What "nothing older than" and the like come down to."""
_LONG_GENRES: Final = [word for word in _GENRES if len(word) > 4]
_SLIP: Final = 83.0
"""Likeness from which a word is a genre with a slip of the finger: "horor"."""
_OLD_UNTIL, _NEW_FROM = 1969, 2008
YEAR_WORDS: Final = re.compile(rf"\b(?:{_RANGE}|{_SIDE}(?:{_DECADE}|{_YEAR})(?:{_ONWARDS})?)(?!\w)")
"""A year, a decade or a span of them."""


_DATED: Final = re.compile(
    r"\b(?:(?:made |from |of |in )?(?:this|the current|the present) "
    r"(?P<age>century|millennium|decade)"
    r"|(?:the )?years? (?P<decade>[2-9]0)\b)"
)


class _Span(NamedTuple):
    first: int | None
    last: int | None


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile(r"\b(?:" + "|".join(map(re.escape, longest_first)) + r")\b")


@lru_cache(maxsize=1)
def _styles() -> dict[str, tuple[str, ...]]:
    """Tags by the words that mean them; the moods of this module first."""
    found: dict[str, tuple[str, ...]] = dict(_MOODS)
    for tag in load_style_vocabulary().tags:
        for spelling in (tag.phrase, *tag.matches):
            words = " ".join(re.findall(r"[a-z0-9&]+", spelling.lower()))
            if len(words) > 2 and words not in _NO_STYLE and words not in _GENRES:
                other_number = words[:-1] if words.endswith("s") else f"{words}s"
                found.setdefault(words, (tag.name,))
                found.setdefault(other_number, (tag.name,))
    return found


GENRE_WORDS: Final = _any_of(_GENRES)
STYLE_WORDS: Final = _any_of(word for word in _styles() if word not in _GENRES)


@lru_cache(maxsize=1)
def style_words() -> frozenset[str]:
    """Every single word that names a genre or a style."""
    return frozenset(word for word in (*_GENRES, *_styles()) if " " not in word)


def filters_in(folded: str) -> Filters:
    """Genres, years and style tags of a folded message."""
    text = _DATED.sub(_as_years, folded.replace("-", " ").replace("&", " & "))
    years = _years_in(text)
    wanted, unwanted = _split_wishes(YEAR_WORDS.sub(" ; ", text))
    return Filters(
        genres=_genres_in(wanted),
        without_genres=_genres_in(unwanted),
        year_from=years.first,
        year_to=years.last,
        tags=_tags_in(wanted),
        without_tags=_tags_out(unwanted),
    )


def _as_years(match: re.Match[str]) -> str:
    """What "this century" and "the years 80" are in the words that `YEAR_WORDS` knows."""
    if match.group("decade"):
        return f"the {match.group('decade')}s"
    return {"century": "since 2000", "millennium": "since 2000"}.get(
        match.group("age"), "since 2010"
    )


def spell_genres(folded: str, ordinary: frozenset[str]) -> str:
    """A message whose misspelt genres are spelt right.

    Args:
        folded: The message.
        ordinary: Words that are no slip.
    """

    def spelt(match: re.Match[str]) -> str:
        word = match.group()
        if word in ordinary or word in style_words():
            return word
        best = process.extractOne(word, _LONG_GENRES, scorer=fuzz.ratio, score_cutoff=_SLIP)
        # "stern" is no slip of "western".
        return best[0] if best is not None and best[0][0] == word[0] else word

    return re.sub(r"[a-z]{5,}", spelt, folded)


def merge_filters(old: Filters, new: Filters, *, replaces: bool = False) -> Filters:
    """Narrow a list's constraints by further ones.

    What the new ones say about years stands; a genre or tag that is now ruled out is no longer
    wanted, and the other way round. With ``replaces``, the old genres and tags go.
    """
    genres = () if replaces and new.genres else old.genres
    tags = () if replaces and (new.genres or new.tags) else old.tags
    has_years = new.year_from is not None or new.year_to is not None
    years = new if has_years else old
    return Filters(
        genres=_union(genres, new.genres, but=new.without_genres),
        without_genres=_union(old.without_genres, new.without_genres, but=new.genres),
        year_from=years.year_from,
        year_to=years.year_to,
        theme_ids=old.theme_ids,
        tags=_union(tags, new.tags, but=new.without_tags),
        without_tags=_union(old.without_tags, new.without_tags, but=new.tags),
    )


def _union(a: tuple[str, ...], b: tuple[str, ...], *, but: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys((*a, *b)) if name not in but)


def _split_wishes(text: str) -> tuple[str, str]:
    """What is wanted, and what is not: the few words behind one such as "without"."""
    wanted: list[str] = []
    unwanted: list[str] = []
    left = 0
    text = _LET_GO.sub(r"without \g<what> ;", _RULED_OUT.sub("without", text))
    for word in re.findall(r"[\w&]+|[;,.!?]", text):
        if word in _LESS:
            left = _LONGEST_LESS
            unwanted.append(";")
        elif word in _ENDS_LESS or not word[0].isalnum():
            left = 0
            wanted.append(word)
        elif left:
            left -= 1
            unwanted.append(word)
        else:
            wanted.append(word)
    return " ".join(wanted), " ".join(unwanted)


def _genres_in(text: str) -> tuple[str, ...]:
    found = (genre for word in GENRE_WORDS.findall(text) for genre in _GENRES[word])
    return tuple(dict.fromkeys(found))


def _tags_in(text: str) -> tuple[str, ...]:
    words = [word for word in STYLE_WORDS.findall(text) if word not in _ONLY_UNWANTED]
    return tuple(dict.fromkeys(_styles()[word][0] for word in words))


def _tags_out(text: str) -> tuple[str, ...]:
    words = _any_of(_styles()).findall(text) if text else []
    return tuple(dict.fromkeys(tag for word in words for tag in _styles()[word]))


def _years_in(text: str) -> _Span:
    match = YEAR_WORDS.search(text)
    if match is None:
        age = _AGE.search(text)
        if age is None:
            return _Span(None, None)
        is_old = age.group("old") or age.group("old2")
        return _Span(None, _OLD_UNTIL) if is_old else _Span(_NEW_FROM, None)
    if match.group("low"):
        return _Span(int(match.group("low")), int(match.group("high")))
    first, last = _decade(match) if match.group("y") is None else (int(match.group("y")),) * 2
    side = match.group("side") or ""
    if match.group("on"):
        side = "since"
    elif match.group("back"):
        side = "until"
    elif match.group("not"):
        side = _OPPOSITES.get(side, side)
    if side in _BEFORE:
        return _Span(None, first - 1)
    if side in {"until", "up to"}:
        return _Span(None, last)
    if side in _AFTER:
        return _Span(last + 1, None)
    return _Span(first, None) if side in _SINCE else _Span(first, last)


def _decade(match: re.Match[str]) -> tuple[int, int]:
    if match.group("w"):
        start = _DECADE_WORDS[match.group("w")]
    else:
        two = int(match.group("d"))
        century = match.group("century") or ("20" if two < 20 else "19")
        start = int(century) * 100 + two
    return {
        "early": (start, start + 3),
        "mid": (start + 3, start + 6),
        "late": (start + 6, start + 9),
    }.get(match.group("part") or "", (start, start + 9))
