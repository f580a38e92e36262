"""The parts of a message that stand for something: films, places in a list, stars, years, styles.

`mark_slots` puts one capital letter for each, so that the intent model reads "why F" for every
film there is.
"""

import re
from typing import Final

from agents.chat.constraints import GENRE_WORDS, STYLE_WORDS, YEAR_WORDS

__all__ = ["FILM", "fold_message", "mark_slots", "place_spans", "positions_in", "ratings_in"]

FILM: Final = " F "
"""Stands where a title stood."""

_NUMBERS: Final = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
    "eighth": 8, "ninth": 9, "tenth": 10, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5,
    "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "top": 1,
}  # fmt: skip
_ORDINAL: Final = (
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|top|last"
    r"|\d{1,2}(?:st|nd|rd|th)"
)
_NOUN: Final = r"one|film|movie|pick|choice|recommendation|title|entry|suggestion"
_POSITION: Final = re.compile(
    rf"\b(?:the|your|my|that) (?P<o>{_ORDINAL})\b(?: (?:{_NOUN})\b)?"
    r"|(?:\b(?:number|no\.?|nr\.?|rank|pos(?:ition)?|film|movie)\s?#?|#)"
    r"(?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)\b"
    rf"|\b(?P<o2>{_ORDINAL}) (?:{_NOUN}|on the list|on my list)\b"
    rf"|^(?:and |hm+ |ok |why )*(?P<o3>{_ORDINAL})\W*$"
)
_STARS: Final = re.compile(
    r"\b(?P<n>\d(?:[.,]5)?|half an?|one|two|three|four|five)(?P<half> and a half|½)?"
    r"(?:\s*(?:/\s*5\b|out of (?:5|five)\b)|[ -]?(?:stars?|\*)(?!\w))"
    r"|(?P<signs>[*★]{1,5})"
)
_VERDICTS: Final = (
    (r"hated?|awful|terrible|horrible|could ?nt stand|couldnt stand|worst|garbage|trash", 1.0),
    (r"dislik\w+|did ?n[o']?t (?:really )?(?:like|enjoy)|wasnt for me|boring|bored|meh", 2.0),
    (r"loved?|adored?|favou?rite|amazing|masterpiece|brilliant|fantastic|perfect", 5.0),
    (r"liked|i like|enjoyed?|good|great|nice", 4.0),
)
_SPELLINGS: Final = {
    "u": "you", "ur": "your", "r": "are", "pls": "please", "plz": "please", "ty": "thank you",
    "cuz": "because", "coz": "because", "cause": "because", "bc": "because", "wanna": "want to",
    "gonna": "going to", "gimme": "give me", "lemme": "let me", "dunno": "dont know", "y": "why",
    "wat": "what", "wut": "what", "whats": "what is", "wheres": "where is", "whos": "who is",
    "im": "i am", "ive": "i have", "id": "i would", "ill": "i will", "its": "it is",
    "whys": "why is", "hows": "how is", "theres": "there is", "heres": "here is",
    "thats": "that is", "youre": "you are", "lets": "let us", "tho": "though", "thx": "thanks",
    "tnx": "thanks", "kinda": "kind of", "smth": "something", "sth": "something",
    "rec": "recommend", "recs": "recommendations", "recommendation": "recommendations",
    "movies": "films", "movie": "film", "flick": "film", "flicks": "films",
}  # fmt: skip


def fold_message(text: str) -> str:
    """Lower case without apostrophes, with single spaces; marks of films stay."""
    parts = [part if part == "F" else part.lower() for part in re.split(r"\b(F)\b", text)]
    plain = re.sub(r"(?<=\w)['’`](?=\w)", "", "".join(parts))
    return " ".join(plain.replace("’", "'").split())


def mark_slots(folded: str) -> str:
    """A folded message with its slots marked and everyday spellings made one."""
    text = _STARS.sub(" S ", folded)
    text = YEAR_WORDS.sub(" Y ", text)
    text = _POSITION.sub(" N ", text)
    text = GENRE_WORDS.sub(" G ", STYLE_WORDS.sub(" T ", text))
    words = re.findall(r"[A-Z](?![a-z])|[a-z0-9]+", text)
    spelt = " ".join(_SPELLINGS.get(word, word) for word in words)
    return re.sub(r"\b([GTYF])(?: (?:and )?\1)+\b", _once, spelt)


def _once(match: re.Match[str]) -> str:
    """Several genres say as much as one; two films are a comparison."""
    mark = match.group(1)
    return "F and F" if mark == "F" else mark


def positions_in(folded: str) -> list[int]:
    """Places in the list that a message points to, in order; -1 for the last one."""
    return [_position(match) for match in _POSITION.finditer(YEAR_WORDS.sub(" ", folded))]


def place_spans(message: str) -> list[tuple[int, int]]:
    """Where a message points to places in the list."""
    return [match.span() for match in _POSITION.finditer(message.lower())]


def _position(match: re.Match[str]) -> int:
    word = next(group for group in match.groups() if group is not None)
    if word == "last":
        return -1
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else _NUMBERS[word]


def ratings_in(folded: str) -> list[float]:
    """Stars that a message names, in order; or those implied by love and hate; or none."""
    named = [_stars(match) for match in _STARS.finditer(folded)]
    if named:
        return [stars for stars in named if 0.5 <= stars <= 5.0]
    for pattern, stars in _VERDICTS:
        if re.search(rf"\b(?:{pattern})\b", folded):
            return [stars]
    return []


def _stars(match: re.Match[str]) -> float:
    signs = match.group("signs")
    if signs:
        return float(len(signs))
    number = match.group("n").replace(",", ".")
    value = 0.5 if number.startswith("half") else float(_NUMBERS.get(number, 0) or number)
    return value + 0.5 if match.group("half") else value
