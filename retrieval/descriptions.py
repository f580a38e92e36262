"""Finds films by what somebody remembers of them: what happened, who was in it, a mood, a decade.

It reads titles, genres, years, style tags and film notes, and nothing else: a film without a note
is only found by its style. So what it returns is a guess.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log, log10
from typing import Final, NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from retrieval.bundle import Bundle
from retrieval.domain.models import Movie, MovieId
from retrieval.domain.recommendation import Filters
from retrieval.domain.style import load_style_vocabulary

__all__ = ["DescriptionIndex", "DescriptionMatch"]

_SMALL: Final = frozenset(
    """a an the and or but of in on at to from by with without for about into over out up off as is
    are was were be been being do does did has have had he she it they them his her its
    their who whom whose which what where when why how this that these those there here then
    than so very really just some any one ones two all both no not i you me my your we us
    our can could would will should film films movie movies picture flick called name title
    know remember forgot guess think thing something someone somebody find looking saw seen
    watched watch please once get gets got getting goes going like kind sort s t m re ve
    d ll im ive dont cant whats thats its old new great good bad really set full lot around
    where""".split()
)
_FIELD_WEIGHTS: Final = {
    "people": 2.4,
    "tag": 2.2,
    "premise": 1.8,
    "remembered": 2.0,
    "title": 1.6,
    "genre": 1.6,
    "note": 1.0,
}
_PHRASE_BONUS: Final = 1.2
_SYNONYM: Final = 0.75
"""What a style counts that the description names by another word."""
_FURTHER: Final = 0.4
"""What a word counts in a second place of the same film."""
_FAME: Final = 0.6
"""Weight of a film's renown: people more often half remember a film that many have seen."""
_ALIKE: Final = (
    "tv television telly",
    "dad father daddy papa",
    "mum mom mother mummy",
    "kid child boy girl",
    "cop police policeman detective officer",
    "shrink psychologist psychiatrist therapist",
    "man guy dude bloke fella",
    "woman lady girl",
    "xmas christmas",
    "burglar thief robber crook",
    "murderer killer",
    "teenager teen youngster",
    "car automobile",
    "boat ship",
    "plane aircraft",
    "gang mob mafia gangster",
    "wedding marriage marry bride",
    "doctor physician",
    "wizard magician",
    "alien extraterrestrial",
    "spaceship spacecraft starship",
    "school college university",
    "programme program show",
    "jail prison",
    "lawyer attorney",
    "spy agent",
    "robot android",
    "ghost spirit",
    "cartoon animated",
    "jury juror",
)
"""Words of which people say one and a note another."""
_SUFFIXES: Final = (
    "fulness", "liness", "ically", "ingly", "ities", "ously", "ation", "like", "ness", "ment",
    "ings", "edly", "ians", "ists", "ing", "ies", "ian", "ist", "est", "ers", "ed", "es", "ly",
    "er", "or", "s", "y", "e",
)  # fmt: skip
_STEM: Final = 4
_SHORTEST_SLIP: Final = 5
_LONG: Final = 8
"""Letters from which a word may have two slips."""


class DescriptionMatch(NamedTuple):
    """A film that a description may mean."""

    movie_id: MovieId
    score: float
    """Comparable within one description only."""
    tags: tuple[str, ...]
    """Style tags of the film that the description names."""
    genres: tuple[str, ...]
    note_words: tuple[str, ...]
    """Words of the description that the film's note has, too."""
    people: tuple[str, ...]
    """Its director and actors whose names the description has."""


class _Hit(NamedTuple):
    field: str
    name: str
    """Tag, genre or person; empty for a word of a title, note or premise."""


class DescriptionIndex:
    """Words of a catalogue's films, weighted by how telling they are."""

    def __init__(self, bundle: Bundle) -> None:
        """Index the films of a bundle."""
        self._movies = {movie.movie_id: movie for movie in bundle.movies}
        self._hits: dict[str, dict[MovieId, set[_Hit]]] = defaultdict(lambda: defaultdict(set))
        for movie in bundle.movies:
            for stem, hit in _stems_of(movie):
                self._hits[stem][movie.movie_id].add(hit)
            note = bundle.film_notes.get(movie.movie_id)
            if note is not None:
                text = " ".join((note.note, note.visual_language, note.thematic_depth))
                for word in _words(text):
                    self._hits[_stem(word)][movie.movie_id].add(_Hit("note", ""))
                for word in _words(note.premise):
                    self._hits[_stem(word)][movie.movie_id].add(_Hit("premise", ""))
                for word in _words(note.remembered):
                    self._hits[_stem(word)][movie.movie_id].add(_Hit("remembered", ""))
                for person in note.people:
                    for word in _words(person):
                        self._hits[_stem(word)][movie.movie_id].add(_Hit("people", person))
        self._n_movies = len(bundle.movies)

    def find(
        self, description: str, *, filters: Filters | None = None, limit: int = 3
    ) -> list[DescriptionMatch]:
        """Films that fit a description, likeliest first; empty when none fits.

        Args:
            description: In the viewer's words.
            filters: Years and genres that the description names; a film that contradicts the
                years is out, other constraints only count for those that fit.
            limit: How many at most.
        """
        words = list(dict.fromkeys(map(self._spelt, _words(description))))
        said = {stem for word in words for stem in _meanings(word)}
        scores: dict[MovieId, float] = defaultdict(float)
        found: dict[MovieId, dict[_Hit, None]] = defaultdict(dict)
        for word in words:
            films = self._films_with(word)
            rarity = log(1.0 + self._n_movies / (1.0 + len(films)))
            literal = self._hits.get(_stem(word), {})
            for movie_id, hits in films.items():
                whole = {hit: _share_said(hit, said) for hit in hits}
                weights = sorted((_FIELD_WEIGHTS[h.field] * whole[h] for h in hits), reverse=True)
                told = 1.0 if movie_id in literal else _SYNONYM
                scores[movie_id] += told * rarity * (weights[0] + _FURTHER * sum(weights[1:]))
                found[movie_id] |= dict.fromkeys(hit for hit in hits if whole[hit] == 1.0)
                for hit in literal.get(movie_id, ()):
                    if hit.field == "note":
                        found[movie_id][_Hit("note", word)] = None
        wanted = filters or Filters()
        n_matched = self._n_matched(words)
        ranked = [
            (
                score * _covered(n_matched[movie_id], len(words)) + self._prior(movie_id, wanted),
                movie_id,
            )
            for movie_id, score in scores.items()
            if _fits_years(self._movies[movie_id], wanted)
        ]
        ranked.sort(key=lambda item: (-item[0], item[1]))
        return [_match(movie_id, score, found[movie_id]) for score, movie_id in ranked[:limit]]

    def _spelt(self, word: str) -> str:
        """A word that no film has, as the one that it is a slip of the finger away from."""
        if len(word) < _SHORTEST_SLIP or any(stem in self._hits for stem in _meanings(word)):
            return word
        stem = _stem(word)
        near = process.extractOne(
            stem,
            [known for known in self._hits if known[0] == stem[0]],
            scorer=OSA.distance,
            score_cutoff=1 + (len(stem) >= _LONG),
        )
        return near[0] if near is not None else word

    def _films_with(self, word: str) -> Mapping[MovieId, set[_Hit]]:
        """Films with a word, or with a style whose other spelling it is."""
        films: dict[MovieId, set[_Hit]] = defaultdict(set)
        for stem in _meanings(word):
            for movie_id, hits in self._hits.get(stem, {}).items():
                # Titles have words of their own: a guy is not "Dude, Where's My Car?".
                said = hits if stem == _stem(word) else {h for h in hits if h.field != "title"}
                if said:
                    films[movie_id] |= said
        return films

    def _n_matched(self, words: Iterable[str]) -> Counter[MovieId]:
        """How many words of a description each film has."""
        return Counter(movie_id for word in words for movie_id in self._films_with(word))

    def _prior(self, movie_id: MovieId, wanted: Filters) -> float:
        movie = self._movies[movie_id]
        tags = {tagging.tag for tagging in movie.style_tags}
        fitting = len(set(wanted.genres) & set(movie.genres)) + len(set(wanted.tags) & tags)
        missing = len(set(wanted.genres) - set(movie.genres))
        in_years = wanted.year_from is not None or wanted.year_to is not None
        renown = _FAME * log10(1.0 + movie.n_ratings) * 2.0
        return renown + _PHRASE_BONUS * fitting - 2.0 * missing + (0.5 if in_years else 0.0)


def _covered(n_matched: int, n_words: int) -> float:
    """A film that has most of a description is likelier than one that has a rare word of it."""
    return 0.5 + 0.5 * n_matched / max(1, n_words)


def _share_said(hit: _Hit, said: set[str]) -> float:
    """How much of a tag's name a description says: "black" is little of "black and white".

    People are called by one of their names.
    """
    if hit.field != "tag":
        return 1.0
    stems = [_stem(word) for word in _words(hit.name)]
    return sum(stem in said for stem in stems) / len(stems)


def _match(movie_id: MovieId, score: float, hits: Iterable[_Hit]) -> DescriptionMatch:
    def names(field: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(hit.name for hit in hits if hit.field == field and hit.name))

    return DescriptionMatch(
        movie_id,
        score,
        names("tag"),
        names("genre"),
        names("note"),
        names("people"),
    )


def _stems_of(movie: Movie) -> Iterable[tuple[str, _Hit]]:
    for title in (movie.title, *movie.alternate_titles):
        for word in _words(title):
            yield _stem(word), _Hit("title", "")
    for genre in movie.genres:
        for word in _words(genre):
            yield _stem(word), _Hit("genre", genre)
    for tagging in movie.style_tags:
        for word in _words(tagging.tag):
            yield _stem(word), _Hit("tag", tagging.tag)


def _meanings(word: str) -> set[str]:
    stem = _stem(word)
    return {stem, *_synonym_stems().get(stem, ()), *_alike_stems().get(stem, ())}


@lru_cache(maxsize=1)
def _alike_stems() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for group in _ALIKE:
        stems = {_stem(word) for word in group.split()}
        for stem in stems:
            found[stem] |= stems
    return dict(found)


@lru_cache(maxsize=1)
def _synonym_stems() -> dict[str, tuple[str, ...]]:
    """From a viewer's word to the words of the style tag that it means."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for tag in load_style_vocabulary().tags:
        for spelling in tag.matches:
            words = _words(spelling)
            if len(words) == 1:
                found[_stem(words[0])].update(_stem(word) for word in _words(tag.name))
    return {stem: tuple(stems) for stem, stems in found.items()}


def _fits_years(movie: Movie, wanted: Filters) -> bool:
    if movie.year is None:
        return wanted.year_from is None and wanted.year_to is None
    return (wanted.year_from or 0) <= movie.year <= (wanted.year_to or 9999)


def _words(text: str) -> list[str]:
    plain = text.casefold().replace("’", "'").replace("'s", "")
    return [word for word in re.findall(r"[^\W_]+", plain) if word not in _SMALL]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    """A word without its ending, so that dreams, dreaming and dreamlike agree."""
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _STEM - (suffix == "s"):
            rest = word[: -len(suffix)]
            if suffix in {"s", "es"}:
                return _stem(rest)
            is_doubled = rest[-1] == rest[-2] and rest[-1] not in "lsz"
            return rest[:-1] if is_doubled else rest
    return word
