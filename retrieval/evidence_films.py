"""Evidence of films, whoever asks: the catalogue's facts, notes, expected stars, the list."""

from collections.abc import Iterable

from retrieval.bundle import Bundle
from retrieval.domain.evidence import (
    ListAdjustment,
    ListData,
    ListEvidence,
    MovieData,
    MovieEvidence,
    NoteData,
    NoteEvidence,
    PredictionData,
    PredictionEvidence,
    PremiseData,
    PremiseEvidence,
)
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Ranking, Recommendation, ViewerSnapshot
from retrieval.recommender import Recommender
from retrieval.wording import as_list, as_ordinal, describe_adjustment, describe_moves

__all__ = [
    "find_place",
    "measure_list",
    "measure_movie",
    "measure_note",
    "measure_prediction",
    "measure_premise",
    "names_of",
]


def find_place(ranking: Ranking, movie_id: MovieId) -> Recommendation | None:
    """A film's place in a list, or None."""
    return next((r for r in ranking.recommendations if r.movie_id == movie_id), None)


def names_of(bundle: Bundle, movie_ids: Iterable[MovieId]) -> tuple[str, ...]:
    """Titles with their years."""
    return tuple(bundle.movie(movie_id).name for movie_id in movie_ids)


def measure_list(bundle: Bundle, ranking: Ranking) -> ListEvidence:
    """The list itself."""
    ids = tuple(recommendation.movie_id for recommendation in ranking.recommendations)
    titles = names_of(bundle, ids)
    text = f"The list: {as_list(titles)}." if titles else "The list is empty."
    adjustments = _adjustments(bundle, ranking)
    return ListEvidence(
        id="list",
        text=" ".join([text, *map(describe_adjustment, adjustments)]),
        data=ListData(movie_ids=ids, titles=titles, list_length=len(ids), adjustments=adjustments),
    )


def _adjustments(bundle: Bundle, ranking: Ranking) -> tuple[ListAdjustment, ...]:
    return tuple(
        ListAdjustment(
            by=adjustment.by,
            strength=adjustment.strength,
            entered_titles=names_of(bundle, adjustment.entered_movie_ids),
            left_titles=names_of(bundle, adjustment.left_movie_ids),
            n_entered=len(adjustment.entered_movie_ids),
            n_left=len(adjustment.left_movie_ids),
            n_moved=adjustment.n_moved,
        )
        for adjustment in ranking.adjustments
        if adjustment.n_moved or adjustment.left_movie_ids
    )


def measure_movie(bundle: Bundle, ranking: Ranking | None, movie_id: MovieId) -> MovieEvidence:
    """Catalogue facts of a film, with its place in a list if there is one."""
    movie = bundle.movie(movie_id)
    found = find_place(ranking, movie_id) if ranking is not None else None
    theme = bundle.theme_of(movie_id).label
    genres = as_list([genre.lower() for genre in movie.genres]) or "no listed genre"
    moves = found.moves if found else ()
    moved = f" ({describe_moves(moves)})" if moves else ""
    place = f"{as_ordinal(found.rank)} in the list{moved}, " if found else ""
    return MovieEvidence(
        id=f"movie:{movie_id}",
        text=f"{movie.name}: {place}{genres}, in the theme “{theme}”.",
        data=MovieData(
            movie_id=movie_id,
            title=movie.name,
            year=movie.year,
            genres=movie.genres,
            theme=theme,
            n_ratings=movie.n_ratings,
            mean_rating=None if movie.mean_rating is None else round(movie.mean_rating, 2),
            rank=found.rank if found else None,
            rank_by_score=moves[0].rank_before if moves else None,
            moves=moves,
            style_tags=tuple(tagging.tag for tagging in movie.style_tags),
        ),
    )


def measure_note(bundle: Bundle, movie_id: MovieId) -> NoteEvidence | None:
    """The machine-written reading of a film, if the bundle has one."""
    reading = bundle.film_notes.get(movie_id)
    if reading is None:
        return None
    return NoteEvidence(
        id=f"note:{movie_id}",
        text=reading.note,
        data=NoteData(
            movie_id=movie_id,
            title=bundle.movie(movie_id).name,
            **reading.model_dump(exclude={"premise", "people", "remembered"}),
        ),
    )


def measure_premise(bundle: Bundle, movie_id: MovieId) -> PremiseEvidence | None:
    """What happens in a film and who is in it, if the bundle knows."""
    reading = bundle.film_notes.get(movie_id)
    if reading is None or not reading.premise:
        return None
    made = f" Made by and with {as_list(reading.people)}." if reading.people else ""
    return PremiseEvidence(
        id=f"premise:{movie_id}",
        text=reading.premise + made,
        data=PremiseData(
            movie_id=movie_id,
            title=bundle.movie(movie_id).name,
            source=reading.source,
            machine_written=reading.machine_written,
            version=reading.version,
            premise=reading.premise,
            people=reading.people,
        ),
    )


def measure_prediction(
    recommender: Recommender, viewer: ViewerSnapshot, movie_id: MovieId
) -> PredictionEvidence:
    """The stars that the rating model expects, with their bias parts."""
    prediction = recommender.predict(viewer, movie_id)
    name = recommender.bundle.movie(movie_id).name
    return PredictionEvidence(
        id=f"pred:{movie_id}",
        text=f"The rating model expects {prediction.rating:.1f} stars from you for {name}.",
        data=PredictionData(movie_id=movie_id, title=name, **prediction._asdict()),
    )
