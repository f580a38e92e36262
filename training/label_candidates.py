"""Ways to name a theme: ``[years] [style] genres [style]``, each word with a measured reason.

A trait gets into a label when enough of the films have it, when it sets them apart from the
catalogue beyond chance, and when it is not said already.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from retrieval.domain.style import load_style_vocabulary
from retrieval.domain.tag_words import GENRE_SAID_BY, after_noun, before_noun, film_kind
from retrieval.domain.theme_words import attributive, nouns
from training.catalogue import Catalogue
from training.theme_traits import GenrePair, ThemeTraits, Trait

__all__ = ["Candidate", "label_after_a_film", "label_candidates"]

_MAX_WORDS: Final = 6
_EASY_WORDS: Final = 4
"""Longer labels are worth less with each word."""
_STEM: Final = 6
_MIN_ERA_SHARE: Final = 0.7
_LEAST_ERA_SHARE: Final = 0.65
"""Years are checked by every reader: one film in three outside them reads as a mistake."""
_MIN_PAIR_SHARE: Final = 0.35
_MIN_GENRE_SHARE: Final = 0.45
_MIN_TAG_SHARE: Final = {
    "visual-language": 0.5,
    "structure-pacing": 0.4,
    "tone": 0.45,
    "themes": 0.3,
    "characters": 0.35,
    "mode-setting": 0.25,
    "based-on-true-story": 0.33,
    "sequel-saga": 0.33,
    "anime": 0.5,
}
"""Share of a theme's tagged films that must carry a tag (by facet, or this tag) to be in a label.
Moods need more than subjects: a wrong one misleads. A note names four to seven tags, so a film may
well have what its note leaves out."""
_MIN_PHRASE_SHARE: Final = 0.4
_MIN_KIND_SHARE: Final = 0.5
_MIN_OTHER_KIND_SHARE: Final = 0.4
_MIN_Z: Final = 2.0
"""Of the log-odds: a trait must set the films apart beyond chance."""
_SEEN_BY_MANY: Final = 2.0
_LIKED_BY_MANY: Final = 0.2
_REPEATED: Final = {"noun": 0.12, "era": 0.05, "tag": 0.25, "mood": 0.25, "standing": 0.05}
"""What a label loses for each earlier label with the same word."""


class Word(NamedTuple):
    """A word or phrase of a label, of a kind in ``_REPEATED``, and how much it says."""

    kind: str
    text: str
    value: float


class Candidate(NamedTuple):
    """A way to name a theme."""

    label: str
    words: tuple[Word, ...]

    @property
    def is_readable(self) -> bool:
        """Whether it is short and no two words share a stem, as in "animated animation"."""
        stems = [word[:_STEM] for word in re.findall(r"[a-z]{4,}", self.label.lower())]
        return len(self.label.split()) <= _MAX_WORDS and len(set(stems)) == len(stems)

    def value(self, used: Counter[str]) -> float:
        """Worth of the label, given the words of the labels before it; short ones read best."""
        total = sum(word.value - _REPEATED[word.kind] * used[word.text] for word in self.words)
        return total - 0.15 * max(0, len(self.label.split()) - _EASY_WORDS)


def label_candidates(theme: ThemeTraits, demand: float) -> Iterator[Candidate]:
    """Every way to name a theme that its traits allow, readable or not.

    Args:
        theme: Its traits.
        demand: Factor on the shares that a word needs, in (0, 1].
    """
    eras, standing = _eras(theme, demand), _standing(theme)
    for pair, noun in _noun_words(theme):
        before, after = _tag_words(theme, pair, demand)
        if noun.kind == "standing" or " and other " in noun.text:
            before = after = standing = []
        fronts: list[tuple[Word, ...]] = [(word,) for word in (*eras, *before, *standing)]
        fronts += [_in_order(era, word) for era in eras for word in (*before, *standing)]
        for front in fronts:
            yield _compose(front, noun, None)
            for back in after:
                yield _compose(front, noun, back)
        for back in after:
            yield _compose((), noun, back)
        if noun.kind == "standing" or " and other " in noun.text:
            yield _compose((), noun, None)


def _in_order(era: Word, other: Word) -> tuple[Word, Word]:
    """Opinions stand before the years, kinds after: ``raunchy nineties``, ``nineties gangster``."""
    return (other, era) if other.kind in {"mood", "standing"} else (era, other)


def _compose(front: Sequence[Word], noun: Word, back: Word | None) -> Candidate:
    words = (*front, noun, *((back,) if back else ()))
    text = " ".join([words[0].text, *(_inside(word) for word in words[1:])])
    return Candidate(text[:1].upper() + text[1:], words)


def _inside(word: Word) -> str:
    """The word as it reads inside a label, where the years have no capital."""
    return word.text.lower() if word.kind == "era" else word.text


def _noun_words(theme: ThemeTraits) -> Iterator[tuple[GenrePair, Word]]:
    """The genres, alone or in pairs, that most of the films have; the likeliest if none has."""
    share = {trait.name: trait.share for trait in theme.genres}
    named = [(pair, trait) for pair, trait in theme.pairs if nouns(pair)]
    telling = [(pair, t) for pair, t in named if _is_shared(pair, t, share)]
    if not telling:
        telling = sorted(named, key=lambda item: (-item[1].share, item[0]))[:3]
    for pair, trait in telling:
        value = trait.surprise + 0.6 * trait.share + (0.2 if len(pair) == 2 else 0.0)
        plural = str(nouns(pair))
        yield pair, Word("noun", plural, value)
        if theme.likes >= _SEEN_BY_MANY:
            kind = "favourites" if theme.mean_rating >= _LIKED_BY_MANY else "hits"
            yield pair, Word("standing", f"{attributive(plural)} {kind}", value + 0.8)
        yield from _kind_words(theme, pair, plural, value)


def _is_shared(pair: GenrePair, trait: Trait, share: Mapping[str, float]) -> bool:
    if len(pair) == 1:
        return trait.share >= _MIN_GENRE_SHARE
    both_common = min(share.get(genre, 0.0) for genre in pair) >= _MIN_GENRE_SHARE
    return trait.share >= (0.25 if both_common else _MIN_PAIR_SHARE)


def _kind_words(
    theme: ThemeTraits, pair: GenrePair, plural: str, value: float
) -> Iterator[tuple[GenrePair, Word]]:
    """Kinds of film that have a name of their own: ``superhero films``, ``anime``.

    Where fewer films are of the kind, the genre goes with it: ``teen and other comedies``.
    """
    for trait in theme.tags:
        kind, genres = film_kind(trait.name), GENRE_SAID_BY.get(trait.name, ())
        if kind is None or trait.z < _MIN_Z or not set(pair) <= set(genres):
            continue
        if trait.share >= _MIN_TAG_SHARE.get(trait.name, _MIN_KIND_SHARE):
            yield (*genres, trait.name), Word("noun", kind, value + trait.surprise)
        elif trait.share >= _MIN_OTHER_KIND_SHARE:
            text = f"{kind.removesuffix(' films')} and other {plural}"
            yield (*genres, trait.name), Word("noun", text, value + 0.5 * trait.surprise)


def _standing(theme: ThemeTraits) -> list[Word]:
    """What viewers make of films that not everybody has seen."""
    if theme.mean_rating >= _LIKED_BY_MANY and theme.likes < _SEEN_BY_MANY:
        return [Word("standing", "highly rated", 0.2)]
    return []


def _eras(theme: ThemeTraits, demand: float) -> list[Word]:
    named = [
        Word("era", trait.name, 0.5 * trait.surprise + 0.55 * trait.share)
        for trait in theme.eras
        if trait.share >= max(_LEAST_ERA_SHARE, demand * _MIN_ERA_SHARE) and trait.z >= _MIN_Z
    ]
    return named or ([Word("era", "Mixed-era", 0.0)] if demand < 1.0 else [])


def _tag_words(theme: ThemeTraits, pair: GenrePair, demand: float) -> tuple[list[Word], list[Word]]:
    """Style tags as words before and as phrases after the noun."""
    share = {trait.name: trait.share for trait in theme.genres}
    said = set(pair) | {genre for genre, of in share.items() if of >= _MIN_GENRE_SHARE}
    before, after = [], []
    for trait in theme.tags:
        is_said = trait.name in pair or set(GENRE_SAID_BY.get(trait.name, ())) & said
        is_minor_kind = film_kind(trait.name) and trait.share < _MIN_KIND_SHARE
        if is_said or is_minor_kind or not _may_be_said(trait, demand):
            continue
        adjective, phrase = before_noun(trait.name), after_noun(trait.name)
        if adjective:
            before.append(Word(_tag_kind(trait.name), adjective, 0.1 + trait.surprise))
        elif phrase and trait.share >= _MIN_TAG_SHARE.get(trait.name, demand * _MIN_PHRASE_SHARE):
            after.append(Word("tag", phrase, 0.1 + 0.6 * trait.surprise))
    return before, after


def _tag_kind(name: str) -> str:
    tag = load_style_vocabulary().get(name)
    return "mood" if tag is not None and tag.facet == "tone" else "tag"


def _may_be_said(trait: Trait, demand: float) -> bool:
    tag = load_style_vocabulary().get(trait.name)
    if tag is None or trait.z < _MIN_Z:
        return False
    least = _MIN_TAG_SHARE.get(tag.name, _MIN_TAG_SHARE[tag.facet])
    return trait.share >= (least if tag.facet == "tone" else demand * least)


def label_after_a_film(theme: ThemeTraits, catalogue: Catalogue, taken: set[str]) -> Candidate:
    """Name the theme after one of its films, which no other theme holds."""
    noun = next((word for _, word in _noun_words(theme)), Word("noun", "films", 0.0))
    for row in theme.exemplars:
        movie = catalogue.movies[row].parsed
        for name in (movie.title, f"{movie.title} ({movie.year})"):
            candidate = _compose((), noun, Word("tag", f"like {name}", 0.0))
            if candidate.label.lower() not in taken:
                return candidate
    return _compose((), noun, Word("tag", f"of theme {theme.theme_id}", 0.0))
