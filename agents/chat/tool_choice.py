"""Between a model's choice of tool and an intent whose films are known."""

from agents.chat.drafts import ToolChoice
from agents.chat.film_references import Memory, resolve
from agents.chat.schemas import Intent, IntentKind
from retrieval.bundle import Bundle
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Filters
from retrieval.titles import TitleIndex

__all__ = ["draft_of", "intent_of"]

_NEED_ONE = frozenset(
    {
        "why_not",
        "what_if_forget",
        "what_if_rate",
        "similar",
        "about_movie",
        "rate",
        "forget",
        "hide",
    }
)

_SEVERAL = frozenset({"what_if_forget", "what_if_rate"})


def draft_of(intent: Intent, bundle: Bundle) -> ToolChoice:
    """What the rules understood, in the form that a model is asked for."""
    unclear = {"ambiguous_movie", "unknown_movie"}
    filters = intent.filters
    return ToolChoice(
        tool="about_movie" if intent.kind in unclear else intent.kind,
        titles=[bundle.movie(movie_id).name for movie_id in intent.movie_ids],
        positions=[],
        rating=intent.rating or 0.0,
        genres=list(filters.genres),
        without_genres=list(filters.without_genres),
        year_from=filters.year_from or 0,
        year_to=filters.year_to or 0,
        tags=list(filters.tags),
        without_tags=list(filters.without_tags),
        description=intent.text if intent.kind == "find_movie" else "",
    )


def intent_of(
    choice: ToolChoice,
    memory: Memory,
    bundle: Bundle,
    titles: TitleIndex,
    *,
    fallback: Intent,
) -> Intent:
    """Resolve a model's choice against the catalogue; nothing it names is taken on trust."""
    films = _films(choice, memory, bundle, titles)
    if isinstance(films, Intent):
        return films
    kind: IntentKind = choice.tool
    if kind in {"confirm", "decline"} and memory.proposal is None:
        kind = "thanks"
    if kind == "confirm" and fallback.kind != "confirm":
        return fallback  # a history is changed on a plain yes, not on a model's say-so
    if kind == "find_movie":
        text = choice.description or fallback.text
        return Intent(kind=kind, text=text, filters=fallback.filters) if text else fallback
    if not films and kind in _NEED_ONE:
        films = list(memory.focus[:1])
    if not films and kind == "why":
        films = list(memory.list_movie_ids[:1])
    if (kind in _NEED_ONE and not films) or (kind == "compare" and len(films) < 2):
        return fallback
    listed = {*memory.list_movie_ids, *memory.current_movie_ids}
    is_false_premise = kind == "why" and films[:1] != [] and films[0] not in listed
    kept = len(films) if kind in _SEVERAL else 2 if kind == "compare" else 1
    same_films = set(films) >= {premise.movie_id for premise in fallback.premises}
    return Intent(
        kind="why_not" if is_false_premise else kind,
        movie_ids=tuple(films[:kept]),
        rating=choice.rating if _is_rating(choice.rating) else fallback.rating,
        filters=_filters(choice, bundle),
        is_false_premise=is_false_premise,
        premises=fallback.premises if same_films else (),
    )


def _is_rating(stars: float) -> bool:
    return 0.5 <= stars <= 5.0 and stars * 2 % 1 == 0


def _films(
    choice: ToolChoice, memory: Memory, bundle: Bundle, titles: TitleIndex
) -> list[MovieId] | Intent:
    """The films that a choice names, or the intent to ask back."""
    films: list[MovieId] = []
    for title in choice.titles:
        candidates = resolve(titles.best(title), memory, bundle)
        if len(candidates) > 1:
            return Intent(kind="ambiguous_movie", movie_ids=tuple(candidates))
        if not candidates:
            return Intent(kind="unknown_movie", text=title)
        films += candidates
    for position in choice.positions:
        if not 1 <= position <= len(memory.list_movie_ids):
            return Intent(kind="unknown_movie", text=f"number {position}")
        films.append(memory.list_movie_ids[position - 1])
    return list(dict.fromkeys(films))


def _filters(choice: ToolChoice, bundle: Bundle) -> Filters:
    genres = {g.casefold(): g for movie in bundle.movies for g in movie.genres}
    tags = bundle.tag_frequency
    return Filters(
        genres=tuple(genres[g.casefold()] for g in choice.genres if g.casefold() in genres),
        without_genres=tuple(
            genres[g.casefold()] for g in choice.without_genres if g.casefold() in genres
        ),
        year_from=choice.year_from or None,
        year_to=choice.year_to or None,
        tags=tuple(tag for tag in choice.tags if tag in tags),
        without_tags=tuple(tag for tag in choice.without_tags if tag in tags),
    )
