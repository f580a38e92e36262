"""From a message and the thread's memory to an intent whose films are known."""

import re
from dataclasses import replace
from typing import Final, NamedTuple, cast

from agents.chat.constraints import filters_in, merge_filters
from agents.chat.film_references import (
    Memory,
    Mentions,
    find_mentions,
    pointed_films,
    points_to_film,
    resolve,
)
from agents.chat.intent_model import IntentModel, IntentScores, load_intent_model
from agents.chat.premises import premises_in, without_premises
from agents.chat.schemas import Intent, IntentKind
from agents.chat.slots import fold_message, mark_slots, ratings_in
from retrieval.bundle import Bundle
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Filters
from retrieval.titles import TitleIndex

__all__ = ["understand"]

_NEEDS_FILM: Final = frozenset(
    "why_not what_if_forget what_if_rate similar less_like about_movie rate forget hide".split()
)
_ONLY_OF_FILMS: Final = frozenset({"why_not", "what_if_forget", "what_if_rate", "similar"})
"""What is asked of films alone, so that an unknown word in it must be one."""
_LISTS: Final = frozenset({"recommend", "similar", "refine", "more"})
_SEVERAL: Final = frozenset({"what_if_forget", "what_if_rate"})
_FOLLOWED: Final = frozenset(
    "why why_not what_if_forget what_if_rate similar about_movie rate forget hide".split()
)
"""Intents that "and that one?" repeats for another film."""
_CHANGES: Final = ("rate", "forget", "hide")
_CLEAR: Final = 0.4
_FILM_MISSING: Final = 0.25
_GIVEN_UP: Final = 0.4
_COURTESIES: Final = frozenset({"thanks", "confirm", "decline", "more", "out_of_scope", "correction"})
_LESS: Final = re.compile(
    r"\b(?:less|fewer|no|not|dont|never|nothing|stop|enough|tired|sick|avoid|away|anything but|spare"
    r"|tone|cut|too many|so many)\b"
)
_CERTAIN: Final = 0.6
_FILM_WORD: Final = re.compile(r"\b(?:films|movies|film|movie)\b")
_INTERJECTIONS: Final = re.compile(
    r"^(?:(?:cool|nice|great|good|thanks|thank you|ooh|oh|huh|wow|hm+|ok|okay|yeah|yes|yep|no|nah"
    r"|nope|well|hi|hello|hey|sure|right|alright|aha|haha|lol|perfect|wait|actually|and|but|so)\b ?)+"
)
_ABOUT_FILMS: Final = 0.2
"""What a word about films takes away from a message having nothing to do with them."""
_SURE: Final = 0.12
"""Score below which a message is like nothing that the chat knows."""
_ASSENT: Final = 0.35
"""What a waiting proposal adds to the likelihood of a yes or a no."""


class _Reading(NamedTuple):
    mentions: Mentions
    folded: str
    scores: IntentScores


def understand(message: str, memory: Memory, bundle: Bundle, titles: TitleIndex) -> Intent:
    """Read a message without a language model.

    A title that fits two films asks back unless the list, the history or fame decides; a title
    that fits nothing says so. Without a film, a position ("the second one") or a pronoun points
    into the thread's memory.
    """
    reading = _read(message, memory, titles)
    kind = _label(reading, memory)
    if () in reading.mentions.movie_ids:
        return Intent(kind="unknown_movie")
    named = [resolve(ids, memory, bundle) for ids in reading.mentions.movie_ids]
    for candidates in named:
        if len(candidates) > 1:
            return _ambiguous(kind, candidates, reading.folded)
    films = tuple(dict.fromkeys(candidates[0] for candidates in named))
    premises = premises_in(reading.folded, films)
    if kind in {"recommend", "more", "refine"} and films:
        kind = "similar"
    if kind == "find_movie":
        return Intent(kind="find_movie", text=message, filters=filters_in(reading.folded))
    if kind in {"follow_up", "correction", "rate"} and memory.asked_back is not None:
        chosen = _chosen(films, reading.folded, memory, bundle)
        if chosen is not None:
            return _complete(memory.asked_back, (chosen,), reading.folded, memory, memory.last)
    if kind == "follow_up":
        return _follow_up(films, reading, memory, bundle)
    if not films or _takes_another(kind, films):
        pointed = pointed_films(kind, reading.folded, memory)
        if pointed is None:
            return Intent(kind="unknown_movie", text="that place of the list")
        films = _joined(films, pointed, memory, kind)
        kind = "about_movie" if kind == "recommend" and films else kind
    if not films and kind in _NEEDS_FILM:
        films = memory.focus[:1]
    intent = _complete(kind, films, reading.folded, memory, None)
    return intent.model_copy(update={"premises": premises})


def _read(message: str, memory: Memory, titles: TitleIndex) -> _Reading:
    """The likeliest of the readings that take more or fewer words for titles."""
    model = load_intent_model()
    readings = []
    for mentions in find_mentions(message, titles, model.words):
        folded = fold_message(mentions.masked)
        readings.append(_Reading(mentions, folded, _score(model, folded, memory)))
    return max(readings, key=_likelihood)


def _likelihood(reading: _Reading) -> float:
    """A reading that makes sense of the message beats one that gives it up."""
    kind, score, _ = reading.scores
    if () in reading.mentions.movie_ids and kind not in _ONLY_OF_FILMS:
        return -1.0
    if kind in _NEEDS_FILM and not points_to_film(reading.folded):
        score -= _FILM_MISSING
    return (score if kind != "out_of_scope" else _GIVEN_UP * score) + reading.mentions.prior


def _score(model: IntentModel, folded: str, memory: Memory) -> IntentScores:
    question = without_premises(folded)
    marked = mark_slots(question)
    marks = marked.split()
    by_kind = dict(model.read(marked).by_kind)
    for part in _parts(question, marked):
        # "Cool, and the second one?" asks something; "cool" alone does not.
        for kind, score in model.read(part).by_kind.items():
            if kind not in _COURTESIES:
                by_kind[kind] = max(by_kind[kind], score)
    if max(by_kind[kind] for kind in _CHANGES) > _CLEAR:
        by_kind["correction"] -= _ABOUT_FILMS
    if memory.proposal is not None and "F" not in marks:
        by_kind["confirm"] += _ASSENT
        by_kind["decline"] += _ASSENT
    if "F" in marks or "N" in marks:
        by_kind["find_movie"] -= 0.5
        by_kind["out_of_scope"] -= 0.1
    elif {"film", "films", "G", "T", "Y"} & set(marks):
        by_kind["out_of_scope"] -= _ABOUT_FILMS
    if not _LESS.search(marked):
        by_kind["less_like"] -= _ABOUT_FILMS
    if {"film", "films"} & set(marks) and by_kind["out_of_scope"] < _CERTAIN:
        by_kind["out_of_scope"] -= _ABOUT_FILMS
    best = max(by_kind, key=lambda kind: by_kind[kind])
    return IntentScores(best, by_kind[best], by_kind)


def _parts(question: str, marked: str) -> list[str]:
    """What is left without an interjection, and the clauses of a message of several."""
    rest = _INTERJECTIONS.sub("", marked)
    clauses = [mark_slots(clause) for clause in re.split(r"[.,;!?]+ ", question)]
    parts = [rest, *(clauses if len(clauses) > 1 else [])]
    return [part for part in parts if part != marked and len(part.split()) > 1]


def _label(reading: _Reading, memory: Memory) -> str:
    kind, score, _ = reading.scores
    n_films = len(reading.mentions.movie_ids)
    if n_films and (score < _SURE or kind == "out_of_scope"):
        return "compare" if n_films == 2 else "follow_up"
    marks = set(mark_slots(reading.folded).split())
    if kind == "out_of_scope" and "film" in marks and marks & {"G", "T"}:
        return "find_movie"
    if score < _SURE:
        return "out_of_scope"
    if kind == "refine" and filters_in(reading.folded).genres and _FILM_WORD.search(reading.folded):
        return "recommend"
    if kind in {"confirm", "decline"} and memory.proposal is None:
        return _unasked(kind, memory)
    return kind


def _unasked(kind: str, memory: Memory) -> str:
    """A yes or no that nothing waits for; after a what-if, "do it" asks for the change."""
    last = memory.last
    if kind == "confirm" and last is not None and last.kind in _SEVERAL:
        return "forget" if last.kind == "what_if_forget" else "rate"
    return "thanks"


def _takes_another(kind: str, films: tuple[MovieId, ...]) -> bool:
    return kind == "compare" and len(films) == 1


def _joined(
    films: tuple[MovieId, ...], pointed: tuple[MovieId, ...], memory: Memory, kind: str
) -> tuple[MovieId, ...]:
    if kind != "compare":
        return pointed or films
    # "How does that one compare to Fargo": the pointed film comes first.
    joined = tuple(dict.fromkeys((*pointed, *films)))
    return joined if len(joined) > 1 else tuple(dict.fromkeys((*memory.focus[:1], *joined)))


def _chosen(
    films: tuple[MovieId, ...], folded: str, memory: Memory, bundle: Bundle
) -> MovieId | None:
    """The film that answers "which one do you mean", or None when it is no answer."""
    candidates = memory.focus
    if films:
        return films[0] if films[0] in candidates else None
    by_year = sorted(candidates, key=lambda m: bundle.movie(m).year or 0)
    words = set(folded.split())
    if words & {"old", "older", "original", "oldest", "earlier"}:
        return by_year[0]
    if words & {"new", "newer", "newest", "remake", "latest", "recent"}:
        return by_year[-1]
    years = filters_in(folded)
    for movie_id in candidates:
        year = bundle.movie(movie_id).year
        if year and years.year_from and years.year_from <= year <= (years.year_to or year):
            return movie_id
    pointed = pointed_films("follow_up", folded, replace(memory, list_movie_ids=candidates))
    return pointed[0] if pointed else None


def _follow_up(
    films: tuple[MovieId, ...], reading: _Reading, memory: Memory, bundle: Bundle
) -> Intent:
    """The last question again, for another film."""
    last = memory.last
    films = films or pointed_films("follow_up", reading.folded, memory) or ()
    if not films:
        filters = filters_in(reading.folded)
        kind = "refine" if not filters.is_empty else "out_of_scope"
        return _complete(kind, (), reading.folded, memory, None)
    kind = last.kind if last is not None and last.kind in _FOLLOWED else "about_movie"
    if kind == "about_movie" and films[0] in memory.list_movie_ids:
        kind = "why"
    if kind == "why_not" and films[0] in memory.current_movie_ids:
        kind = "why"
    return _complete(kind, films, reading.folded, memory, last)


def _ambiguous(kind: str, candidates: list[MovieId], folded: str) -> Intent:
    asked = "about_movie" if kind in {"follow_up", "find_movie", "recommend"} else kind
    asked = "hide" if asked == "less_like" else asked
    return Intent(
        kind="ambiguous_movie",
        movie_ids=tuple(candidates),
        asked=cast(IntentKind, asked),
        rating=next(iter(ratings_in(folded)), None),
        filters=filters_in(folded),
    )


def _complete(
    label: str, films: tuple[MovieId, ...], folded: str, memory: Memory, last: Intent | None
) -> Intent:
    """The intent of a label, with the films, stars and constraints that it needs.

    Args:
        label: Of the intent model.
        films: Those that are meant.
        folded: The message.
        memory: The thread's memory.
        last: The intent whose stars and constraints a follow-up goes on with.
    """
    if label in _LISTS:
        return _list_intent(label, films, folded, memory, last)
    kind, is_false_premise = _kind(label, films, memory)
    if kind == "why" and not films:
        films = memory.focus[:1] or memory.list_movie_ids[:1]
    ratings = tuple(ratings_in(folded))
    if kind in {"rate", "what_if_rate"} and not ratings:
        known = last or memory.last
        ratings = (known.rating if known and known.rating else 4.0,)
    kept = 2 if kind == "compare" else len(films) if kind in _SEVERAL else 1
    return Intent(
        kind=kind,
        movie_ids=films[:kept],
        rating=ratings[0] if ratings else None,
        ratings=ratings if len(ratings) == len(films[:kept]) > 1 else (),
        is_false_premise=is_false_premise,
        text="less_like" if label == "less_like" else "",
    )


def _kind(label: str, films: tuple[MovieId, ...], memory: Memory) -> tuple[IntentKind, bool]:
    """What a label means for these films, and whether it takes a recommendation for granted."""
    listed = {*memory.list_movie_ids, *memory.current_movie_ids}
    if label == "why" and films and films[0] not in listed:
        return "why_not", True
    if label == "compare" and len(films) < 2:
        label = "about_movie" if films else "help"
    if label == "correction":
        label = "about_rating" if films and films[0] in memory.history else "correction"
    if label == "less_like":
        label = "hide"
    if label in _NEEDS_FILM and not films:
        label = "help"
    return cast(IntentKind, "correction" if label == "about_rating" else label), False


def _list_intent(
    label: str, films: tuple[MovieId, ...], folded: str, memory: Memory, last: Intent | None
) -> Intent:
    """A list: made anew, narrowed, or gone on with."""
    new = filters_in(folded)
    source = memory.list_source
    if label in {"refine", "more"} or (label == "similar" and not films and not memory.focus):
        goes_on = label == "more" and new.is_empty
        filters = merge_filters(memory.list_filters, new, replaces="instead" in folded)
        if goes_on:
            shown = (*memory.list_filters.without_movie_ids, *memory.list_movie_ids)
            filters = filters.model_copy(update={"without_movie_ids": shown})
        kind: IntentKind = "similar" if source is not None else "recommend"
        return Intent(kind=kind, movie_ids=(source,) if source else (), filters=filters)
    if label == "similar" and films:
        kept = last.filters if last is not None else Filters()
        return Intent(kind="similar", movie_ids=films[:1], filters=merge_filters(kept, new))
    return Intent(kind="recommend", filters=new)
