"""A new viewer: the list they are asked about, what their picks do, and who they are afterwards."""

import uuid

import pytest

from retrieval.build import build_retrieval
from retrieval.domain.errors import BadInput, InvalidInteraction, UnknownMovie
from retrieval.onboarding import Pick, choose_onboarding
from retrieval.onboarding_check import check_onboarding
from retrieval.settings import RetrievalSettings
from tests.support.movielens_bundle import write_movielens_bundle
from tests.support.tiny_bundle import MOVIES

HEAT, GODFATHER, CHINATOWN, FARGO, GOODFELLAS, TITANIC = 6, 858, 1252, 608, 1213, 1721
CRIME = (GODFATHER, CHINATOWN, FARGO, GOODFELLAS, HEAT)
THEME_OF = {movie[0]: movie[4] for movie in MOVIES}


@pytest.fixture(scope="module")
def movielens(tmp_path_factory):
    """Real films and viewers; vectors from a plain SVD."""
    home = tmp_path_factory.mktemp("movielens")
    write_movielens_bundle(home)
    return build_retrieval(RetrievalSettings(home=home))


@pytest.fixture(scope="module")
def report(movielens):
    chosen = [film.movie.movie_id for film in movielens.new_viewers.films]
    return check_onboarding(movielens.recommender, chosen)


def test_the_list_is_known_varied_and_moves_the_top_ten(report):
    assert report.problems == ()


def test_the_list_is_better_known_than_chance_and_more_varied_than_fame(report):
    onboarding, most_rated, random = report.lists
    assert random.know_five < onboarding.know_five
    assert onboarding.median_popularity_rank < random.median_popularity_rank / 10
    assert most_rated.n_themes < onboarding.n_themes
    assert most_rated.n_decades < onboarding.n_decades
    assert onboarding.mean_similarity < most_rated.mean_similarity
    assert onboarding.largest_similarity <= 0.6 < most_rated.largest_similarity


def test_every_pick_changes_the_list_and_draws_it_to_the_picks(report):
    one_theme = next(measure for measure in report.picks if measure.name == "one theme")
    assert max(one_theme.kept_each) < 10
    assert min(one_theme.likeness[1:]) > one_theme.likeness[0] + 0.1
    assert one_theme.theme_share[-1] > 2 * one_theme.theme_share[0]


def test_a_list_of_unknown_films_or_of_doubles_is_found_out(movielens):
    by_fame = sorted(movielens.bundle.movies, key=lambda movie: movie.n_ratings)
    obscure = [movie.movie_id for movie in by_fame[:24]]
    famous = [movie.movie_id for movie in by_fame[-24:]]
    assert any("know five" in p for p in check_onboarding(movielens.recommender, obscure).problems)
    assert any("themes" in p for p in check_onboarding(movielens.recommender, famous).problems)


def test_the_list_follows_from_the_bundle_alone(movielens):
    again = choose_onboarding(movielens.bundle)
    assert again == movielens.new_viewers.films
    assert len({film.movie.movie_id for film in again}) == len(again) == 24
    for film in again:
        assert movielens.bundle.theme_of(film.movie.movie_id).label == film.theme
        assert film.theme in film.reason


def test_a_viewer_without_picks_gets_the_average_viewers_list(retrieval):
    viewer_id, _ = retrieval.new_viewers.create([])
    snapshot = retrieval.recommender.snapshot(viewer_id)
    average = retrieval.bundle.average_user_vector
    cosine = snapshot.user_vector.total @ average / (average @ average) ** 0.5
    length = (snapshot.user_vector.total @ snapshot.user_vector.total) ** 0.5
    assert snapshot.events == ()
    assert cosine == pytest.approx(length)


def test_picks_make_the_list_and_what_is_not_for_me_keeps_its_kin_away(retrieval):
    create = retrieval.new_viewers.create
    crime, _ = create([Pick(movie_id, liked=True) for movie_id in CRIME])
    no_crime, _ = create([Pick(movie_id, liked=False) for movie_id in CRIME])
    start, _ = create([])
    top = {
        viewer: [THEME_OF[r.movie_id] for r in retrieval.recommender.recommend(viewer, n=8)
                 .recommendations]
        for viewer in (crime, start, no_crime)
    }  # fmt: skip
    assert top[crime][:2] == [0, 0]
    assert 0 not in top[no_crime]
    assert not {*CRIME} & {
        r.movie_id for r in retrieval.recommender.recommend(crime, n=30).recommendations
    }


def test_picks_keep_their_order_in_the_history(retrieval):
    viewer_id, _ = retrieval.new_viewers.create([Pick(m, liked=True) for m in CRIME])
    events = retrieval.recommender.snapshot(viewer_id).events
    assert [event.movie_id for event in events] == [*CRIME]
    assert {event.kind for event in events} == {"more_like_this"}


def test_the_same_key_and_picks_give_the_same_viewer_once(retrieval):
    create, key = retrieval.new_viewers.create, str(uuid.uuid4())
    picks = [Pick(GODFATHER, liked=True), Pick(TITANIC, liked=False)]
    first, again = create(picks, key=key), create(picks, key=key)
    assert (first.viewer_id, first.duplicate) == (again.viewer_id, False)
    assert again.duplicate
    assert create(picks).viewer_id != create(picks).viewer_id
    with pytest.raises(InvalidInteraction, match="use a new key"):
        create([Pick(GODFATHER, liked=False)], key=key)
    with pytest.raises(InvalidInteraction, match="use a new key"):
        create([], key=key)


def test_a_history_that_changed_since_is_still_the_same_viewer(retrieval):
    create, key = retrieval.new_viewers.create, str(uuid.uuid4())
    picks = [Pick(GODFATHER, liked=True), Pick(TITANIC, liked=False)]
    viewer_id, _ = create(picks, key=key)
    retrieval.profiles.forget(viewer_id, f"onboarding:{TITANIC}")
    retrieval.profiles.record(viewer_id, movie_id=HEAT, kind="rating", rating=4.0)
    assert create(picks, key=key) == (viewer_id, True)
    assert [e.movie_id for e in retrieval.profiles.history(viewer_id).events] == [GODFATHER, HEAT]


def test_bad_picks_are_named(retrieval):
    create = retrieval.new_viewers.create
    with pytest.raises(UnknownMovie, match="424242"):
        create([Pick(424242, liked=True)])
    with pytest.raises(BadInput, match="twice"):
        create([Pick(HEAT, liked=True), Pick(HEAT, liked=False)])


def test_new_viewers_live_in_every_state_store(state_settings):
    room = build_retrieval(state_settings)
    viewer_id, _ = room.new_viewers.create([Pick(HEAT, liked=True)])
    again = build_retrieval(state_settings)
    assert [e.movie_id for e in again.profiles.history(viewer_id).events] == [HEAT]
