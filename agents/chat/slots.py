"""The parts of a message that stand for something: films, places in a list, stars, years, styles.

`mark_slots` puts one capital letter for each, so that the intent model reads "why F" for every
film there is.
"""

import re
from typing import Final, NamedTuple

from agents.chat.constraints import GENRE_WORDS, STYLE_WORDS, YEAR_WORDS

__all__ = [
    "FILM",
    "SPELLINGS",
    "fold_message",
    "has_stars",
    "mark_slots",
    "positions_in",
    "ratings_in",
    "slot_spans",
]

FILM: Final = " F "
"""Stands where a title stood."""

_NUMBERS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "top": 1, "bottom": -1, "last": -1,
    "single": 1, "lone": 1, "sole": 1,
}  # fmt: skip
_ORDINAL: Final = (
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|top|last|bottom"
    r"|\d{1,2}(?:st|nd|rd|th)"
)
_NOUN: Final = r"one|film|movie|pick|choice|recommendation|title|entry|suggestion"
_POSITION: Final = re.compile(
    rf"\b(?:the|your|my|that) (?P<o>{_ORDINAL})\b(?: (?:{_NOUN})\b)?"
    r"|(?:\b(?:number|num|no\.?|nr\.?|rank|pos(?:ition)?|place|spot|film|movie|entry|pick|choice"
    r"|option"
    r"|suggestion|recommendation|title|item)\s?#?|#)"
    r"(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)\b"
    rf"|\b(?P<o2>{_ORDINAL}) (?:{_NOUN}|on the list|on my list)\b"
    rf"|^(?:and |hm+ |ok |why )*(?P<o3>{_ORDINAL})\W*$"
    rf"|\b(?P<o4>{_ORDINAL})(?= (?:or|and|vs|versus) (?:the )?(?:{_ORDINAL})\b)"
    rf"|(?<=(?:..or|.and|..vs) )(?P<o5>{_ORDINAL})\b(?=\W*(?:$|[?.,!;]))"
)
_BARE_POSITION: Final = re.compile(
    r"(?:^|\b(?:why|for|about|explain|with|vs|than|compare|of|skip|forget|and|or|hide|rate|like|is"
    r"|was|on|remove|delete|watch|see|pick|picked|choose|chose|recommend|suggest|give|between|to"
    r"|from|but|not|now|no) )"
    r"(?P<n>10|[1-9])(?=[.,;!?]|$| (?:or|and|vs|versus|with|please|pls|then|instead|again|is|was|on"
    r"|in|here|there|a|to|better|about|rather|as|though|too|what)\b)"
)
"""A place without its noun: "reason for 6", "1 or 2"."""
_LONGEST_BARE: Final = 7
"""Words; in longer messages a number counts something else."""
_STARS: Final = re.compile(
    r"\b(?P<n>\d(?:[.,]5)?|half(?: an?)?(?= stars?)|half an?|single|lone|sole|one|two|three|four"
    r"|five)(?P<half> and a half|½)?"
    r"(?:\s*(?:/\s*5\b|out of (?:5|five)\b)|[ -]?(?:stars?|\*)(?!\w))"
    r"|\b(?P<tenths>10|\d(?:[.,]5)?|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"\s*(?:/\s*10\b|out of (?:10|ten)\b)"
    r"|\b(?P<full>(?:full|top|maximum|max) (?:marks|score|points|stars))\b"
    r"|(?P<signs>[*★]{1,5})"
)
_BARE_STARS: Final = re.compile(
    r"(?:^|\b(?:an?(?: [a-z]+)?|the|with|at|as|it|to|only|just|solid|of|for|is|was|by|gave|give"
    r"|rated) "
    r"|F[:,]? |[?] )(?P<n>[1-5](?:[.,]5)?|one|two|three|four|five)(?P<half> and a half|½)?"
    r"(?= (?:for|to|on|from|instead|at|max|tops|would|then|or|what|so|can|and|but|please|pls|as"
    r"|i)\b"
    r"|[.,;!?)]|$)"
)
"""Stars without the word, where something is rated: "a 4 for F", "I gave it two"."""
_APART: Final = re.compile(r" (?:less|more|lower|higher|below|above|fewer|off)\b")
_COUNTED: Final = re.compile(r"(?:,|\bso|\bto|\bmeaning) (?P<n>[0-5](?:[.,]5)?)(?P<half>½)?(?!\w)")
"""What comes of it: "half a star less than that, 3.5"."""
_ONLY_STARS: Final = re.compile(
    r"^(?:(?:and|or|no|then|hm+|ok|what about|how about|what if|make it) )*"
    r"(?:(?:with|only|just|a|an|rather|it was|it) )+"
    r"(?P<n>[1-5](?:[.,]5)?|one|two|three|four|five)(?P<half> and a half|½)?(?: instead| then)?\W*$"
)
"""The same in an afterthought: "and with just two?"."""
_RATES: Final = re.compile(
    r"\b(?:F|rat(?:e|ed|ing)|gave|give[ns]?|giving|scor(?:e|ed)|stars?|make it|change it|set it)\b"
)
_COMPARES: Final = re.compile(r"\b(?:compare[ds]?|vs|versus|between|than|number)\b")
_VERDICTS: Final = (
    (
        r"hat(?:e|ed|ing)|dumbest|loath\w+|despis\w+|detest\w*|cant stand|awful|terrible|horrible"
        r"|could ?nt stand|couldnt stand|worst|garbage|trash",
        1.0,
    ),
    (
        r"dislik\w+|dull|bores?|did ?n[o']?t (?:really )?(?:like|enjoy)|wasnt for me|boring|bored"
        r"|meh",
        2.0,
    ),
    (
        r"lov(?:e|ed|ing)|ador(?:e|ed|ing)|favou?rite|amazing|masterpiece|brilliant|fantastic"
        r"|perfect",
        5.0,
    ),
    (r"lik(?:ed|ing)|i like|enjoy(?:ed|ing)?|wonderful|good|great|nice", 4.0),
)
SPELLINGS: Final = {
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "ty": "thank you",
    "cuz": "because", "coz": "because", "cause": "because", "bc": "because", "wanna": "want to",
    "gonna": "going to", "gimme": "give me", "lemme": "let me", "dunno": "dont know", "y": "why",
    "wat": "what", "wut": "what", "whats": "what is", "wheres": "where is", "whos": "who is",
    "im": "i am", "ive": "i have", "id": "i would", "ill": "i will", "its": "it is",
    "whys": "why is", "hows": "how is", "theres": "there is", "heres": "here is",
    "thats": "that is", "youre": "you are", "lets": "let us", "tho": "though", "thx": "thanks",
    "tnx": "thanks", "kinda": "kind of", "smth": "something", "sth": "something",
    "wats": "what is", "wot": "what", "wots": "what is", "gud": "good", "gd": "good", "dis": "this",
    "dat": "that", "da": "the", "de": "the", "giv": "give", "luv": "love", "luved": "loved",
    "liek": "like", "hav": "have", "shud": "should", "wud": "would", "cud": "could", "b4": "before",
    "2nite": "tonight", "tonite": "tonight", "tn": "tonight", "fav": "favourite",
    "fave": "favourite",
    "btw": "by the way", "imo": "i think", "imho": "i think", "tbh": "honestly",
    "idk": "i dont know", "nr": "number",
    "whyd": "why did", "whered": "where did", "howd": "how did", "theyre": "they are",
    "weve": "we have", "wed": "we would", "hes": "he is", "shes": "she is", "aint": "isnt",
    "gotta": "have to", "watcha": "what you", "whatcha": "what do you", "yr": "your",
    "thru": "through", "abt": "about", "w": "with", "wo": "without", "ppl": "people",
    "gf": "girlfriend", "bf": "boyfriend", "pic": "film", "pics": "films",
    "picture": "film", "pictures": "films",
    "wy": "why", "whit": "what", "aboot": "about", "bout": "about", "tae": "to", "dae": "do",
    "owt": "anything", "nowt": "nothing", "summat": "something", "yous": "you", "sm": "some",
    "yall": "you all", "reckon": "think", "telly": "tv",
    "rec": "recommend", "recs": "recommendations", "recommendation": "recommendations",
    "movies": "films", "movie": "film", "flick": "film", "flicks": "films",
}  # fmt: skip


def fold_message(text: str) -> str:
    """Lower case without apostrophes, with single spaces; marks of films stay."""
    parts = [part if part == "F" else part.lower() for part in re.split(r"\b(F)\b", text)]
    plain = re.sub(r"(?<=\w)['’`](?=\w)", "", "".join(parts))
    return re.sub(r" ([,.;:!?])", r"\1", " ".join(plain.replace("’", "'").split()))


def mark_slots(folded: str) -> str:
    """A folded message with its slots marked and everyday spellings made one."""
    marks = [(*_star_span(match), " S ") for match in _star_matches(folded)]
    marks += [(place.start, place.end, " N ") for place in _places(folded)]
    text = folded
    for start, end, mark in sorted(marks, reverse=True):
        text = text[:start] + mark + text[end:]
    text = YEAR_WORDS.sub(" Y ", text).replace("-", " ")
    text = GENRE_WORDS.sub(" G ", STYLE_WORDS.sub(" T ", text))
    words = re.findall(r"[A-Z](?![a-z])|[a-z0-9]+", text)
    spelt = " ".join(SPELLINGS.get(word, word) for word in words)
    return re.sub(r"\b([GTYF])(?: (?:and )?\1)+\b", _once, spelt)


def _once(match: re.Match[str]) -> str:
    """Several genres say as much as one; two films are a comparison."""
    mark = match.group(1)
    return "F and F" if mark == "F" else mark


def positions_in(folded: str) -> list[int]:
    """Places in the list that a message points to, in order; -1 for the last one."""
    return [place.number for place in _places(folded)]


def slot_spans(message: str) -> list[tuple[int, int]]:
    """Where a message points to places in the list, or names stars."""
    text = message.lower()
    places = [(place.start, place.end) for place in _places(text)]
    return places + [_star_span(match) for match in _star_matches(text)]


class _Place(NamedTuple):
    start: int
    end: int
    number: int


def _places(folded: str) -> list[_Place]:
    """Places in the list, in order of mention; stars and years are none."""
    text = YEAR_WORDS.sub(_blank, folded)
    for match in _star_matches(folded):
        start, end = _star_span(match)
        text = text[:start] + "~" * (end - start) + text[end:]
    found = [_Place(*match.span(), _position(match)) for match in _POSITION.finditer(text)]
    if len(text.split()) <= _LONGEST_BARE:
        for place in found:
            text = text[: place.start] + "~" * (place.end - place.start) + text[place.end :]
        found += [_Place(*m.span("n"), int(m["n"])) for m in _BARE_POSITION.finditer(text)]
    return sorted(found)


def _blank(match: re.Match[str]) -> str:
    return "~" * len(match.group())


def _position(match: re.Match[str]) -> int:
    word = next(group for group in match.groups() if group is not None)
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else _NUMBERS[word]


def ratings_in(folded: str) -> list[float]:
    """Stars that a message names, in order; or those implied by love and hate; or none."""
    named = [_stars(match) for match in _star_matches(folded)]
    if named:
        return [stars for stars in named if 0.5 <= stars <= 5.0]
    for pattern, stars in _VERDICTS:
        if re.search(rf"\b(?:{pattern})\b", folded):
            return [stars]
    return []


def has_stars(folded: str) -> bool:
    """Whether a message names stars, not only love or hate."""
    return bool(_star_matches(folded))


def _star_matches(folded: str) -> list[re.Match[str]]:
    found = list(_STARS.finditer(folded))
    named = [match for match in found if not _APART.match(folded, match.end())]
    if found and not named:
        return list(_COUNTED.finditer(folded))
    afterthought = _ONLY_STARS.search(folded)
    if not named and afterthought is not None:
        return [afterthought]
    if named or not _RATES.search(folded) or _COMPARES.search(folded):
        return named
    return [
        match
        for match in _BARE_STARS.finditer(folded)
        if match["n"] != "one" or re.match(r"(?:an?|it|with|F) one", match.group())
    ]


def _star_span(match: re.Match[str]) -> tuple[int, int]:
    """The number alone, where words before it only say that it means stars."""
    return (
        (match.start("n"), match.end()) if match.re in {_ONLY_STARS, _BARE_STARS} else match.span()
    )


def _stars(match: re.Match[str]) -> float:
    named = match.groupdict()
    if named.get("signs"):
        return float(len(named["signs"]))
    if named.get("full"):
        return 5.0
    if named.get("tenths"):
        return round(_number(named["tenths"])) / 2
    number = named["n"]
    value = 0.5 if number.startswith("half") else _number(number)
    return value + 0.5 if named["half"] else value


def _number(word: str) -> float:
    return float(_NUMBERS.get(word, 0) or word.replace(",", "."))
