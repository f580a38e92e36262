"""What sets a theme apart from the catalogue: lifts of genres, decades and style tags; pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.catalogue import Catalogue
from training.style_tags import StyleTag
from training.themes import Themes

__all__ = ["GenrePair", "ThemeTraits", "Trait", "describe_themes"]

_SMOOTHING = 2.0
_MIN_TAG_COUNT = 3
_TAGGED = ("tagged",)
_N_LISTED = 6


class Trait(NamedTuple):
    """A trait of a theme's movies."""

    name: str
    share: float
    """Of the theme's movies, in [0, 1]."""
    lift: float
    """``share`` over the share in the catalogue (smoothed); 1 is no difference."""

    @property
    def surprise(self) -> float:
        """``share * log(lift)``: how much the trait says about the theme."""
        return float(self.share * np.log(max(self.lift, 1e-9)))


GenrePair = tuple[str, ...]
"""One genre or two in alphabetical order."""


class ThemeTraits(NamedTuple):
    """What a label can rest on."""

    theme_id: int
    size: int
    """All movies of the theme."""
    exemplars: list[int]
    """Rows of the most central well-liked movies, best first."""
    years: list[int]
    """Years of the core movies, ascending."""
    genres: list[Trait]
    pairs: list[tuple[GenrePair, Trait]]
    decades: list[Trait]
    tags: list[Trait]
    mean_rating: float
    """Mean stars of the core movies, less that of all core movies."""
    likes: float
    """Median likes of the core movies over that of all core movies."""


def describe_themes(
    catalogue: Catalogue,
    themes: Themes,
    style_tags: Mapping[int, Sequence[StyleTag]],
    *,
    n_exemplars: int,
) -> list[ThemeTraits]:
    """Measure each theme against the catalogue.

    Shares are taken over a theme's core: the movies that took part in clustering (all of them
    where none did). The catalogue is every core movie.
    """
    features = [_features(catalogue, row, style_tags) for row in range(len(catalogue))]
    core = np.flatnonzero(themes.clustered)
    base = _count(features, np.arange(len(catalogue)) if core.size == 0 else core)
    return [
        _describe(catalogue, themes, features, base, len(core), core, theme_id, n_exemplars)
        for theme_id in range(themes.n_themes)
    ]


def _features(
    catalogue: Catalogue, row: int, style_tags: Mapping[int, Sequence[StyleTag]]
) -> set[tuple[str, ...]]:
    movie = catalogue.movies[row]
    genres = [g for g in movie.genres if g != "IMAX"]
    found: set[tuple[str, ...]] = {("genre", genre) for genre in genres}
    found |= {("pair", *pair) for pair in combinations(sorted(genres), 2)}
    found |= {("pair", genre) for genre in genres}
    if movie.parsed.year:
        found.add(("decade", f"{movie.parsed.year // 10 * 10}s"))
    tags = {("tag", tag.tag) for tag in style_tags.get(movie.movie_id, ())}
    return found | tags | ({_TAGGED} if tags else set())


def _count(
    features: Sequence[set[tuple[str, ...]]], rows: NDArray[np.intp]
) -> Counter[tuple[str, ...]]:
    return Counter(feature for row in rows for feature in features[row])


def _describe(
    catalogue: Catalogue,
    themes: Themes,
    features: Sequence[set[tuple[str, ...]]],
    base: Counter[tuple[str, ...]],
    n_base: int,
    core: NDArray[np.intp],
    theme_id: int,
    n_exemplars: int,
) -> ThemeTraits:
    members = np.flatnonzero(themes.theme_of == theme_id)
    mine = members[themes.clustered[members]]
    if mine.size == 0:
        mine = members
    traits = _traits(_count(features, mine), len(mine), base, n_base)
    prominence = themes.centrality[mine] * np.log1p(catalogue.n_likes[mine])
    years = [catalogue.movies[row].parsed.year for row in mine]
    return ThemeTraits(
        theme_id=theme_id,
        size=len(members),
        exemplars=mine[np.lexsort((mine, -prominence))][:n_exemplars].tolist(),
        years=sorted(year for year in years if year),
        genres=_listed(traits, "genre"),
        pairs=[(f[1:], t) for f, t in traits.items() if f[0] == "pair"],
        decades=_listed(traits, "decade"),
        tags=_listed(traits, "tag"),
        mean_rating=_mean(catalogue.mean_rating[mine]) - _mean(catalogue.mean_rating[core]),
        likes=float(np.median(catalogue.n_likes[mine]))
        / max(float(np.median(catalogue.n_likes[core])), 1.0),
    )


def _traits(
    counts: Counter[tuple[str, ...]], n_mine: int, base: Counter[tuple[str, ...]], n_base: int
) -> dict[tuple[str, ...], Trait]:
    """Share and smoothed lift of each feature.

    Style tags are judged among the movies that have any, since most have none; a tag on fewer
    than three movies of a theme says nothing about it.
    """
    traits = {}
    for feature, count in counts.items():
        if feature == _TAGGED or (feature[0] == "tag" and count < _MIN_TAG_COUNT):
            continue
        n, total = (counts[_TAGGED], base[_TAGGED]) if feature[0] == "tag" else (n_mine, n_base)
        expected = base[feature] / total
        lift = (count + _SMOOTHING * expected) / (n + _SMOOTHING) / expected
        traits[feature] = Trait(feature[-1], count / n, lift)
    return traits


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else 0.0


def _listed(traits: Mapping[tuple[str, ...], Trait], kind: str) -> list[Trait]:
    """Traits of a kind that are commoner than in the catalogue, most telling first."""
    mine = [t for f, t in traits.items() if f[0] == kind and t.lift > 1.0]
    return sorted(mine, key=lambda t: (-t.surprise, t.name))[:_N_LISTED]
