"""A small catalogue and evidence whose truth is known, for tests of claims and wording."""

from retrieval.domain.evidence import (
    ContributionData,
    ContributionEvidence,
    CounterfactualData,
    CounterfactualEvidence,
    Evidence,
    GenreCount,
    HistoryData,
    HistoryEvidence,
    ListData,
    ListEvidence,
    MovieData,
    MovieEvidence,
    NoteData,
    NoteEvidence,
    ProfileData,
    ProfileEvidence,
    RestData,
    RestEvidence,
    SimilarityData,
    SimilarityEvidence,
    TagData,
    TagEvidence,
    ThemeData,
    ThemeEvidence,
    ViewerData,
    ViewerEvidence,
)
from retrieval.domain.models import EventId, Movie, MovieId, Theme, ThemeId

_CATALOGUE = [
    (1, "Toy Story", 1995, "Adventure|Animation|Children|Comedy|Fantasy"),
    (6, "Heat", 1995, "Action|Crime|Thriller"),
    (16, "Casino", 1995, "Crime|Drama"),
    (32, "12 Monkeys", 1995, "Mystery|Sci-Fi|Thriller"),
    (47, "Seven", 1995, "Mystery|Thriller"),
    (50, "The Usual Suspects", 1995, "Crime|Mystery|Thriller"),
    (111, "Taxi Driver", 1976, "Crime|Drama|Thriller"),
    (296, "Pulp Fiction", 1994, "Comedy|Crime|Drama|Thriller"),
    (318, "The Shawshank Redemption", 1994, "Crime|Drama"),
    (377, "Speed", 1994, "Action|Romance|Thriller"),
    (593, "The Silence of the Lambs", 1991, "Crime|Horror|Thriller"),
    (858, "The Godfather", 1972, "Crime|Drama"),
    (1208, "Apocalypse Now", 1979, "Action|Drama|War"),
    (1213, "Goodfellas", 1990, "Crime|Drama"),
    (1617, "L.A. Confidential", 1997, "Crime|Film-Noir|Mystery|Thriller"),
    (1721, "Titanic", 1997, "Drama|Romance"),
    (2502, "Office Space", 1999, "Comedy|Crime"),
    (2797, "Big", 1988, "Comedy|Drama|Fantasy|Romance"),
    (3948, "It", 1990, "Drama|Horror|Mystery|Thriller"),
    (5989, "Catch Me If You Can", 2002, "Crime|Drama"),
    (106920, "Her", 2013, "Drama|Romance|Sci-Fi"),
    (80, "The White Balloon (Badkonake sefid)", 1995, "Children|Drama"),
    (915, "Sabrina", 1954, "Comedy|Romance"),
    (7, "Sabrina", 1995, "Comedy|Romance"),
    (900, "Good Morning", 1959, "Comedy"),
    (901, "Home Alone", 1990, "Children|Comedy"),
    (902, "300", 2007, "Action|Fantasy|War"),
]
MOVIES = [
    Movie(
        movie_id=MovieId(movie_id),
        title=title,
        year=year,
        genres=tuple(genres.split("|")),
        theme_id=ThemeId(4 if "Crime" in genres else 9),
    )
    for movie_id, title, year, genres in sorted(_CATALOGUE)
]
NAMES = {movie.movie_id: movie.name for movie in MOVIES}
THEMES = [
    Theme(theme_id=ThemeId(4), label="Crime sagas and moral descent", summary="", size=15),
    Theme(theme_id=ThemeId(9), label="Warm-hearted family comedies", summary="", size=12),
]
VOCABULARY = [
    "slow-burn",
    "neo-noir",
    "morally-ambiguous",
    "dialogue-driven",
    "bittersweet",
    "warm",
]


def name(movie_id: int) -> str:
    return NAMES[MovieId(movie_id)]


def contribution(
    movie_id: int, source_id: int, share: float, *, rating: float | None = 5.0, position: int = 1
) -> ContributionEvidence:
    rated = f"your {rating:g} stars for" if rating else "you watched"
    return ContributionEvidence(
        id=f"contrib:{movie_id}:{source_id}",
        text=f"{rated} {name(source_id)}: {share:.0%} of the score of {name(movie_id)}.",
        data=ContributionData(
            movie_id=MovieId(movie_id),
            title=name(movie_id),
            source_movie_id=MovieId(source_id),
            source_title=name(source_id),
            event_id=EventId(f"ev-{source_id}"),
            kind="rating" if rating else "watch",
            rating=rating,
            value=share * 0.8,
            share=share,
            position=position,
        ),
    )


def rest(movie_id: int, share: float, n_events: int = 24) -> RestEvidence:
    return RestEvidence(
        id=f"rest:{movie_id}",
        text=f"Your other {n_events} events bring {share:.0%} of the score of {name(movie_id)}.",
        data=RestData(
            movie_id=MovieId(movie_id),
            title=name(movie_id),
            n_events=n_events,
            value=share * 0.8,
            share=share,
        ),
    )


def profile(movie_id: int, share: float) -> ProfileEvidence:
    return ProfileEvidence(
        id=f"profile:{movie_id}",
        text=f"What most viewers like brings {share:.0%} of the score of {name(movie_id)}.",
        data=ProfileData(
            movie_id=MovieId(movie_id), title=name(movie_id), value=share * 0.8, share=share
        ),
    )


def counterfactual(
    movie_id: int, source_id: int, before: int, after: int, *, list_length: int = 10
) -> CounterfactualEvidence:
    return CounterfactualEvidence(
        id=f"cf:{movie_id}:{source_id}",
        text=f"Without {name(source_id)}, {name(movie_id)} goes from {before} to {after}.",
        data=CounterfactualData(
            movie_id=MovieId(movie_id),
            title=name(movie_id),
            event_ids=(EventId(f"ev-{source_id}"),),
            source_movie_ids=(MovieId(source_id),),
            source_titles=(name(source_id),),
            rank_before=before,
            rank_after=after,
            score_before=0.61,
            score_after=0.55,
            list_length=list_length,
            stays_in_list=after <= list_length,
        ),
    )


def movie_evidence(movie_id: int, rank: int | None, tags: tuple[str, ...] = ()) -> MovieEvidence:
    movie = next(movie for movie in MOVIES if movie.movie_id == movie_id)
    theme = next(theme for theme in THEMES if theme.theme_id == movie.theme_id)
    return MovieEvidence(
        id=f"movie:{movie_id}",
        text=f"{movie.name} is a film.",
        data=MovieData(
            movie_id=movie.movie_id,
            title=movie.name,
            year=movie.year,
            genres=movie.genres,
            theme=theme.label,
            n_ratings=120,
            mean_rating=4.13,
            rank=rank,
            style_tags=tags,
        ),
    )


def history(movie_id: int, rating: float | None, date: str = "2015-03-02") -> HistoryEvidence:
    movie = next(movie for movie in MOVIES if movie.movie_id == movie_id)
    return HistoryEvidence(
        id=f"hist:{movie_id}",
        text=f"You rated {movie.name}.",
        data=HistoryData(
            event_id=EventId(f"ev-{movie_id}"),
            movie_id=movie.movie_id,
            title=movie.name,
            kind="rating" if rating else "watch",
            rating=rating,
            date=date,
            theme=THEMES[0].label,
            genres=movie.genres,
        ),
    )


def note(movie_id: int, text: str, tags: tuple[str, ...]) -> NoteEvidence:
    return NoteEvidence(
        id=f"note:{movie_id}",
        text=text,
        data=NoteData(
            movie_id=MovieId(movie_id),
            title=name(movie_id),
            source="film-notes",
            note=text,
            visual_language="Cool blue city nights and wide, empty frames.",
            narrative_pacing="Patient, with sudden bursts of violence.",
            thematic_depth="Work as identity, and what it costs.",
            emotional_tone="Melancholy and controlled.",
            emotional_arc="From confidence to loss.",
            character_complexity="Two men who mirror each other.",
            tags=tags,
        ),
    )


def tag(
    tag_name: str, movie_ids: tuple[int, ...], liked: tuple[int, ...], liked_count: int
) -> TagEvidence:
    phrase = tag_name.replace("-", " ")
    return TagEvidence(
        id=f"tag:{tag_name}",
        text=f"{len(movie_ids)} films of the list are {phrase}.",
        data=TagData(
            tag=tag_name,
            phrase=phrase,
            definition=f"Films that are {phrase}.",
            movie_ids=tuple(MovieId(i) for i in movie_ids),
            titles=tuple(name(i) for i in movie_ids),
            liked_movie_ids=tuple(MovieId(i) for i in liked),
            liked_titles=tuple(name(i) for i in liked),
            liked_count=liked_count,
            source="notes",
            confidence=0.9,
        ),
    )


def theme(
    theme_id: int, movie_ids: tuple[int, ...], liked: tuple[int, ...], *,
    list_length: int = 10, liked_count: int = 9, liked_total: int = 20,
) -> ThemeEvidence:  # fmt: skip
    label = next(theme.label for theme in THEMES if theme.theme_id == theme_id)
    return ThemeEvidence(
        id=f"theme:{theme_id}",
        text=f"{len(movie_ids)} of {list_length} films belong to {label}.",
        data=ThemeData(
            theme_id=ThemeId(theme_id),
            label=label,
            summary="Crooks, cops and the price they pay." if theme_id == 4 else "For everybody.",
            movie_ids=tuple(MovieId(i) for i in movie_ids),
            titles=tuple(name(i) for i in movie_ids),
            list_count=len(movie_ids),
            list_length=list_length,
            list_share=len(movie_ids) / list_length,
            liked_count=liked_count,
            liked_total=liked_total,
            liked_share=liked_count / liked_total,
            liked_titles=tuple(name(i) for i in liked),
        ),
    )


def viewer(n_events: int = 27, n_liked: int = 20, n_disliked: int = 3) -> ViewerEvidence:
    return ViewerEvidence(
        id="viewer",
        text=f"You have {n_events} events.",
        data=ViewerData(
            n_events=n_events,
            n_liked=n_liked,
            n_disliked=n_disliked,
            genres=(GenreCount(genre="Crime", count=12), GenreCount(genre="Drama", count=11)),
            first_date="2015-03-02",
            last_date="2016-08-14",
        ),
    )


def recommended_list(movie_ids: tuple[int, ...]) -> ListEvidence:
    return ListEvidence(
        id="list",
        text="The list.",
        data=ListData(
            movie_ids=tuple(MovieId(i) for i in movie_ids),
            titles=tuple(name(i) for i in movie_ids),
            list_length=len(movie_ids),
        ),
    )


def similarity(movie_id: int, other_id: int, value: float) -> SimilarityEvidence:
    return SimilarityEvidence(
        id=f"sim:{movie_id}:{other_id}",
        text="Alike.",
        data=SimilarityData(
            movie_id=MovieId(movie_id),
            title=name(movie_id),
            other_movie_id=MovieId(other_id),
            other_title=name(other_id),
            similarity=value,
            basis="viewers",
            liked_count=40,
            liked_both_count=22,
            liked_both_share=0.55,
            liked_other_share=0.1,
            shared_genres=("Crime",),
            shared_tags=(),
            same_theme=THEMES[0].label,
        ),
    )


def heat_for_goodfellas() -> list[Evidence]:
    """Why Goodfellas: Heat 31 %, Casino 12 %, Titanic against, rest and profile; Heat counts."""
    return [
        movie_evidence(1213, 1, ("morally-ambiguous",)),
        contribution(1213, 6, 0.307),
        contribution(1213, 16, 0.12, rating=4.0, position=2),
        contribution(1213, 1721, -0.043, rating=1.5, position=27),
        rest(1213, 0.516),
        profile(1213, 0.10),
        counterfactual(1213, 6, 1, 7),
        note(
            1213,
            "A restless rise and fall told in voice-over, all swagger until the bill comes.",
            ("morally-ambiguous",),
        ),
        history(6, 5.0),
        history(16, 4.0, "2016-08-14"),
        theme(4, (1213, 50, 593), (6, 16)),
        tag("morally-ambiguous", (1213, 50), (6,), 3),
        viewer(),
        recommended_list((1213, 50, 593)),
    ]
