"""What sets a theme apart from the catalogue: genres, years and style tags; pure.

Some films of each theme are held out: those films shape no trait and are shown nowhere, so that a
label can be judged by whether it finds them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from retrieval.domain.label_match import FilmTraits
from retrieval.domain.theme_words import ERAS
from training.catalogue import Catalogue
from training.style_tags import StyleTag
from training.themes import Themes

__all__ = ["GenrePair", "ThemeTraits", "Trait", "describe_themes", "film_traits"]

_PRIOR = 10.0
"""Films' worth of the catalogue's own shares that each side starts with."""
_MIN_TAG_COUNT = 3
_TAGGED = ("tagged",)
_N_LISTED = 8
_HELD_OUT_SHARE = 0.25

Feature = tuple[str, ...]
GenrePair = tuple[str, ...]
"""One genre or two in alphabetical order."""


class Trait(NamedTuple):
    """A trait of a theme's movies."""

    name: str
    share: float
    """Of the theme's movies, in [0, 1]."""
    lift: float
    """``share`` over the share in the catalogue (smoothed); 1 is no difference."""
    z: float
    """Log-odds against the other movies over its standard error, with the catalogue as prior.
    Source: Monroe, Colaresi and Quinn (2008), "Fightin' Words"."""

    @property
    def surprise(self) -> float:
        """``share * log(lift)``: how much the trait says about the theme."""
        return float(self.share * np.log(max(self.lift, 1e-9)))


class ThemeTraits(NamedTuple):
    """What a label can rest on."""

    theme_id: int
    size: int
    """All movies of the theme."""
    exemplars: list[int]
    """Rows of the most central well-liked movies, best first."""
    held_out: list[int]
    """Rows of movies that nothing here rests on."""
    years: list[int]
    """Years of the core movies, ascending."""
    genres: list[Trait]
    pairs: list[tuple[GenrePair, Trait]]
    eras: list[Trait]
    decades: list[Trait]
    tags: list[Trait]
    mean_rating: float
    """Mean stars of the core movies, less that of all core movies."""
    likes: float
    """Median likes of the core movies over that of all core movies."""


class _Core(NamedTuple):
    """The movies that traits are measured on, and how many of them have each feature."""

    features: Sequence[set[Feature]]
    rows: NDArray[np.intp]
    counts: Counter[Feature]


def describe_themes(
    catalogue: Catalogue,
    themes: Themes,
    style_tags: Mapping[int, Sequence[StyleTag]],
    *,
    joiners: NDArray[np.bool_],
    n_exemplars: int,
    seed: int,
) -> list[ThemeTraits]:
    """Measure each theme against the catalogue.

    Shares are taken over a theme's core: the movies that took part in clustering (all of them
    where none did). Held out of it are a quarter of the films that are no exemplars, drawn by
    chance; ``joiners`` that merely joined the theme are added to those.

    Args:
        catalogue: Movies and likes.
        themes: Theme of each movie.
        style_tags: Tags by movie id.
        joiners: Movies known well enough to judge labels by, shape ``(n_movies,)``.
        n_exemplars: How many films a theme is shown by.
        seed: Draws the held-out films.
    """
    rng = np.random.default_rng(seed)
    members = [_core_members(themes, theme_id) for theme_id in range(themes.n_themes)]
    ranked = [_by_prominence(catalogue, themes, rows) for rows in members]
    held_out = [_hold_out(rows[n_exemplars:], rng) for rows in ranked]
    described = [np.setdiff1d(rows, out) for rows, out in zip(members, held_out, strict=True)]
    features = [_features(catalogue, row, style_tags) for row in range(len(catalogue))]
    rows = np.concatenate(described)
    core = _Core(features, rows, _count(features, rows))
    found = []
    for theme_id, mine in enumerate(described):
        joined = np.setdiff1d(np.flatnonzero(joiners & (themes.theme_of == theme_id)), mine)
        found.append(
            _describe(catalogue, themes, core, theme_id, mine)._replace(
                exemplars=ranked[theme_id][:n_exemplars].tolist(),
                held_out=np.union1d(held_out[theme_id], joined).tolist(),
            )
        )
    return found


def film_traits(
    catalogue: Catalogue, row: int, style_tags: Mapping[int, Sequence[StyleTag]]
) -> FilmTraits:
    """What a movie can be recognised by from a text."""
    movie = catalogue.movies[row]
    tags = tuple(tag.tag for tag in style_tags.get(movie.movie_id, ()))
    return FilmTraits(movie.genres, movie.parsed.year, tags)


def _core_members(themes: Themes, theme_id: int) -> NDArray[np.intp]:
    members = np.flatnonzero(themes.theme_of == theme_id)
    clustered = members[themes.clustered[members]]
    return clustered if clustered.size else members


def _by_prominence(
    catalogue: Catalogue, themes: Themes, rows: NDArray[np.intp]
) -> NDArray[np.intp]:
    prominence = themes.centrality[rows] * np.log1p(catalogue.n_likes[rows])
    return rows[np.lexsort((rows, -prominence))]


def _hold_out(rows: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    return np.sort(rng.choice(rows, size=round(_HELD_OUT_SHARE * len(rows)), replace=False))


def _features(
    catalogue: Catalogue, row: int, style_tags: Mapping[int, Sequence[StyleTag]]
) -> set[Feature]:
    movie = catalogue.movies[row]
    year = movie.parsed.year
    genres = [g for g in movie.genres if g != "IMAX"]
    found: set[Feature] = {("genre", genre) for genre in genres}
    found |= {("pair", *pair) for pair in combinations(sorted(genres), 2)}
    found |= {("pair", genre) for genre in genres}
    found |= {("era", era.name) for era in ERAS if era.holds(year)}
    if year:
        found.add(("decade", f"{year // 10 * 10}s"))
    tags = {("tag", tag.tag) for tag in style_tags.get(movie.movie_id, ())}
    return found | tags | ({_TAGGED} if tags else set())


def _count(features: Sequence[set[Feature]], rows: NDArray[np.intp]) -> Counter[Feature]:
    return Counter(feature for row in rows for feature in features[row])


def _describe(
    catalogue: Catalogue, themes: Themes, core: _Core, theme_id: int, mine: NDArray[np.intp]
) -> ThemeTraits:
    traits = _traits(_count(core.features, mine), len(mine), core)
    years = [catalogue.movies[row].parsed.year for row in mine]
    mean, likes = catalogue.mean_rating, catalogue.n_likes
    return ThemeTraits(
        theme_id=theme_id,
        size=int(np.count_nonzero(themes.theme_of == theme_id)),
        exemplars=[],
        held_out=[],
        years=sorted(year for year in years if year),
        genres=_listed(traits, "genre"),
        pairs=[(f[1:], t) for f, t in traits.items() if f[0] == "pair"],
        eras=_listed(traits, "era"),
        decades=_listed(traits, "decade"),
        tags=_listed(traits, "tag"),
        mean_rating=_mean(mean[mine]) - _mean(mean[core.rows]),
        likes=_median(likes[mine]) / max(_median(likes[core.rows]), 1.0),
    )


def _traits(counts: Counter[Feature], n_mine: int, core: _Core) -> dict[Feature, Trait]:
    """Share, smoothed lift and log-odds of each feature.

    Style tags are judged among the movies that have any; a tag on fewer than three movies of a
    theme says nothing about it.
    """
    traits = {}
    for feature, count in counts.items():
        if feature == _TAGGED or (feature[0] == "tag" and count < _MIN_TAG_COUNT):
            continue
        of_tag = feature[0] == "tag"
        n, total = (counts[_TAGGED], core.counts[_TAGGED]) if of_tag else (n_mine, len(core.rows))
        expected = core.counts[feature] / total
        lift = (count + _PRIOR * expected) / (n + _PRIOR) / expected
        z = _log_odds_z(count, n, core.counts[feature], total)
        traits[feature] = Trait(feature[-1], count / n, lift, z)
    return traits


def _log_odds_z(count: int, n: int, total_count: int, total: int) -> float:
    prior, other = _PRIOR * total_count / total, _PRIOR * (1.0 - total_count / total)
    have, lack = count + prior, n - count + other
    others_have = total_count - count + prior
    others_lack = total - n - (total_count - count) + other
    if min(lack, others_lack) <= 0.0:  # every film has it
        return 0.0
    difference = np.log(have / lack) - np.log(others_have / others_lack)
    return float(difference / np.sqrt(1.0 / have + 1.0 / others_have))


def _mean(values: NDArray[np.float64]) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if known.size else 0.0


def _median(values: NDArray[np.int64]) -> float:
    return float(np.median(values)) if values.size else 0.0


def _listed(traits: Mapping[Feature, Trait], kind: str) -> list[Trait]:
    """Traits of a kind that are commoner than in the catalogue, most telling first."""
    mine = [t for f, t in traits.items() if f[0] == kind and t.lift > 1.0]
    return sorted(mine, key=lambda t: (-t.surprise, t.name))[:_N_LISTED]
