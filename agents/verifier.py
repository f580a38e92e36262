"""Checks a claim against the evidence it cites. Pure code, shared by graph, chat and evals.

A claim passes when each of these holds; each failure is a `Problem` of the kind in brackets:

* it cites evidence, and all of it exists (``no_evidence``, ``unknown_evidence``);
* every film it names is in the cited evidence, with its year (``title``), and a film that "you
  rated" is in the cited history, with those stars (``history``, ``rating``);
* every other capitalised name is a word of the cited evidence (``name``);
* every theme, style tag and genre is cited (``theme``, ``tag``, ``genre``);
* every quantity is one of the cited ones, by its own kind, roundings allowed (``number``);
* strength words fit the cited shares (``strength``), directions fit the signs (``sign``,
  ``direction``), causes are causes (``cause``);
* there is no markup, address or talk to the machine in it (``foreign_content``).

Sentences of a film's reading that it quotes word for word are left out of account when it cites
that reading: they speak of the film, and were checked when they were written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from agents.cited_facts import CitedFacts, gather_facts
from agents.claim_checks import check_language
from agents.claim_language import FOREIGN_CONTENT, QUOTED
from agents.drift_checks import check_drift
from agents.mentions import FUNCTION_WORDS, Mention, TitleIndex, is_sentence_start, mask
from agents.number_checks import check_numbers
from agents.problems import Problem, ProblemKind
from agents.quantities import find_quantities
from agents.wording import fold, lower_case, name_key, split_name, tokenize
from retrieval.domain.evidence import Evidence, EvidenceId, NoteEvidence, PremiseEvidence
from retrieval.domain.models import Movie, MovieId, Theme

__all__ = ["ClaimVerifier", "Judgement", "Problem", "ProblemKind"]

_KNOWN_NAMES: Final = frozenset({"i", "movielens", "whylens", "tv", "ok", "im", "ive", "id", "ill"})
_GENRE_FORMS: Final[dict[str, tuple[str, ...]]] = {
    "Sci-Fi": ("sci fi", "science fiction", "scifi"),
    "Film-Noir": ("film noir", "films noirs", "film noirs"),
    "Comedy": ("comedy", "comedies"),
    "Mystery": ("mystery", "mysteries"),
    "Fantasy": ("fantasy", "fantasies"),
    "Documentary": ("documentary", "documentaries"),
    "Animation": ("animation", "animations"),
    "Children": ("children",),
    "(no genres listed)": (),
}
_GENRE_ADJECTIVES: Final = {"romantic": "Romance", "animated": "Animation", "comic": "Comedy"}
_DATE: Final = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_SENTENCE_BREAK: Final = re.compile(r"(?<=[.!?])\s+")
_EVERYDAY: Final = frozenset(
    {"short", "long", "quick", "light", "close", "first", "list", "film", "watch", "star", "time"}
)
"""One-word terms that a sentence needs for other things."""


class _Phrase(NamedTuple):
    kind: Literal["theme", "tag", "genre"]
    name: str
    forms: tuple[str, ...]


class Judgement(NamedTuple):
    """What a check found out about a claim."""

    problems: list[Problem]
    """Empty when the claim is supported."""
    movie_ids: tuple[MovieId, ...]
    """The cited movies that it names, in reading order."""


class ClaimVerifier:
    """Checks claims about one catalogue. Built once; `judge` has no state."""

    def __init__(
        self, movies: Sequence[Movie], themes: Iterable[Theme], vocabulary_terms: Iterable[str]
    ) -> None:
        """Learn the names that a claim must not use without evidence.

        Args:
            movies: The catalogue: titles and genres.
            themes: Their labels.
            vocabulary_terms: Style tags, such as ``slow-burn``.
        """
        names = [name for movie in movies for name in (movie.title, *movie.alternate_titles)]
        self._titles = TitleIndex(names)
        self._phrases = _phrases(movies, themes, vocabulary_terms)
        self._genre_forms = _genre_forms(movies)
        self._by_year: dict[int | None, list[Movie]] = {}
        for movie in movies:
            self._by_year.setdefault(movie.year, []).append(movie)
        self._movie_ids: dict[int | None, dict[str, MovieId]] = {}

    def verify(
        self,
        text: str,
        evidence_ids: Sequence[EvidenceId],
        evidence_by_id: Mapping[EvidenceId, Evidence],
        *,
        needs_evidence: bool = True,
    ) -> list[Problem]:
        """Problems of one claim; an empty list means that it is supported. See `judge`."""
        return self.judge(
            text, evidence_ids, evidence_by_id, needs_evidence=needs_evidence
        ).problems

    def judge(
        self,
        text: str,
        evidence_ids: Sequence[EvidenceId],
        evidence_by_id: Mapping[EvidenceId, Evidence],
        *,
        needs_evidence: bool = True,
    ) -> Judgement:
        """Check one claim against what it cites.

        Args:
            text: One or several sentences.
            evidence_ids: What the claim says it rests on.
            evidence_by_id: Everything that exists.
            needs_evidence: False for courtesies ("You are welcome."), which may cite nothing but
                still may not name films or numbers without evidence.
        """
        if not text.strip():
            return Judgement([Problem("empty", "the claim has no text")], ())
        problems = [
            Problem("unknown_evidence", f"there is no evidence '{evidence_id}'")
            for evidence_id in evidence_ids
            if evidence_id not in evidence_by_id
        ]
        cited = [evidence_by_id[i] for i in dict.fromkeys(evidence_ids) if i in evidence_by_id]
        if needs_evidence and not cited:
            problems.append(Problem("no_evidence", "the claim cites no evidence that exists"))
        facts = gather_facts(cited)
        text = _without_readings(text, cited)
        mentions, title_problems = self._check_titles(text, facts)
        masked = mask(text, [(mention.start, mention.end) for mention in mentions])
        if match := FOREIGN_CONTENT.search(lower_case(masked)):
            problems.append(
                Problem("foreign_content", f"'{match.group()}' has no place in a claim")
            )
        masked, phrase_problems = self._check_phrases(masked, facts)
        problems += title_problems + phrase_problems
        problems += _check_names(masked, facts)
        problems += check_numbers(masked, mentions, facts)
        problems += check_drift(text, facts)
        problems += check_language(text, masked, mentions, facts, self._names_style)
        return Judgement(list(dict.fromkeys(problems)), self._named(mentions, facts))

    def mentioned_movies(
        self, text: str, evidence_ids: Sequence[EvidenceId],
        evidence_by_id: Mapping[EvidenceId, Evidence],
    ) -> tuple[MovieId, ...]:  # fmt: skip
        """Ids of the cited movies that a text names, in reading order."""
        cited = [evidence_by_id[i] for i in evidence_ids if i in evidence_by_id]
        facts = gather_facts(cited)
        return self._named(self._check_titles(text, facts)[0], facts)

    def _named(self, mentions: Iterable[Mention], facts: CitedFacts) -> tuple[MovieId, ...]:
        found: dict[MovieId, None] = {}
        for mention in mentions:
            years = facts.names.get(mention.key, set())
            wanted: list[int | None] = [mention.year] if mention.year else [*sorted(years), None]
            for year in wanted:
                movie_id = self._movie_ids_of(year).get(mention.key)
                if movie_id is not None:
                    found[movie_id] = None
        return tuple(found)

    def _movie_ids_of(self, year: int | None) -> Mapping[str, MovieId]:
        """Movies of a year by `name_key`; texts name few years, the catalogue has a hundred."""
        known = self._movie_ids.get(year)
        if known is None and year in self._by_year:
            known = {}
            for movie in self._by_year[year]:
                for title in (movie.title, *movie.alternate_titles):
                    known.setdefault(name_key(title), movie.movie_id)
            self._movie_ids[year] = known
        return known or {}

    def _check_titles(self, text: str, facts: CitedFacts) -> tuple[list[Mention], list[Problem]]:
        problems: list[Problem] = []
        mentions = _verbatim(text, facts)
        blank = mask(text, [(mention.start, mention.end) for mention in mentions])
        mentions += _quoted(blank, facts)
        # "2026-11-14" does not name 11:14.
        dates = [match.span() for match in _DATE.finditer(text)]
        blank = mask(text, [*dates, *((mention.start, mention.end) for mention in mentions)])
        mentions += self._titles.find(blank, plain_words=_plain_words(facts), cited=facts.names)
        for mention in mentions:
            years = facts.names.get(mention.key)
            if years is None:
                if not (mention.quoted and facts.says(mention.text)):
                    problems.append(
                        Problem("title", f"'{mention.text}' is not in the cited evidence")
                    )
            elif mention.year is not None and mention.year not in years:
                problems.append(
                    Problem("title", f"the evidence has no '{mention.text}' of that year")
                )
        return sorted(mentions, key=lambda mention: mention.start), problems

    def _check_phrases(self, masked: str, facts: CitedFacts) -> tuple[str, list[Problem]]:
        """Themes, tags and genres, longest first, each blanked out once it was judged."""
        words = tokenize(masked)
        folded = [fold(word.text) for word in words]
        taken = [False] * len(words)
        spans: list[tuple[int, int]] = []
        problems: list[Problem] = []
        for start in range(len(words)):
            for phrase, wanted in self._phrases.get(folded[start], ()):
                size = len(wanted)
                if taken[start] or folded[start : start + size] != wanted:
                    continue
                taken[start : start + size] = [True] * size
                spans.append((words[start].start, words[start + size - 1].end))
                if not (any(map(facts.says, phrase.forms)) or self._is_genre_mix(wanted, facts)):
                    problems.append(
                        Problem(phrase.kind, f"'{phrase.name}' is not in the cited evidence")
                    )
                break
        return mask(masked, spans), problems

    def _is_genre_mix(self, words: Iterable[str], facts: CitedFacts) -> bool:
        """Whether a tag such as ``romantic comedy`` only puts cited genres together."""
        genres = [self._genre_forms.get(word) for word in words]
        return all(forms is not None and any(map(facts.says, forms)) for forms in genres)

    def _names_style(self, text: str) -> bool:
        """Whether a text names a style tag or genre."""
        words = fold(text).split()
        return any(
            words[start : start + len(wanted)] == wanted
            for start, word in enumerate(words)
            for _, wanted in self._phrases.get(word, ())
        )


def _without_readings(text: str, cited: Iterable[Evidence]) -> str:
    """The text without what it quotes of a cited reading, which claims nothing of the viewer."""
    for piece in cited:
        if isinstance(piece, NoteEvidence | PremiseEvidence):
            said = piece.data.note if isinstance(piece, NoteEvidence) else piece.text
            for sentence in _SENTENCE_BREAK.split(said):
                text = text.replace(sentence, "").replace(sentence[:1].upper() + sentence[1:], "")
    return text


def _phrases(
    movies: Sequence[Movie], themes: Iterable[Theme], terms: Iterable[str]
) -> dict[str, list[tuple[_Phrase, list[str]]]]:
    """Phrases to look for with the words of one form, by its first word, longest first."""
    phrases = [_Phrase("theme", theme.label, (fold(theme.label),)) for theme in themes]
    phrases = [phrase for phrase in phrases if len(phrase.forms[0].split()) > 1]
    phrases += [
        _Phrase("tag", term, (fold(term),))
        for term in sorted(set(terms))
        if fold(term) not in _EVERYDAY
    ]
    for genre in sorted({genre for movie in movies for genre in movie.genres}):
        phrases.append(_Phrase("genre", genre, _forms_of(genre)))
    index: dict[str, list[tuple[_Phrase, list[str]]]] = {}
    for phrase in phrases:
        for form in phrase.forms:
            if words := form.split():
                index.setdefault(words[0], []).append((phrase, words))
    for entries in index.values():
        entries.sort(key=lambda entry: -len(entry[1]))
    return index


def _verbatim(text: str, facts: CitedFacts) -> list[Mention]:
    """Names written exactly as the evidence has them, longest first, year included."""
    found: list[Mention] = []
    blank = text
    for name in sorted(facts.full_names, key=len, reverse=True):
        title, year = split_name(name)
        start = blank.find(name)
        while start >= 0:
            end = start + len(name)
            found.append(Mention(name, name_key(title), year, start, end))
            blank = mask(blank, [(start, end)])
            start = blank.find(name, end)
    return found


def _forms_of(genre: str) -> tuple[str, ...]:
    return _GENRE_FORMS.get(genre, (fold(genre), fold(genre) + "s"))


def _genre_forms(movies: Sequence[Movie]) -> dict[str, tuple[str, ...]]:
    """Forms of a genre by each word that may stand for it, adjectives included."""
    genres = {genre for movie in movies for genre in movie.genres}
    forms = {form: _forms_of(genre) for genre in genres for form in _forms_of(genre)}
    adjectives = {word: _forms_of(genre) for word, genre in _GENRE_ADJECTIVES.items()}
    return forms | adjectives


def _quoted(text: str, facts: CitedFacts) -> list[Mention]:
    """Quoted spans: titles, unless the evidence has the words as something else."""
    found = []
    for match in QUOTED.finditer(text):
        inner = (match.group(1) or match.group(2)).strip(" ,.;:")
        title, year = split_name(inner)
        key = name_key(title)
        after = re.match(r"\s*\((\d{4})\)", text[match.end() :])
        end = match.end() + (after.end() if after else 0)
        year = year or (int(after.group(1)) if after else None)
        if key in facts.names or not facts.says(inner):
            found.append(Mention(inner, key, year, match.start(), end, quoted=True))
    return found


def _plain_words(facts: CitedFacts) -> set[str]:
    """Words of the evidence that are not there as a film's name."""
    return {word for word in facts.words if word not in facts.names}


def _check_names(masked: str, facts: CitedFacts) -> list[Problem]:
    problems = []
    dates = [(q.start, q.end) for q in find_quantities(masked) if q.kind in {"date", "decade"}]
    for word in tokenize(mask(masked, dates)):
        if not word.text[0].isupper():
            continue
        folded = fold(word.text)
        if folded in _KNOWN_NAMES or folded in facts.words:
            continue
        if folded in FUNCTION_WORDS or is_sentence_start(masked, word.start):
            continue
        problems.append(Problem("name", f"'{word.text}' is no name of the cited evidence"))
    return problems
