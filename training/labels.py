"""Naming themes without a language model: plain unique labels that say which films are inside.

A label is ``[years] [style] genres [style]``, and every word of it rests on a measured trait: the
genres that most of the films share, the years that most of them come from, the style tags that
they carry far more often than other films. What the films share by popularity alone is said too:
"favourites" are both widely and highly rated, "hits" widely.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from retrieval.domain.label_match import LabelQuality, measure_labels
from retrieval.domain.tag_words import GENRE_SAID_BY, after_noun, before_noun, film_kind
from retrieval.domain.theme_words import nouns
from training.catalogue import Catalogue
from training.label_candidates import Candidate, label_after_a_film, label_candidates
from training.style_tags import StyleTag
from training.theme_traits import ThemeTraits, Trait, film_traits

__all__ = ["ThemeCard", "label_themes"]

_DEMANDS: Final = (1.0, 0.75, 0.5)
"""How much of what a word needs is asked for: a theme that no word fits makes do with less."""
_MIN_SUMMARY_SHARE: Final = 0.2
_MIN_Z: Final = 2.0


class ThemeCard(NamedTuple):
    """A theme as people see it."""

    theme_id: int
    label: str
    summary: str
    size: int
    exemplar_movie_ids: list[int]
    held_out_movie_ids: list[int]
    quality: LabelQuality
    genres: list[Trait]
    decades: list[Trait]
    tags: list[Trait]

    def as_json(self) -> dict[str, Any]:
        """The card as ``themes.json`` has it."""
        share = self.quality.share
        return {
            "theme_id": self.theme_id,
            "label": self.label,
            "summary": self.summary,
            "size": self.size,
            "exemplar_movie_ids": self.exemplar_movie_ids,
            "held_out_movie_ids": self.held_out_movie_ids,
            "label_quality": None if share is None else round(share, 4),
            "label_is_weak": self.quality.is_weak,
            "labelled_by": "offline",
            "genres": [{"genre": t.name, **_numbers(t)} for t in self.genres],
            "decades": [{"decade": t.name, **_numbers(t)} for t in self.decades],
            "tags": [{"tag": t.name, **_numbers(t)} for t in self.tags],
        }


def _numbers(trait: Trait) -> dict[str, float]:
    return {"lift": round(trait.lift, 2), "share": round(trait.share, 2)}


def label_themes(
    traits: Sequence[ThemeTraits],
    catalogue: Catalogue,
    style_tags: Mapping[int, Sequence[StyleTag]],
) -> list[ThemeCard]:
    """Give every theme a unique label and a summary, and measure the labels.

    Themes choose in order, the most liked first; a word that earlier labels used is worth less.
    A label has two or more parts, so it is never a bare genre.
    """
    used: Counter[str] = Counter()
    taken: set[str] = set()
    labels: list[str] = []
    for theme in traits:
        candidates: list[Candidate] = []
        for demand in _DEMANDS:
            found = label_candidates(theme, demand)
            candidates = candidates or [
                c for c in found if c.is_readable and c.label.lower() not in taken
            ]
        if candidates:
            best = max(candidates, key=lambda c: (round(c.value(used), 9), c.label))
        else:
            best = label_after_a_film(theme, catalogue, taken)
        taken.add(best.label.lower())
        used.update(word.text for word in best.words)
        labels.append(best.label)
    return _cards(traits, labels, catalogue, style_tags)


def _cards(
    traits: Sequence[ThemeTraits],
    labels: Sequence[str],
    catalogue: Catalogue,
    style_tags: Mapping[int, Sequence[StyleTag]],
) -> list[ThemeCard]:
    summaries = [_summary(theme, catalogue) for theme in traits]
    quality = measure_labels(
        {t.theme_id: f"{a}. {b}" for t, a, b in zip(traits, labels, summaries, strict=True)},
        [
            (t.theme_id, film_traits(catalogue, row, style_tags))
            for t in traits
            for row in t.held_out
        ],
    )
    return [
        ThemeCard(
            theme_id=theme.theme_id,
            label=label,
            summary=summary,
            size=theme.size,
            exemplar_movie_ids=[int(catalogue.ids[row]) for row in theme.exemplars],
            held_out_movie_ids=[int(catalogue.ids[row]) for row in theme.held_out],
            quality=quality[theme.theme_id],
            genres=theme.genres,
            decades=theme.decades,
            tags=theme.tags,
        )
        for theme, label, summary in zip(traits, labels, summaries, strict=True)
    ]


def _summary(theme: ThemeTraits, catalogue: Catalogue) -> str:
    """One sentence on what the films share, with three of them."""
    plurals = _summary_nouns(theme)
    said = " ".join(plurals)
    tags = [t for t in theme.tags if _may_be_in_summary(t, theme)]
    adjectives = [
        word
        for t in tags
        if (word := before_noun(t.name)) and not any(part in said for part in word.split("-"))
    ]
    phrases = [word for t in tags if (word := after_noun(t.name))]
    sentence = _listing(plurals, "and")
    if adjectives:
        sentence = f"often {_listing(adjectives[:3], 'or')} {sentence}"
    if phrases:
        sentence += f", {'some' if adjectives else 'often'} {_listing(phrases[:2], 'or')}"
    if len(theme.years) >= 4:
        first, last = (theme.years[int(len(theme.years) * share)] for share in (0.15, 0.85))
        span = f"in {first}" if first == last else f"between {first} and {last}"
        sentence += f", mostly made {span}"
    titles = [catalogue.movies[row].parsed.title.rstrip(".") for row in theme.exemplars[:3]]
    sentence += f", such as {_listing(titles, 'and')}."
    return sentence[:1].upper() + sentence[1:]


def _may_be_in_summary(trait: Trait, theme: ThemeTraits) -> bool:
    said = {genre.name for genre in theme.genres if genre.share >= 0.3}
    is_said = trait.name == "sequel-saga" or set(GENRE_SAID_BY.get(trait.name, ())) & said
    is_kind = film_kind(trait.name) is not None
    return trait.share >= _MIN_SUMMARY_SHARE and trait.z >= _MIN_Z and (is_kind or not is_said)


def _summary_nouns(theme: ThemeTraits) -> list[str]:
    telling = [t for t in theme.genres if t.share >= 0.3 and t.z >= _MIN_Z]
    common = sorted(theme.genres, key=lambda t: (-t.share, t.name))
    return [str(nouns((t.name,))) for t in (telling or common)[:3] if nouns((t.name,))] or ["films"]


def _listing(parts: Sequence[str], conjunction: str) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {conjunction} {parts[-1]}"
