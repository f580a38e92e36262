"""Naming themes without a language model: unique labels that read like a cinema's programme.

Every word of a label rests on a measured trait: genres and style tags by lift over the
catalogue, the years most of the films come from, how well and how widely they are liked.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from training.catalogue import Catalogue
from training.label_words import era_name, leaning, nouns
from training.tag_phrases import after_noun, before_noun
from training.theme_traits import ThemeTraits, Trait

__all__ = ["ThemeCard", "label_themes"]

_MAX_LENGTH = 48
_STEM = 6
_MIN_PAIR_SHARE = 0.15
_MIN_TAG_SHARE = 0.2
_REPEATED = {"noun": 0.35, "leaning": 0.40, "quality": 0.30, "era": 0.05, "tag": 0.40}
"""What a label loses for each earlier label with the same word."""


class ThemeCard(NamedTuple):
    """A theme as people see it."""

    theme_id: int
    label: str
    summary: str
    size: int
    exemplar_movie_ids: list[int]
    genres: list[Trait]
    decades: list[Trait]
    tags: list[Trait]

    def as_json(self) -> dict[str, Any]:
        """The card as ``themes.json`` has it."""
        return {
            "theme_id": self.theme_id,
            "label": self.label,
            "summary": self.summary,
            "size": self.size,
            "exemplar_movie_ids": self.exemplar_movie_ids,
            "genres": [{"genre": t.name, "lift": round(t.lift, 2)} for t in self.genres],
            "decades": [{"decade": t.name, "lift": round(t.lift, 2)} for t in self.decades],
            "tags": [{"tag": t.name, "lift": round(t.lift, 2)} for t in self.tags],
        }


class _Word(NamedTuple):
    """A word or phrase of a label, of a kind in ``_REPEATED``, and how much it says."""

    kind: str
    text: str
    value: float


class _Candidate(NamedTuple):
    label: str
    words: tuple[_Word, ...]

    def value(self, used: Counter[str]) -> float:
        """Worth of the label, given the words of the labels before it."""
        total = sum(word.value - _REPEATED[word.kind] * used[word.text] for word in self.words)
        return total - 0.05 * max(0, len(self.label) - _MAX_LENGTH)


def label_themes(traits: Sequence[ThemeTraits], catalogue: Catalogue) -> list[ThemeCard]:
    """Give every theme a unique label and a summary.

    Themes choose in order, the most liked first; a word that earlier labels used is worth less.
    A label has two or more parts, so it is never a bare genre.
    """
    used: Counter[str] = Counter()
    taken: set[str] = set()
    cards = []
    for theme in traits:
        candidates = [
            c
            for c in _candidates(theme)
            if c.label.lower() not in taken and not _repeats_itself(c.label)
        ]
        if candidates:
            best = max(candidates, key=lambda c: (round(c.value(used), 9), c.label))
        else:
            best = _last_resort(theme, catalogue, taken)
        taken.add(best.label.lower())
        used.update(word.text for word in best.words)
        cards.append(_card(theme, best.label, catalogue))
    return cards


def _repeats_itself(label: str) -> bool:
    """Whether two words of a label share their stem: ``animated animation``."""
    stems = [word[:_STEM] for word in re.findall(r"[a-z]{4,}", label.lower())]
    return len(set(stems)) < len(stems)


def _candidates(theme: ThemeTraits) -> Iterator[_Candidate]:
    era, qualities = _era(theme), _qualities(theme)
    adjectives, subjects = _tag_words(theme)
    for pair, noun in _noun_words(theme):
        leanings = _leanings(theme, pair)
        fronts: list[tuple[_Word, ...]] = [(word,) for word in (*qualities, *adjectives)]
        if era is not None:
            fronts = [(era,), *fronts, *((era, word) for word in (*qualities, *adjectives))]
        for front in fronts:
            yield _compose(front, noun, None)
            for back in (*leanings, *subjects):
                if len(front) < 2 or back.kind == "tag":
                    yield _compose(front, noun, back)
        for back in (*leanings, *subjects):
            yield _compose((), noun, back)


def _compose(front: Sequence[_Word], noun: _Word, back: _Word | None) -> _Candidate:
    words = (*front, noun, *((back,) if back else ()))
    text = " ".join(word.text for word in words)
    return _Candidate(text[:1].upper() + text[1:], words)


def _noun_words(theme: ThemeTraits) -> Iterator[tuple[tuple[str, ...], _Word]]:
    """The telling genres and pairs of genres; every one when none stands out."""
    telling = [
        (pair, trait)
        for pair, trait in theme.pairs
        if trait.share >= _MIN_PAIR_SHARE and trait.lift > 1.05
    ]
    ranked = sorted(telling or theme.pairs, key=lambda item: (-item[1].surprise, item[0]))
    for pair, trait in ranked[:5]:
        bonus = 0.4 if len(pair) == 2 else 0.0
        for place, text in enumerate(nouns(pair)):
            yield pair, _Word("noun", text, 2.0 * trait.surprise + bonus - 0.05 * place)


def _leanings(theme: ThemeTraits, pair: tuple[str, ...]) -> list[_Word]:
    found = []
    for trait in theme.genres:
        phrase = leaning(trait.name)
        if phrase and trait.name not in pair and trait.share >= 0.2 and trait.lift >= 1.2:
            found.append(_Word("leaning", phrase, 0.5 * trait.surprise))
    return found[:3]


def _era(theme: ThemeTraits) -> _Word | None:
    name = era_name(theme.years)
    return _Word("era", name, 0.35) if name else None


def _qualities(theme: ThemeTraits) -> list[_Word]:
    """How the theme's films stand with viewers, where that stands out."""
    found = []
    if theme.mean_rating >= 0.25:
        found.append(_Word("quality", "best-loved", 0.6 * theme.mean_rating))
    if theme.mean_rating <= -0.3:
        found.append(_Word("quality", "guilty-pleasure", -0.6 * theme.mean_rating))
    if theme.likes >= 2.5:
        found.append(_Word("quality", "crowd-pleasing", 0.2))
    if theme.likes <= 0.7:
        found.append(_Word("quality", "lesser-seen", 0.1))
    return found


def _tag_words(theme: ThemeTraits) -> tuple[list[_Word], list[_Word]]:
    """Style tags as adjectives before and as phrases after the noun."""
    before, after = [], []
    for trait in theme.tags:
        if trait.share < _MIN_TAG_SHARE or trait.lift < 1.5:
            continue
        adjective, phrase = before_noun(trait.name), after_noun(trait.name)
        value = 0.3 + 2.0 * trait.surprise
        if adjective:
            before.append(_Word("tag", adjective, value))
        if phrase:
            after.append(_Word("tag", phrase, value))
    return before[:3], after[:3]


def _last_resort(theme: ThemeTraits, catalogue: Catalogue, taken: set[str]) -> _Candidate:
    """Name the theme after one of its films, which no other theme holds."""
    noun = next((word for _, word in _noun_words(theme)), _Word("noun", "films", 0.0))
    for row in theme.exemplars:
        movie = catalogue.movies[row].parsed
        for name in (movie.title, f"{movie.title} ({movie.year})"):
            candidate = _compose((), noun, _Word("leaning", f"in the vein of {name}", 0.0))
            if candidate.label.lower() not in taken:
                return candidate
    return _compose((), noun, _Word("leaning", f"beyond theme {theme.theme_id}", 0.0))


def _card(theme: ThemeTraits, label: str, catalogue: Catalogue) -> ThemeCard:
    return ThemeCard(
        theme_id=theme.theme_id,
        label=label,
        summary=_summary(theme, catalogue),
        size=theme.size,
        exemplar_movie_ids=[int(catalogue.ids[row]) for row in theme.exemplars],
        genres=theme.genres,
        decades=theme.decades,
        tags=theme.tags,
    )


def _summary(theme: ThemeTraits, catalogue: Catalogue) -> str:
    titles = [catalogue.movies[row].parsed.title for row in theme.exemplars[:3]]
    sentence = f"Films that the same viewers like: {_listing(titles)}"
    genres = [t.name.lower() for t in theme.genres if t.lift >= 1.2 and t.share >= 0.2][:2]
    if genres:
        sentence += f", with more {_listing(genres)} than elsewhere"
    if len(theme.years) >= 4:
        low, high = (theme.years[int(len(theme.years) * share)] for share in (0.25, 0.75))
        span = f"in {low}" if low == high else f"between {low} and {high}"
        sentence += f", about half of them made {span}"
    return sentence + "."


def _listing(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
