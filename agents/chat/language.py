"""Offline understanding: from a message to an intent, by rules.

Rules are tried in order; the first that fits wins. Titles were found before and are replaced by a
mark, so that no rule trips over the words of a title.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from retrieval.domain.recommendation import Filters
from retrieval.domain.style import load_style_vocabulary

__all__ = ["FILM", "Rules", "filters_in", "match_kind", "position_in", "rating_in"]

FILM: Final = "⟨film⟩"
"""Stands where a title stood."""

_NUMBERS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "top": 1, "1st": 1, "2nd": 2, "3rd": 3,
}  # fmt: skip
_ORDINAL = (
    "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|top|last|\\d+(?:st|nd|rd|th)"
)
_POSITION: Final = re.compile(
    rf"\bthe (?P<o>{_ORDINAL})(?: one| film| movie| pick| choice| recommendation)?\b"
    r"|(?:\b(?:number|no\.?|rank)|#)\s?(?P<n>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\b"
    rf"|\b(?P<o2>{_ORDINAL}) (?:one|film|movie|pick|choice|recommendation|on the list)\b"
)
_RATING: Final = re.compile(
    r"(?P<n>\d(?:\.5)?|half an?|one|two|three|four|five)(?P<half> and a half|½)?"
    r"(?:\s*(?:/\s*5|out of (?:5|five))|[ -]?stars?\b)"
)
_DECADE: Final = re.compile(
    r"\b(?:19|20)?['’]?(?P<d>[0-9]0)['’]?s\b|\b(?P<w>twenties|thirties|forties|fifties|sixties|seventies"
    r"|eighties|nineties)\b"
)
_DECADE_WORDS: Final = {
    "twenties": 1920, "thirties": 1930, "forties": 1940, "fifties": 1950, "sixties": 1960,
    "seventies": 1970, "eighties": 1980, "nineties": 1990,
}  # fmt: skip
_SINCE: Final = re.compile(r"\b(?:after|since|from|newer than|later than)\s+((?:19|20)\d\d)\b")
_UNTIL: Final = re.compile(r"\b(?:before|until|older than|up to)\s+((?:19|20)\d\d)\b")
_GENRES: Final = {
    "action": "Action", "adventure": "Adventure", "animated": "Animation",
    "animation": "Animation", "cartoon": "Animation", "children": "Children", "kids": "Children",
    "comedy": "Comedy", "comedies": "Comedy", "funny": "Comedy", "crime": "Crime",
    "documentary": "Documentary", "documentaries": "Documentary", "drama": "Drama",
    "dramas": "Drama", "fantasy": "Fantasy", "noir": "Film-Noir", "film noir": "Film-Noir",
    "horror": "Horror", "scary": "Horror", "musical": "Musical", "musicals": "Musical",
    "mystery": "Mystery", "mysteries": "Mystery", "romance": "Romance", "romantic": "Romance",
    "sci-fi": "Sci-Fi", "scifi": "Sci-Fi", "science fiction": "Sci-Fi", "thriller": "Thriller",
    "thrillers": "Thriller", "war": "War", "western": "Western", "westerns": "Western",
}  # fmt: skip
_LESS: Final = (
    r"(?:no|not|without|less|fewer|shorter on|short on|nothing|minus|isn't|but not(?: too)?)"
)
_LESS_TAGS: Final = {
    "violence": "graphic-violence", "violent": "graphic-violence", "gore": "graphic-violence",
    "gory": "graphic-violence", "blood": "graphic-violence", "bloody": "graphic-violence",
    "scary": "frightening", "sad": "melancholy", "depressing": "bleak", "bleak": "bleak",
    "slow": "slow-burn",
}  # fmt: skip


class _Rule(NamedTuple):
    kind: str
    pattern: re.Pattern[str]


def _rule(kind: str, *patterns: str) -> _Rule:
    return _Rule(kind, re.compile("|".join(f"(?:{pattern})" for pattern in patterns)))


_ANY_FILM: Final = (
    rf"(?:{FILM}|\b(?:it|that|this|(?:that|this|the \w+) (?:one|film|movie)|number \w+)\b)"
)
_NEG_REC: Final = r"(?:didn'?t|did not|don'?t|do not|aren'?t|are not|haven'?t|have not|won'?t)"
Rules: Final[Sequence[_Rule]] = (
    _rule("confirm", r"^(?:yes|yep|yeah|sure|ok(?:ay)?|do it|go ahead|please do|confirm|y)\b(?!.*\bwhy\b)"),
    _rule("decline", r"^(?:no|nope|nah|cancel|don'?t|never ?mind|stop|leave it|n)\b[\s,.!]*(?:thanks?(?: you)?|please|leave it|cancel)?[\s.!]*$"),
    _rule("thanks", r"^(?:thanks?|thank you|thx|cheers|great|nice|cool|perfect|awesome|hi|hello|hey|good (?:morning|evening|afternoon)|bye|goodbye)\b[^?]*$"),
    _rule("help", r"^(?:help|\?+)$", r"\bwhat can (?:you|i) (?:do|ask)\b", r"\bhow do (?:i|you) (?:use|work)\b", r"\bhow does this work\b"),
    _rule(
        "what_if_forget",
        r"\bwhat (?:would|if|happens|changes?)\b.*\b(?:forg[eo]t|remove|drop|delete|ignore|without|never (?:seen|watched|rated)|hadn'?t|had not|didn'?t (?:see|watch|rate|like))",
        r"\b(?:if i|suppose i|imagine i|pretend i|say i)\b.*\b(?:forg[eo]t|removed?|dropped|deleted|ignored?|never|hadn'?t|had not|didn'?t)\b",
        rf"\bwithout {FILM}",
    ),
    _rule(
        "what_if_rate",
        r"\b(?:what (?:would|if|happens)|if i|suppose i|imagine i|say i)\b.*\b(?:rate[ds]?|g[ai]ve|loved?|liked?|hated?|watch(?:ed)?|saw|seen|stars?)\b",
    ),
    _rule(
        "why_not",
        rf"\bwhy (?:not|isn'?t|is not|wasn'?t|aren'?t|{_NEG_REC})\b", r"\bwhy (?:is|was|has) .{0,60}?\b(?:not|missing|absent)\b",
        r"\bhow come\b.*\b(?:not|n't|missing)\b", r"\bwhere(?:'s| is)\b", rf"{_NEG_REC}\b.*\b(?:recommend|suggest|list)",
        rf"^(?:and )?(?:what|how) about {FILM}\s*(?:then|instead)?\?*$", r"\bwhat'?s wrong with\b", r"\bmissing\b",
    ),
    _rule("compare", rf"\b(?:compare|versus|vs\.?|difference between|better)\b.*{FILM}.*{FILM}", rf"{FILM},? (?:or|versus|vs\.?) {FILM}", r"\bcompare\b", r"\bdifference between\b"),
    _rule(
        "correction",
        r"\b(?:i )?(?:never|didn'?t|did not|haven'?t) (?:actually )?(?:watch(?:ed)?|seen?|saw|rate[d]?)\b", r"\b(?:that'?s|you'?re|you are|this is) (?:wrong|not right|mistaken|incorrect)\b",
    ),
    _rule(
        "similar",
        r"\b(?:something|anything|films?|movies?|more|others?|stuff) (?:\w+ )?(?:like|similar to)\b", r"\bsimilar\b", r"\bin the vein of\b", r"\bmore of (?:that|this|the same)\b",
    ),
    _rule("hide", r"\b(?:hide|never show|don'?t show|stop (?:showing|recommending)|not interested in|less like)\b"),
    _rule("forget", r"\b(?:forget|remove|delete|drop|erase)\b"),
    _rule("rate", r"\b(?:rate|give|gave|rated)\b.*(?:stars?|/\s*5|out of)", r"\bi (?:just |really |have |absolutely )*(?:loved|liked|hated|enjoyed|watched|saw|seen)\b", rf"\b(?:loved|hated|adored) {_ANY_FILM}"),
    _rule(
        "taste_profile",
        r"\b(?:my|about my) (?:taste|profile|preferences|history|likes)\b", r"\bwhat (?:do|did) (?:you|u) (?:think|know|believe) (?:of me|about me|i (?:like|love|enjoy|watch))", r"\bwhat do i (?:like|love|enjoy)\b", r"\bknow about me\b", r"\bwho am i\b", r"\bdescribe me\b", r"\bwhat kind of (?:films|movies|viewer)\b",
    ),
    _rule(
        "why",
        r"\bwhy\b", r"\bhow come\b", r"\bwhat makes\b", r"\breasons?\b", r"\bexplain\b", r"\bbecause of what\b", r"\bon what (?:grounds|basis)\b", r"\bwhat'?s behind\b", r"\bhow did (?:you|it)\b",
    ),
    _rule(
        "recommend",
        r"\b(?:recommend|suggest|show|give|find|list|pick|got|any|another)\b.*\b(?:something|anything|films?|movies?|one|list|recommendations?|suggestions?|picks?|comed(?:y|ies)|thrillers?|dramas?|westerns?|documentar(?:y|ies)|musicals?|horror|more|me)\b",
        r"\bwhat (?:should|can|could|shall|do) (?:i|we) (?:watch|see)\b", r"\b(?:recommendations?|suggestions?)\b", r"\bin the mood\b", r"\bsomething\b", r"\bi (?:want|feel like|would like|fancy)\b", r"\bwhat'?s (?:next|on|good)\b", r"\btonight\b", r"\bmy list\b",
    ),
    _rule("about_movie", rf"\b(?:tell me|what|how|who|is|info|more) .*{_ANY_FILM}", rf"^(?:and |what about |how about )*{_ANY_FILM}\s*[?.!]*$"),
)  # fmt: skip


def match_kind(masked: str) -> str | None:
    """Kind of the first rule that fits a lower-case message with masked titles."""
    return next((rule.kind for rule in Rules if rule.pattern.search(masked)), None)


def position_in(masked: str) -> int | None:
    """1-based place in the list that a message points to; -1 for the last one."""
    match = _POSITION.search(masked)
    if match is None:
        return None
    word = match.group("o") or match.group("n") or match.group("o2")
    if word == "last":
        return -1
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else _NUMBERS[word]


def rating_in(masked: str) -> float | None:
    """Stars that a message names, or implies by love and hate; None without either."""
    match = _RATING.search(masked)
    if match is not None:
        number = match.group("n")
        value = 0.5 if number.startswith("half") else float(_NUMBERS.get(number, 0) or number)
        return value + 0.5 if match.group("half") else value
    for pattern, stars in (
        (r"\b(?:hated?|awful|terrible|couldn'?t stand|worst)\b", 1.0),
        (r"\b(?:disliked?|didn'?t like|did not like|wasn'?t for me|bored)\b", 2.0),
        (r"\b(?:loved?|adored?|favou?rite|amazing)\b", 5.0),
        (r"\b(?:liked?|enjoyed?|good)\b", 4.0),
    ):
        if re.search(pattern, masked):
            return stars
    return None


def filters_in(masked: str) -> Filters:
    """Genres, years and style tags that a message asks for or rules out."""
    wanted, unwanted = _split_wishes(masked)
    year_from, year_to = _years_in(wanted)
    return Filters(
        genres=_genres_in(wanted),
        without_genres=_genres_in(unwanted),
        year_from=year_from,
        year_to=year_to,
        tags=_tags_in(wanted),
        without_tags=tuple(
            dict.fromkeys(tag for word, tag in _LESS_TAGS.items() if _has(unwanted, word))
        ),
    )


def _split_wishes(masked: str) -> tuple[str, str]:
    """What is wanted, and what is not: up to three words behind a word such as "without"."""
    pattern = re.compile(rf"\b{_LESS}((?:\s+(?!from\b|in\b|with\b)[\w-]+){{1,3}})")
    unwanted = " ".join(match.group(1) for match in pattern.finditer(masked))
    return pattern.sub(" ", masked), unwanted


def _genres_in(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(genre for word, genre in _GENRES.items() if _has(text, word)))


def _tags_in(text: str) -> tuple[str, ...]:
    """Style tags that the message names by their own words."""
    return tuple(
        tag.name
        for tag in load_style_vocabulary().tags
        if _has(text, tag.phrase) and tag.phrase not in _GENRES
    )


def _has(text: str, words: str) -> bool:
    return re.search(rf"\b{re.escape(words)}\b", text) is not None


def _years_in(text: str) -> tuple[int | None, int | None]:
    decade = _DECADE.search(text)
    if decade is not None:
        if decade.group("w"):
            start = _DECADE_WORDS[decade.group("w")]
        else:
            two = int(decade.group("d"))
            start = (2000 if decade.group().startswith("20") or two < 20 else 1900) + two
        return start, start + 9
    since, until = _SINCE.search(text), _UNTIL.search(text)
    return (
        int(since.group(1)) if since else None,
        int(until.group(1)) - 1 if until else None,
    )
