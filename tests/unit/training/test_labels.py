import re

import numpy as np
import pytest

from training.catalogue import Catalogue
from training.label_words import era_name, nouns
from training.labels import label_themes
from training.movielens import CatalogueMovie
from training.style_tags import StyleTag
from training.tag_phrases import after_noun, before_noun
from training.theme_traits import describe_themes
from training.themes import Themes
from training.titles import ParsedTitle

GENRES = ("Action", "Comedy", "Crime", "Drama", "Horror", "Romance", "Sci-Fi", "Thriller")


def catalogue(genres: list[tuple[str, ...]], years: list[int]) -> Catalogue:
    movies = [
        CatalogueMovie(n + 1, ParsedTitle(f"Film {n + 1} of many", year, ()), g, None)
        for n, (g, year) in enumerate(zip(genres, years, strict=True))
    ]
    n = len(movies)
    counts = np.full(n, 10)
    return Catalogue(movies, np.arange(1, n + 1), counts, counts, np.full(n, 3.5))


def themes_of(theme_of: np.ndarray) -> Themes:
    everyone = np.ones(len(theme_of), dtype=bool)
    return Themes(theme_of, np.ones(len(theme_of)), everyone, np.zeros((len(theme_of), 2)))


def label_all(films: Catalogue, themes: Themes, tags: dict[int, list[StyleTag]] | None = None):
    return label_themes(describe_themes(films, themes, tags or {}, n_exemplars=8), films)


@pytest.mark.parametrize("seed", range(5))
def test_labels_are_unique_and_never_a_bare_genre_or_a_number(seed):
    rng = np.random.default_rng(seed)
    theme_of = np.repeat(np.arange(40), 12)
    genres = [tuple(sorted(rng.choice(GENRES, size=2, replace=False))) for _ in theme_of]
    years = rng.integers(1930, 2019, size=len(theme_of)).tolist()
    labels = [card.label for card in label_all(catalogue(genres, years), themes_of(theme_of))]
    assert len({label.lower() for label in labels}) == 40
    bare = {name for genre in GENRES for name in (genre.lower(), *nouns((genre,)))}
    for label in labels:
        assert label.lower() not in bare
        assert not re.search(r"\s#?\d+$", label)
        assert label[0].isupper() or label[0].isdigit()


def test_themes_without_any_difference_still_get_names_of_their_own():
    theme_of = np.repeat(np.arange(6), 5)
    films = catalogue([("Drama",)] * 30, [1950 + n % 60 for n in range(30)])
    labels = {card.label for card in label_all(films, themes_of(theme_of))}
    assert len(labels) == 6


def test_a_theme_is_named_after_what_sets_it_apart():
    theme_of = np.repeat([0, 1], 20)
    genres = [("Crime", "Thriller")] * 20 + [("Comedy", "Romance")] * 20
    first, second = label_all(catalogue(genres, [1995] * 20 + [2008] * 20), themes_of(theme_of))
    assert "crime thriller" in first.label.lower()
    assert "Mid-Nineties" in first.label
    assert "comedy" in second.label.lower()
    assert "Film 1" in first.summary


def test_style_tags_speak_where_they_are_common_in_the_theme():
    theme_of = np.repeat([0, 1], 20)
    films = catalogue([("Crime", "Drama")] * 40, [1950 + n for n in range(40)])
    tags = {n: [StyleTag("moral-ambiguity", "notes", 0.9)] for n in range(1, 16)}
    tags |= {n: [StyleTag("slapstick", "notes", 0.9)] for n in range(21, 36)}
    first, second = label_all(films, themes_of(theme_of), tags)
    assert first.label.endswith("with moral ambiguity")
    assert "slapstick" in second.label.lower()
    assert first.tags[0].name == "moral-ambiguity"


@pytest.mark.parametrize(
    ("years", "name"),
    [
        ([1995] * 5, "Mid-Nineties"),
        ([1991, 1992, 1993, 1997, 1999], "Nineties"),
        ([1999, 2000, 2000, 2001], "Turn-of-the-century"),
        ([1935, 1941, 1950, 1958], "Golden-age"),
        ([2001, 2006, 2010, 2017], "Twenty-first-century"),
        ([1930, 1960, 1990, 2015], None),
        ([], None),
    ],
)
def test_eras_have_names(years, name):
    assert era_name(years) == name


def test_every_style_tag_reads_before_or_after_a_noun():
    from retrieval.domain.style import load_style_vocabulary

    for tag in load_style_vocabulary().tags:
        assert (before_noun(tag.name) is None) != (after_noun(tag.name) is None)
