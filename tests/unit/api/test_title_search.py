from api.title_search import TitleSearch
from retrieval.domain.models import Movie, MovieId, ThemeId


def _movie(movie_id: int, title: str, year: int, n_ratings: int, *others: str) -> Movie:
    return Movie(
        movie_id=MovieId(movie_id),
        title=title,
        alternate_titles=others,
        year=year,
        n_ratings=n_ratings,
        theme_id=ThemeId(0),
    )


INDEX = TitleSearch(
    [
        _movie(1, "Heat", 1995, 100),
        _movie(2, "The Heat", 2013, 900),
        _movie(3, "Heathers", 1988, 500),
        _movie(4, "Amélie", 2001, 300, "Fabuleux destin d'Amélie Poulain, Le"),
        _movie(5, "Schindler's List", 1993, 400),
        _movie(6, "8½", 1963, 50),
    ]
)


def _found(query: str, n: int = 10) -> list[int]:
    return [movie.movie_id for movie in INDEX.search(query, n=n)]


def test_the_exact_title_comes_before_longer_and_more_rated_ones() -> None:
    assert _found("heat") == [1, 3, 2]
    assert _found("heat", n=1) == [1]


def test_accents_case_and_apostrophes_do_not_matter() -> None:
    assert _found("AMELIE") == [4]
    assert _found("schindlers list") == [5]
    assert _found("Schindler’s") == [5]


def test_other_titles_years_and_unfinished_words_are_found() -> None:
    assert _found("destin poul") == [4]
    assert _found("heat 2013") == [2]


def test_nothing_wordlike_finds_nothing() -> None:
    assert _found("") == []
    assert _found("?!") == []
    assert _found("zzz") == []
