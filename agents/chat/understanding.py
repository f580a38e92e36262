"""From a message and the thread's memory to an intent whose films are known."""

import re
from dataclasses import replace
from typing import Final, cast, get_args

from agents.chat.constraints import filters_in, merge_filters
from agents.chat.film_references import Memory, pointed_films, resolve
from agents.chat.own_ratings import asks_of_others, of_own_ratings
from agents.chat.premises import (
    asks_own_stars,
    claims_recommendation,
    premises_in,
    without_premises,
)
from agents.chat.presumptions import is_told_in_passing, presumptions_in
from agents.chat.reading import NEEDS_FILM, QUESTIONS, Reading, read_likeliest
from agents.chat.schemas import Intent, IntentKind, Premise
from agents.chat.slots import mark_slots, positions_in, ratings_in
from retrieval.bundle import Bundle
from retrieval.domain.models import MovieId
from retrieval.domain.recommendation import Filters
from retrieval.titles import TitleIndex

__all__ = ["understand"]

_FILM_WORD: Final = re.compile(r"\b(?:films|movies|film|movie)\b")
_SURELY: Final = 0.3
"""Score from which a wish is one, whatever is told beside it."""
_SURE: Final = 0.12
"""Score below which a message is like nothing that the chat knows."""
_LISTS: Final = frozenset({"recommend", "similar", "refine", "more"})
_SEVERAL: Final = frozenset({"what_if_forget", "what_if_rate"})
_ASKABLE: Final = frozenset(get_args(IntentKind)) - {"find_movie", "recommend", "out_of_scope"}
_MAY_ASK_STARS: Final = frozenset(
    "taste_profile about_movie why_not why correction similar help out_of_scope find_movie"
    " follow_up thanks".split()
)
_TOLD_BESIDE: Final = frozenset("taste_profile similar recommend refine why about_movie".split())
"""What may be asked by who tells stars that the history has or not."""
_WRONG: Final = re.compile(r"\b(?:wrong|incorrect|mistaken?|mixed up)\b")
_ELSEWHERE: Final = 0.6
"""Score from which a message is of no film, though it may say "the last bus"."""
_WISHES: Final = frozenset("recommend similar more refine compare".split())
_PRESUMES_NOTHING: Final = frozenset(
    "out_of_scope thanks help confirm decline ambiguous_movie".split()
)
_MAY_CLAIM: Final = frozenset("why why_not about_movie compare correction thanks hide".split())
_ANSWERS: Final = frozenset(
    "follow_up correction rate recommend refine similar about_movie find_movie".split()
)
"""How "the old one" or "the one from 1995" may read when the chat has asked which film is meant."""
_NEVER_MET: Final = re.compile(
    r"\bi(?:ve| have)? (?:never|havent|have not|didnt|did not)(?: \w+){0,2}? (?:watch\w*|saw"
    r"|seen|see)\b"
)
_VAGUE_AGE: Final = re.compile(r"\b(?:old|older|new|newer|recent|modern|current|classic)\b")
_VERSION: Final = re.compile(r"\b(?:one|version|film|movie|remake|original|adaptation)\b")
_LONGEST_CHOICE: Final = 12
"""Words in which one of two films with the same title is chosen."""
_FOLLOWED: Final = frozenset(
    "why why_not what_if_forget what_if_rate similar about_movie rate forget hide".split()
)
"""Intents that "and that one?" repeats for another film."""


def understand(message: str, memory: Memory, bundle: Bundle, titles: TitleIndex) -> Intent:
    """Read a message without a language model.

    A title that fits two films asks back unless the list, the history or fame decides; a title
    that fits nothing says so. Without a film, a position ("the second one") or a pronoun points
    into the thread's memory.
    """
    if asks_of_others(message):
        return Intent(kind="out_of_scope")
    reading = read_likeliest(message, memory, titles)
    kind = _label(reading, memory)
    if () in reading.mentions.movie_ids:
        return Intent(kind="unknown_movie")
    named = [resolve(ids, memory, bundle) for ids in reading.mentions.movie_ids]
    for candidates in named:
        if len(candidates) > 1:
            return _ambiguous(kind, candidates, reading.folded)
    films = tuple(dict.fromkeys(candidates[0] for candidates in named))
    if kind == "rate" and is_told_in_passing(reading.folded, films, memory.history):
        kind = max(sorted(_TOLD_BESIDE), key=lambda k: reading.scores.by_kind[k])
    intent = (
        _choice(kind, films, reading, memory, bundle, titles)
        or _own_stars(kind if reading.scores.score > _SURELY else "", films, reading.folded, memory)
        or _asked(kind, message, films, reading, memory, titles)
    )
    return _with_presumptions(intent, films, reading.folded, memory)


def _with_presumptions(
    intent: Intent, films: tuple[MovieId, ...], folded: str, memory: Memory
) -> Intent:
    """The intent with everything that its message presumes of the films it names."""
    if intent.kind in _PRESUMES_NOTHING or (intent.kind == "rate" and not intent.premises):
        return intent
    known = {premise.movie_id for premise in intent.premises}
    found = {
        (premise.movie_id, premise.is_recommended): premise
        for premise in presumptions_in(folded, films, memory.shown, memory.history)
        if premise.is_recommended or premise.movie_id not in known
    }
    return intent.model_copy(update={"premises": (*intent.premises, *found.values())})


def _choice(
    kind: str,
    films: tuple[MovieId, ...],
    reading: Reading,
    memory: Memory,
    bundle: Bundle,
    titles: TitleIndex,
) -> Intent | None:
    """The intent of an answer to "which one do you mean", or of a change to a namesake."""
    if memory.asked_back is not None and kind in _ANSWERS:
        chosen = _chosen(films, reading.folded, memory, bundle)
        if chosen is not None:
            return _complete(memory.asked_back, (chosen,), reading.folded, memory, memory.last)
    other = _other_version(films, reading.folded, memory, bundle, titles)
    return None if other is None else _follow_up((other,), reading, memory)


def _own_stars(kind: str, films: tuple[MovieId, ...], folded: str, memory: Memory) -> Intent | None:
    """The intent of a question about the viewer's stars for a film, whatever else it reads like."""
    if kind in _WISHES or _WRONG.search(folded):
        return None  # "You know I gave F two stars? Show me others like it."
    if films and asks_own_stars(folded, is_open=kind in _MAY_ASK_STARS):
        premises = premises_in(folded, films, is_question=True)
        return Intent(kind="taste_profile", movie_ids=films[:1], premises=premises)
    if not films and memory.focus and asks_own_stars(folded, is_open=False):
        return of_own_ratings(folded, memory)
    return None


def _asked(
    kind: str,
    message: str,
    films: tuple[MovieId, ...],
    reading: Reading,
    memory: Memory,
    titles: TitleIndex,
) -> Intent:
    if kind == "out_of_scope":
        return Intent(kind="out_of_scope")
    if kind == "find_movie":
        # An "old film" that is half remembered may be of any year.
        told = _VAGUE_AGE.sub(" ", reading.folded)
        return Intent(kind="find_movie", text=message, filters=filters_in(told))
    if kind == "follow_up" or (kind == "correction" and not films and positions_in(reading.folded)):
        return _follow_up(films, reading, memory)
    if (
        kind in {"correction", "hide"}
        and _NEVER_MET.search(reading.folded)
        and (films and memory.history.issuperset(films))
    ):
        kind = "forget"
    if kind == "similar" and not films and _goes_on(reading.folded, memory):
        kind = "more"
    intent = _of_films(kind, films, reading, memory)
    if intent.kind != "about_movie" or not reading.mentions.movie_ids:
        return intent
    fitting = set(reading.mentions.movie_ids[0])
    others = [m for m in titles.namesakes(intent.movie_ids[0]) if m in fitting]
    return intent.model_copy(update={"namesakes": tuple(others[:1])})


def _goes_on(folded: str, memory: Memory) -> bool:
    """Whether "more of those" means the list shown, and not a film."""
    plural = re.search(r"\b(?:those|these|them|such|the same)\b", folded) is not None
    last = memory.last.kind if memory.last is not None else None
    return plural and last == "recommend" and not positions_in(folded)


def _of_films(kind: str, films: tuple[MovieId, ...], reading: Reading, memory: Memory) -> Intent:
    """The intent of a label, once the films that it only points to are known."""
    is_question = kind in QUESTIONS or kind in _SEVERAL
    premises = premises_in(reading.folded, films, is_question=is_question)
    if kind == "why" and positions_in(reading.folded) and memory.history.issuperset(films):
        # "Why the first one? Because of Chinatown?"
        films = pointed_films("why", reading.folded, memory) or films
    if premises:
        films = _asked_first(
            films, premises, without_premises(reading.folded, plain=is_question), memory
        )
    if kind in {"recommend", "more", "refine"} and films:
        kind = "similar"
    if kind == "taste_profile" and not films:
        return of_own_ratings(reading.folded, memory)
    if not films or (kind == "compare" and len(films) == 1):
        pointed = pointed_films(kind, reading.folded, memory)
        if pointed is None:
            return Intent(kind="unknown_movie", text="that place of the list")
        films = _joined(films, pointed, memory, kind)
        kind = "about_movie" if kind == "recommend" and films else kind
    if not films and kind in NEEDS_FILM:
        films = memory.focus[:1]
    is_new = bool(films) and kind in _MAY_CLAIM and films[0] not in memory.shown
    if is_new and claims_recommendation(reading.folded):
        return Intent(kind="why_not", movie_ids=films[:1], is_false_premise=True, premises=premises)
    intent = _complete(kind, films, reading.folded, memory, None)
    return intent.model_copy(update={"premises": premises})


def _asked_first(
    films: tuple[MovieId, ...], premises: tuple[Premise, ...], question: str, memory: Memory
) -> tuple[MovieId, ...]:
    """Films that the question itself names or points to, before those it takes for granted."""
    told = {premise.movie_id for premise in premises}
    asked = tuple(film for film in films if film not in told)
    if not asked and positions_in(question):
        asked = pointed_films("follow_up", question, memory) or ()
    return (*asked, *(film for film in films if film in told))


def _label(reading: Reading, memory: Memory) -> str:
    kind, score, _ = reading.scores
    n_films = len(reading.mentions.movie_ids)
    if n_films and (score < _SURE or kind == "out_of_scope"):
        return "compare" if n_films == 2 else "follow_up"
    points_on = kind == "out_of_scope" and score < _ELSEWHERE and positions_in(reading.folded)
    if points_on and pointed_films("follow_up", reading.folded, memory):
        # A place of the list is of this talk, whatever is asked about it.
        return max(sorted(NEEDS_FILM | {"why"}), key=lambda k: reading.scores.by_kind[k])
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


def _joined(
    films: tuple[MovieId, ...], pointed: tuple[MovieId, ...], memory: Memory, kind: str
) -> tuple[MovieId, ...]:
    if kind != "compare":
        return pointed or films
    # "How does that one compare to Fargo": the pointed film comes first.
    joined = tuple(dict.fromkeys((*(pointed[:1] if films else pointed), *films)))
    return joined if len(joined) > 1 else tuple(dict.fromkeys((*memory.focus[:1], *joined)))


def _other_version(
    films: tuple[MovieId, ...], folded: str, memory: Memory, bundle: Bundle, titles: TitleIndex
) -> MovieId | None:
    """The namesake of the film talked about that "no, the one from 1974" means."""
    if not _is_year(films, bundle) or not memory.focus or not _VERSION.search(folded):
        return None
    if positions_in(folded) and filters_in(folded).year_from is None:
        return None
    versions = (memory.focus[0], *titles.namesakes(memory.focus[0]))
    if len(versions) == 1 or len(folded.split()) > _LONGEST_CHOICE:
        return None
    return _dated(folded, versions, bundle)


def _is_year(films: tuple[MovieId, ...], bundle: Bundle) -> bool:
    """Whether no film is named, or one whose title may be a year: 2012 is a film, too."""
    return all(bundle.movie(film).title.isdigit() for film in films)


def _chosen(
    films: tuple[MovieId, ...], folded: str, memory: Memory, bundle: Bundle
) -> MovieId | None:
    """The film that answers "which one do you mean", or None when it is no answer."""
    candidates = memory.focus
    if films and not _is_year(films, bundle):
        return films[0] if films[0] in candidates else None
    dated = _dated(folded, candidates, bundle)
    if dated is not None:
        return dated
    pointed = pointed_films("follow_up", folded, replace(memory, list_movie_ids=candidates))
    return pointed[0] if pointed else None


def _dated(folded: str, candidates: tuple[MovieId, ...], bundle: Bundle) -> MovieId | None:
    """The one of some films that a year, or old and new, tells apart."""
    by_year = sorted(candidates, key=lambda m: bundle.movie(m).year or 0)
    words = set(re.findall(r"[a-z]+", folded))
    if words & {"old", "older", "original", "oldest", "earlier"}:
        return by_year[0]
    if words & {"new", "newer", "newest", "remake", "latest", "recent"}:
        return by_year[-1]
    years = filters_in(folded)
    for movie_id in candidates:
        year = bundle.movie(movie_id).year
        if year and years.year_from and years.year_from <= year <= (years.year_to or year):
            return movie_id
    return None


def _follow_up(films: tuple[MovieId, ...], reading: Reading, memory: Memory) -> Intent:
    """The last question again, for another film."""
    last = memory.last
    films = films or pointed_films("follow_up", reading.folded, memory) or ()
    if not films:
        filters = filters_in(reading.folded)
        goes_on = "refine" if not filters.is_empty else "out_of_scope"
        return _complete(goes_on, (), reading.folded, memory, None)
    listed = films[0] in memory.list_movie_ids
    if last is not None and last.kind in _FOLLOWED:
        kind: str = last.kind
    else:
        kind = "why" if listed else "about_movie"
    if kind == "why_not" and films[0] in memory.current_movie_ids:
        kind = "why"
    return _complete(kind, films, reading.folded, memory, last)


def _ambiguous(kind: str, candidates: list[MovieId], folded: str) -> Intent:
    kind = {"less_like": "hide", "more": "similar", "refine": "similar"}.get(kind, kind)
    asked = kind if kind in _ASKABLE else "about_movie"
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
    if label == "why" and films and films[0] not in memory.shown:
        return "why_not", True
    if label == "compare" and len(films) < 2:
        label = "about_movie" if films else "help"
    if label == "less_like":
        label = "hide"
    if label in NEEDS_FILM and not films:
        label = "help"
    return cast(IntentKind, label), False


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
