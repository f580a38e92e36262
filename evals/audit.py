"""A second opinion on explanations: is every name and number of a text in the evidence it cites?

It shares no code with the verifier, and looks the other way round. The verifier parses a sentence
and asks of each mention whether the facts allow it; the audit takes the words and numbers that
stand in the cited evidence, and reports whatever else of the catalogue's names, of the themes and
tags, and of numbers the text contains. It does not judge strength, sign or cause.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

from agents.schemas import Claim, Explanation
from evals.scorers import all_claims
from evals.scores import Score
from retrieval.bundle import Bundle
from retrieval.domain.evidence import Evidence

__all__ = ["Auditor", "EvidenceAudit", "Finding"]

FindingKind = Literal["title", "name", "theme", "tag", "genre", "quotation", "number", "citation"]

_WORD: Final = re.compile(r"[^\W_]+(?:[’'.·-][^\W_]+)*")
_DATED: Final = re.compile(r"(\S+) \((\d{4})\)")
_YEAR_AT_END: Final = re.compile(r" \(\d{4}\)$")
_QUOTED: Final = re.compile(r"“([^”]*)”")
_SENTENCE_END: Final = re.compile(r"(?:^|[.!?:;]”?\s+|[(“—]\s*)$")
_DIGITS: Final = re.compile(
    r"(?<![\w’'.])(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(st|nd|rd|th)?(?: (%|percent))?(?![\w])"
)
_SPELT: Final = {
    word: number
    for number, word in enumerate(
        "two three four five six seven eight nine ten eleven twelve".split(), start=2
    )
}
"""Not "one": "no one film", "this one" and "one more" are no counts."""
_ORDINALS: Final = {
    word: number
    for number, word in enumerate(
        "second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(),
        start=2,
    )
}
"""Not "first", which also means "before anything else"."""
_FRACTIONS: Final = {
    "half": 1 / 2,
    "a third": 1 / 3,
    "a quarter": 1 / 4,
    "a fifth": 1 / 5,
    "two thirds": 2 / 3,
    "three quarters": 3 / 4,
}
_FRACTION: Final = re.compile(
    r"\babout (two thirds|three quarters|half|a third|a quarter|a fifth)\b", re.IGNORECASE
)
_STARS: Final = re.compile(
    r"\b(half|one|two|three|four|five)( and a half)? stars?\b", re.IGNORECASE
)
_SPELT_NUMBER: Final = re.compile(rf"\b({'|'.join([*_SPELT, *_ORDINALS])})\b", re.IGNORECASE)
_NEAR: Final = 0.02
_GENRE_WORDS: Final = {
    "action": "Action",
    "adventure": "Adventure",
    "animated": "Animation",
    "children's": "Children",
    "comedy": "Comedy",
    "crime": "Crime",
    "documentary": "Documentary",
    "drama": "Drama",
    "fantasy": "Fantasy",
    "film noir": "Film-Noir",
    "horror": "Horror",
    "musical": "Musical",
    "mystery": "Mystery",
    "romance": "Romance",
    "romantic": "Romance",
    "science fiction": "Sci-Fi",
    "thriller": "Thriller",
    "war": "War",
    "western": "Western",
}


class Finding(NamedTuple):
    """Something in a text that the evidence it cites does not contain."""

    kind: FindingKind
    what: str
    claim: str


class _Known(NamedTuple):
    """Everything that the cited evidence contains."""

    strings: list[str]
    counts: set[float]
    ranks: set[float]
    shares: list[float]
    ratings: set[float]

    @property
    def text(self) -> str:
        return "\n".join(self.strings)


class Auditor:
    """Audits explanations of one catalogue."""

    def __init__(self, bundle: Bundle) -> None:
        """Learn the names that a text must not use without evidence."""
        self._titles: dict[str, list[str]] = {}
        for movie in bundle.movies:
            for title in (movie.title, *movie.alternate_titles):
                first = _WORD.search(title)
                if first is not None and not _DIGITS.fullmatch(title):  # "10" is a number first
                    self._titles.setdefault(first.group(), []).append(title)
        self._themes = [theme.label for theme in bundle.themes.values()]
        tags = {tagging.tag for movie in bundle.movies for tagging in movie.style_tags}
        tags |= {tag for note in bundle.film_notes.values() for tag in note.tags}
        # "Romantic comedy" is what the genres say.
        self._tags = sorted(tag for tag in tags if not set(tag.split("-")) <= _GENRE_WORDS.keys())

    def audit(self, explanation: Explanation) -> list[Finding]:
        """Everything in the texts of an explanation that is not in the evidence they cite."""
        by_id = {piece.id: piece for piece in explanation.evidence}
        return [
            finding
            for claim in all_claims(explanation)
            for finding in self._audit_claim(claim, by_id)
        ]

    def _audit_claim(self, claim: Claim, by_id: dict[str, Evidence]) -> Iterator[Finding]:
        for evidence_id in claim.evidence_ids:
            if evidence_id not in by_id:
                yield Finding("citation", evidence_id, claim.text)
        known = _known([by_id[i] for i in claim.evidence_ids if i in by_id])
        if not known.strings:
            return  # nothing is cited, as when there is no history: what follows would be noise
        text = _without(claim.text, known.strings)
        checks: tuple[tuple[FindingKind, Iterable[str]], ...] = (
            ("title", self._strange_titles(claim.text, known)),
            ("title", (f"{word} ({year})" for word, year in _DATED.findall(text))),
            ("name", _strange_names(text)),
            ("theme", (label for label in self._themes if label.casefold() in text.casefold())),
            ("tag", self._strange_tags(text)),
            ("genre", _strange_genres(text, known)),
            ("quotation", _QUOTED.findall(text)),
            ("number", _strange_numbers(text, known)),
        )
        for kind, found in checks:
            for what in found:
                yield Finding(kind, what, claim.text)

    def _strange_titles(self, text: str, known: _Known) -> Iterator[str]:
        said = known.text
        for word in _WORD.finditer(text):
            for title in self._titles.get(word.group(), ()):
                end = word.start() + len(title)
                is_whole = text[word.start() : end] == title and not text[end : end + 1].isalnum()
                # One word may begin a sentence and be no title: "Heat", "Her", "Once".
                is_name = " " in title or not _starts_sentence(text, word.start())
                if is_whole and is_name and title not in said:
                    yield title

    def _strange_tags(self, text: str) -> Iterator[str]:
        words = " " + " ".join(_WORD.findall(text.casefold().replace("-", " "))) + " "
        for tag in self._tags:
            if f" {tag.replace('-', ' ')} " in words:
                yield tag


class EvidenceAudit:
    """Share of claims in which the audit finds nothing that is not in their evidence."""

    name = "evidence_audit"
    threshold = 0.99

    def __init__(self, bundle: Bundle) -> None:
        """Learn the catalogue's names."""
        self._auditor = Auditor(bundle)

    def score(self, explanation: Explanation) -> Score:
        """Claims without a finding / all claims."""
        claims = all_claims(explanation)
        if not claims:
            return Score.unscored("the explanation makes no claim")
        findings = self._auditor.audit(explanation)
        wrong = {finding.claim for finding in findings}
        clean = sum(claim.text not in wrong for claim in claims)
        notes = [f"{finding.claim!r}: {finding.kind} {finding.what!r}" for finding in findings]
        return Score(clean / len(claims), " | ".join(notes))


def _known(cited: Sequence[Evidence]) -> _Known:
    known = _Known([], set(), set(), [], set())
    for piece in cited:
        known.strings.append(piece.text)
        _collect(piece.data.model_dump(mode="json"), "", known)
    named = [piece.data.share for piece in cited if piece.kind == "contribution"]
    known.shares.append(1.0 - sum(share for share in named if share > 0))  # "the remaining 67 %"
    known.counts.update(range(len(named) + 1))  # "two films pull as one"
    return known


def _collect(value: Any, name: str, known: _Known) -> None:
    """Sort everything in a piece of evidence by what it can be quoted as."""
    if name.endswith(("_id", "_ids")) or isinstance(value, bool) or value is None:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            _collect(item, key, known)
    elif isinstance(value, list):
        known.counts.add(len(value))
        for item in value:
            _collect(item, name, known)
    elif isinstance(value, str):
        known.strings.append(value)
    elif "share" in name:
        known.shares.append(abs(value))
    elif "rating" in name:
        known.ratings.add(value)
    elif "rank" in name or name == "position":
        known.ranks.add(value)
    else:
        known.counts.add(value)


def _without(text: str, strings: Iterable[str]) -> str:
    """The text with everything cut out that the evidence says in the same words."""
    names = {name for whole in strings for name in (whole, _YEAR_AT_END.sub("", whole))}
    names |= {name.replace("-", " ") for name in names}
    names |= {sentence for name in names for sentence in re.split(r"(?<=[.!?]) ", name)}
    for name in sorted((name for name in names if len(name) > 1), key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        text = re.sub(pattern, "\N{MIDDLE DOT}", text)
        text = re.sub(rf"(?<!\w){re.escape(name[0].upper() + name[1:])}(?!\w)", "·", text)
    return text.replace("“·”", "·")


def _starts_sentence(text: str, position: int) -> bool:
    return _SENTENCE_END.search(text[:position]) is not None


def _strange_names(text: str) -> Iterator[str]:
    """Capitalised words within a sentence: after the evidence's own are cut out, there are none."""
    for word in _WORD.finditer(text):
        if word.group()[0].isupper() and not _starts_sentence(text, word.start()):
            yield word.group()


def _strange_genres(text: str, known: _Known) -> Iterator[str]:
    said = known.text
    for word, genre in _GENRE_WORDS.items():
        if re.search(rf"\b{word}\b", text, re.IGNORECASE) and genre not in said:
            yield word


def _strange_numbers(text: str, known: _Known) -> Iterator[str]:
    for found in _FRACTION.finditer(text):
        if not any(abs(share - _FRACTIONS[found[1].lower()]) <= _NEAR for share in known.shares):
            yield found.group()
    text = _FRACTION.sub("", text)
    for found in _STARS.finditer(text):
        stars = {"half": 0.5, "one": 1.0}.get(found[1].lower()) or _SPELT[found[1].lower()]
        if stars + (0.5 if found[2] else 0.0) not in known.ratings:
            yield found.group()
    text = _STARS.sub("", text)
    for found in _DIGITS.finditer(text):
        if not _is_known(float(found[1].replace(",", "")), found[2], found[3], known):
            yield found.group()
    for found in _SPELT_NUMBER.finditer(text):
        word = found.group().lower()
        number = _SPELT.get(word) or _ORDINALS[word]
        if number not in (known.counts if word in _SPELT else known.ranks):
            yield word


def _is_known(number: float, ordinal: str, percent: str, known: _Known) -> bool:
    if percent:
        return any(abs(100 * share - number) <= 0.51 for share in known.shares)
    if ordinal:
        return number in known.ranks
    return number in known.counts | known.ranks | known.ratings
