import re

import numpy as np
import pytest

from retrieval.domain.label_match import FilmTraits, measure_labels, named_traits
from retrieval.domain.style import load_style_vocabulary
from retrieval.domain.tag_words import after_noun, before_noun
from retrieval.domain.theme_words import ERAS, is_bare_genre
from training.catalogue import Catalogue
from training.labels import label_themes
from training.movielens import CatalogueMovie
from training.style_tags import StyleTag
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
    everyone = np.ones(len(films), dtype=bool)
    traits = describe_themes(films, themes, tags or {}, joiners=everyone, n_exemplars=8, seed=0)
    return label_themes(traits, films, tags or {})


def noted(names: dict[int, tuple[str, ...]]) -> dict[int, list[StyleTag]]:
    return {n: [StyleTag(name, "notes", 0.9) for name in tags] for n, tags in names.items()}


@pytest.mark.parametrize("seed", range(5))
def test_labels_are_unique_and_never_a_bare_genre_or_a_number(seed):
    rng = np.random.default_rng(seed)
    theme_of = np.repeat(np.arange(40), 12)
    genres = [tuple(sorted(rng.choice(GENRES, size=2, replace=False))) for _ in theme_of]
    years = rng.integers(1930, 2019, size=len(theme_of)).tolist()
    labels = [card.label for card in label_all(catalogue(genres, years), themes_of(theme_of))]
    assert len({label.lower() for label in labels}) == 40
    for label in labels:
        assert not is_bare_genre(label)
        assert len(label.split()) >= 2
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
    assert first.label in {"Nineties crime thrillers", "Mid-nineties crime thrillers"}
    assert second.label in {
        f"{era} romantic comedies" for era in ("2000s", "Late-2000s", "Post-2000")
    }
    assert first.summary.startswith("Crime films and thrillers, mostly made in 1995, such as Film")


def test_style_tags_speak_where_they_are_common_in_the_theme():
    theme_of = np.repeat([0, 1], 20)
    films = catalogue([("Crime", "Drama")] * 40, [1950 + n for n in range(40)])
    tags = noted(
        dict.fromkeys(range(1, 18), ("moral-ambiguity",))
        | dict.fromkeys(range(21, 38), ("slapstick",))
    )
    first, second = label_all(films, themes_of(theme_of), tags)
    assert first.label.endswith("crime dramas with moral ambiguity")
    assert second.label.lower().startswith("slapstick")
    assert first.tags[0].name == "moral-ambiguity"


def test_a_mood_of_a_minority_is_not_said_of_all():
    theme_of = np.repeat([0, 1], 20)
    films = catalogue([("Crime", "Drama")] * 20 + [("Comedy",)] * 20, [1995] * 40)
    some = dict.fromkeys((1, 2, 3, 4, 5), ("disturbing",))
    rest = dict.fromkeys(range(6, 21), ("revenge",)) | dict.fromkeys(range(21, 41), ("friendship",))
    first, _ = label_all(films, themes_of(theme_of), noted(some | rest))
    assert "isturbing" not in first.label


def test_labels_rest_on_no_held_out_film_and_exemplars_are_not_held_out():
    theme_of = np.repeat([0, 1], 40)
    films = catalogue([("Crime",)] * 40 + [("Comedy",)] * 40, [1995] * 80)
    before = label_all(films, themes_of(theme_of))
    hidden = {movie_id for card in before for movie_id in card.held_out_movie_ids}
    assert len(hidden) == 16
    assert not hidden & {movie_id for card in before for movie_id in card.exemplar_movie_ids}
    after = label_all(
        films, themes_of(theme_of), noted(dict.fromkeys(hidden, ("vampires-and-werewolves",)))
    )
    assert [c.label for c in before] == [c.label for c in after]
    assert all(not card.tags for card in after)


TEXTS = {
    0: "Eighties teen comedies. Comedies, mostly made between 1982 and 1989.",
    1: "Slow-burn crime dramas with moral ambiguity.",
    2: "Classic Westerns.",
}
FILMS = [
    (0, FilmTraits(("Comedy",), 1985, ("teen-movie",))),
    (1, FilmTraits(("Crime", "Drama"), 1995, ("moral-ambiguity", "slow-burn"))),
    (1, FilmTraits(("Crime",), 2004, ())),
    (2, FilmTraits(("Western",), 1955, ())),
]


def test_good_labels_find_their_films_and_swapped_ones_do_not():
    good = measure_labels(TEXTS, FILMS)
    assert [good[i].share for i in range(3)] == [1.0, 1.0, 1.0]
    swapped = measure_labels({0: TEXTS[1], 1: TEXTS[2], 2: TEXTS[0]}, FILMS)
    assert [swapped[i].share for i in range(3)] == [0.0, 0.0, 0.0]


def test_labels_that_say_nothing_are_at_chance_and_weak():
    films = [(i % 10, FILMS[i % 4][1]) for i in range(100)]
    found = measure_labels({i: f"Things of kind {'abcdefghij'[i]}." for i in range(10)}, films)
    assert [quality.share for quality in found.values()] == pytest.approx([0.1] * 10)
    assert all(quality.is_weak for quality in found.values())
    few = measure_labels({i: f"Things of kind {'abcdefghij'[i]}." for i in range(10)}, films[:40])
    assert not any(quality.is_weak for quality in few.values())
    assert measure_labels({0: "Comedies.", 1: "Dramas."}, [])[0].share is None


def test_one_label_for_all_is_worth_chance():
    films = [(i, FILMS[0][1]) for i in range(4)]
    found = measure_labels(dict.fromkeys(range(4), "Comedies."), films)
    assert [quality.share for quality in found.values()] == [0.25] * 4


def test_texts_are_read_for_genres_years_and_style():
    traits = named_traits("Witty Mid-nineties sci-fi and romantic comedies about grief")
    assert traits == {
        ("tag", "witty-banter"),
        ("years", "1993", "1997"),
        ("genre", "Sci-Fi"),
        ("genre", "Romance"),
        ("genre", "Comedy"),
        ("tag", "grief"),
    }
    assert ("years", "1990", "1999") in named_traits("1990s horror")
    assert named_traits("Made between 1984 and 1991") == {("years", "1984", "1991")}


def test_what_labels_say_is_read_back():
    for tag in load_style_vocabulary().tags:
        words = before_noun(tag.name) or after_noun(tag.name)
        found = named_traits(f"Some films {words}")
        assert any(trait[0] in {"tag", "genre"} for trait in found), tag.name
    for era in ERAS:
        assert ("years", str(era.first), str(era.last)) in named_traits(f"{era.name} films")


@pytest.mark.parametrize(
    ("label", "is_bare"),
    [("Dramas", True), ("Comedy films", True), ("Sci-fi", True), ("Crime dramas", False)],
)
def test_bare_genres_are_known(label, is_bare):
    assert is_bare_genre(label) is is_bare


def test_every_style_tag_reads_before_or_after_a_noun():
    for tag in load_style_vocabulary().tags:
        assert (before_noun(tag.name) is None) != (after_noun(tag.name) is None)
