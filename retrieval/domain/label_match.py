"""How well labels say which films are inside: films are matched to themes by text alone.

A label and its summary are read for the traits they name (genres, stretches of years, style
tags). A film goes to the theme under whose text its traits are likeliest:

``score(film, theme) = sum over named traits of log P(has or lacks it | named) / P(... | any film)``

A named trait is taken to hold for a fixed part of the films inside, the same for every theme and
text (`_HOLDS`), since "crime dramas" does not promise that every film is one. What nobody noted of
a film (its style, its year) counts neither way. Nothing else of the theme is looked at: no vector,
no member list, no size.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.style import fold_tag, load_style_vocabulary
from retrieval.domain.tag_words import after_noun, before_noun
from retrieval.domain.theme_words import ERAS, genre_words

__all__ = ["WEAK_BELOW", "FilmTraits", "LabelQuality", "measure_labels", "named_traits"]

WEAK_BELOW: Final = 4.0
"""A label that finds fewer of its films than this many times chance is marked weak."""
_ENOUGH: Final = 10
"""Fewer held-out films than this call no label weak."""

_GENRES: Final = (
    "Action Adventure Animation Children Comedy Crime Documentary Drama Fantasy Film-Noir Horror"
    " Musical Mystery Romance Sci-Fi Thriller War Western"
).split()
_YEARS: Final = re.compile(r"\b((?:18|19|20)\d\d)\b(?: and | to |\W)\b((?:18|19|20)\d\d)\b")

_HOLDS: Final = {"genre": 0.7, "years": 0.7, "tag": 0.25}
"""Share of a theme's films that have a trait of a kind when the text names it."""

Trait = tuple[str, ...]
"""``("genre", "Crime")``, ``("tag", "heist")`` or ``("years", "1990", "1999")``."""


class FilmTraits(NamedTuple):
    """What a film can be recognised by."""

    genres: Sequence[str]
    year: int | None
    tags: Sequence[str]
    """Names in the style vocabulary."""

    def has(self, trait: Trait) -> bool | None:
        """Whether a trait that a text names is the film's; None where nobody noted it."""
        match trait[0]:
            case "genre":
                return trait[1] in self.genres
            case "tag":
                return trait[1] in self.tags if self.tags else None
            case _:
                first, last = int(trait[1]), int(trait[2])
                return None if self.year is None else first <= self.year <= last


class LabelQuality(NamedTuple):
    """How many of a theme's held-out films its text finds among all themes."""

    matched: float
    """A film that fits several themes equally well counts in equal parts for each."""
    held_out: int
    chance: float
    """Share that guessing would match: one over the number of themes."""

    @property
    def share(self) -> float | None:
        """``matched / held_out``, in [0, 1]; None without films."""
        return self.matched / self.held_out if self.held_out else None

    @property
    def is_weak(self) -> bool:
        """Whether it finds too few; what a handful of films cannot show is not called weak."""
        return self.held_out >= _ENOUGH and self.matched < WEAK_BELOW * self.chance * self.held_out


def measure_labels(
    texts: Mapping[int, str], films: Sequence[tuple[int, FilmTraits]]
) -> dict[int, LabelQuality]:
    """Match films to themes by text and count the right ones.

    Args:
        texts: Label and summary of every theme, by theme id.
        films: Held-out films, each with the id of the theme it belongs to.

    Returns:
        Quality by theme id.
    """
    theme_ids = sorted(texts)
    chance = 1.0 / max(len(theme_ids), 1)
    named = [named_traits(texts[theme_id]) for theme_id in theme_ids]
    traits = sorted(frozenset().union(*named))
    if not films:
        return {theme_id: LabelQuality(0.0, 0, chance) for theme_id in theme_ids}
    evidence = np.zeros((len(films), len(traits)))
    for j, trait in enumerate(traits):
        evidence[:, j] = _evidence(trait, [film for _, film in films])
    scores = np.column_stack([_score(one, traits, evidence) for one in named])
    fits = scores >= scores.max(axis=1, keepdims=True) - 1e-12
    credit = fits / fits.sum(axis=1, keepdims=True)
    position = {theme_id: j for j, theme_id in enumerate(theme_ids)}
    matched, held_out = np.zeros(len(theme_ids)), np.zeros(len(theme_ids), dtype=int)
    for row, (theme_id, _) in enumerate(films):
        matched[position[theme_id]] += credit[row, position[theme_id]]
        held_out[position[theme_id]] += 1
    return {
        theme_id: LabelQuality(float(matched[j]), int(held_out[j]), chance)
        for j, theme_id in enumerate(theme_ids)
    }


def _evidence(trait: Trait, films: Sequence[FilmTraits]) -> NDArray[np.float64]:
    """Log-likelihood ratio of each film under a text that names the trait."""
    has = [film.has(trait) for film in films]
    known = [answer for answer in has if answer is not None]
    base = (sum(known) + 1) / (len(known) + 2)
    holds = max(_HOLDS[trait[0]], base)
    for_it, against = np.log(holds / base), np.log((1.0 - holds) / (1.0 - base))
    return np.array([0.0 if a is None else (for_it if a else against) for a in has])


def _score(
    named: frozenset[Trait], traits: Sequence[Trait], evidence: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Evidence of a text's traits, added up; of stretches of years, which overlap, the mean."""
    years = [j for j, trait in enumerate(traits) if trait in named and trait[0] == "years"]
    others = [j for j, trait in enumerate(traits) if trait in named and trait[0] != "years"]
    total: NDArray[np.float64] = evidence[:, others].sum(axis=1)
    return total + evidence[:, years].mean(axis=1) if years else total


def named_traits(text: str) -> frozenset[Trait]:
    """Traits that a text names; of phrases that overlap the longest counts."""
    found: set[Trait] = {("years", first, last) for first, last in _YEARS.findall(text)}
    folded = f" {fold_tag(text)} "
    for phrase, traits in _phrases():
        if f" {phrase} " in folded:
            found.update(traits)
            folded = folded.replace(f" {phrase} ", " | ")
    return frozenset(found)


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[str, tuple[Trait, ...]], ...]:
    """Every phrase that names traits, longest first."""
    phrases: dict[str, list[Trait]] = {}

    def add(text: str | None, trait: Trait) -> None:
        if text:
            phrases.setdefault(fold_tag(text), []).append(trait)

    for genre in _GENRES:
        for word in genre_words(genre):
            add(word, ("genre", genre))
    for era in ERAS:
        add(era.name, ("years", str(era.first), str(era.last)))
        if era.last - era.first == 9:
            add(f"{era.first}s", ("years", str(era.first), str(era.last)))
    genre_phrases = set(phrases)
    for tag in load_style_vocabulary().tags:
        named = {tag.phrase, before_noun(tag.name), after_noun(tag.name), *tag.matches}
        for text in sorted(filter(None, named)):
            if fold_tag(text) not in genre_phrases:
                add(text, ("tag", tag.name))
    ordered = sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
    return tuple((phrase, tuple(dict.fromkeys(phrases[phrase]))) for phrase in ordered)
