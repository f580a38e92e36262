"""Why two films are alike, and what would bring a film into a list: both as counted again."""

from agents.build import build_verifier
from retrieval.domain.evidence import SimilarityEvidence, WhyNotEvidence
from retrieval.remedies import MOST_RATINGS

GODFATHER, PART_TWO, TITANIC, TOY_STORY = 858, 1221, 1721, 1


def likeness(room, movie_id, other_id):
    found = room.evidence.similar(movie_id, n=30)
    return next(p for p in found if isinstance(p, SimilarityEvidence)
                and p.data.other_movie_id == other_id)  # fmt: skip


def test_likeness_is_counted_from_who_likes_both(retrieval):
    # Of the three viewers, the first likes both films and nobody else either.
    piece = likeness(retrieval, GODFATHER, PART_TWO)
    assert piece.data.basis == "viewers"
    assert (piece.data.liked_count, piece.data.liked_both_count) == (1, 1)
    assert piece.data.liked_other_share == 1 / 3
    assert piece.text == (
        "The one viewer who liked The Godfather (1972) liked The Godfather: Part II (1974) too,"
        " which 33 % of all viewers do; both are filed under crime and drama, carry the style tags"
        " “mafia”, “family saga” and “slow burn” and belong to “Patient crime sagas”."
    )


def test_a_film_that_nobody_liked_is_alike_by_content_alone(retrieval):
    # The only viewer who rated Titanic gave it three stars.
    piece = likeness(retrieval, TITANIC, 215)
    assert piece.data.basis == "content"
    assert piece.text.startswith("Nobody liked Titanic (1997) yet, so its likeness to Before")
    assert "genres, tags and year" in piece.text


def test_every_reason_stands_on_its_own(retrieval):
    verifier = build_verifier(retrieval.bundle)
    for movie in retrieval.bundle.movies:
        pieces = {piece.id: piece for piece in retrieval.evidence.similar(movie.movie_id, n=6)}
        for piece in pieces.values():
            assert verifier.verify(piece.text, [piece.id], pieces) == [], piece.text


def test_the_sheet_of_a_film_tells_the_reasons(client):
    similar = client.get(f"/api/movies/{GODFATHER}").json()["similar"]
    assert all("The Godfather (1972)" in film["reason"] for film in similar)


def test_a_remedy_works_when_it_is_done(retrieval):
    """Every film outside every viewer's list: what is promised is what ranking again gives."""
    verifier = build_verifier(retrieval.bundle)
    by_name = {movie.name: movie.movie_id for movie in retrieval.bundle.movies}
    changes = set()
    for viewer in ("demo", "ml:1", "ml:2", "ml:3"):
        ranking = retrieval.recommender.recommend(viewer, n=5)
        for movie in retrieval.bundle.movies:
            piece = retrieval.evidence.why_not(ranking, movie.movie_id)[0]
            assert isinstance(piece, WhyNotEvidence)
            assert verifier.verify(piece.text, [piece.id], {piece.id: piece}) == [], piece.text
            data = piece.data
            changes.add((data.remedy, len(data.remedy_titles)))
            if data.remedy is None:
                continue
            done = [by_name[title] for title in data.remedy_titles]
            after = _after(retrieval.recommender, ranking.viewer, data, done)
            place = retrieval.recommender.place(after, movie.movie_id, ranking.filters)
            assert place.rank == data.remedy_rank <= 5
            assert len(done) <= MOST_RATINGS
    assert {("rate", 1), ("rate", 2)} <= changes


def _after(recommender, viewer, data, done):
    if data.remedy == "forget":
        gone = [e.event_id for e in viewer.events if e.movie_id in done]
        return recommender.without_events(viewer, gone)
    for movie_id in done:
        viewer = recommender.with_rating(viewer, movie_id, data.remedy_rating)
    return viewer


def test_films_that_are_met_or_listed_need_no_remedy(retrieval):
    ranking = retrieval.recommender.recommend("ml:3", n=5)
    listed = ranking.recommendations[0].movie_id
    for movie_id in (TOY_STORY, listed):
        assert retrieval.evidence.why_not(ranking, movie_id)[0].data.remedy is None
