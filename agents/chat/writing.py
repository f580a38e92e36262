"""Offline answers: from a tool's result to a few claims in plain words."""

from collections.abc import Callable
from typing import Final

from agents.chat.film_answers import (
    write_about,
    write_comparison,
    write_guesses,
    write_similar,
    write_why,
    write_why_not,
    write_why_similar,
)
from agents.chat.own_ratings import write_ratings
from agents.chat.schemas import Intent, IntentKind, Premise
from agents.chat.sentences import Found, Sentence, courtesy, own
from agents.chat.tools import ToolResult
from agents.evidence_block import evidence_record
from agents.realizers.dossiers import read_dossiers
from agents.realizers.page import Page
from agents.realizers.reasons import write_reason
from retrieval.domain.evidence import (
    CounterfactualEvidence,
    HistoryEvidence,
    ListEvidence,
    MovieEvidence,
    ShiftEvidence,
    TagEvidence,
    ThemeEvidence,
    ViewerEvidence,
    WhatIfEvidence,
)
from retrieval.wording import as_list, as_stars

__all__ = ["Sentence", "write_answer"]

_NAMED_MOVES = 3
_FAR_OFF = 1.0
"""Stars by which a liking may miss the one in the history without being corrected."""

Writer = Callable[[Intent, ToolResult], list[Sentence]]


def write_answer(intent: Intent, result: ToolResult) -> list[Sentence]:
    """Claims that answer an intent from a tool's result, most important first."""
    outcome = result.facts.get("outcome")
    writer = _OUTCOMES.get(outcome or "") or _WRITERS[intent.kind]
    return [*_corrected_premises(intent, result), *writer(intent, result)]


def _corrected_premises(intent: Intent, result: ToolResult) -> list[Sentence]:
    """What the message took for granted and the history does not bear out."""
    found = Found(result.evidence)
    sentences: list[Sentence] = []
    for premise in intent.premises:
        movie = found.first(MovieEvidence, premise.movie_id)
        if premise.is_recommended and movie is not None:
            if not intent.is_false_premise:
                text = f"I did not recommend {movie.data.title}."
                sentences.append(Sentence(text, (movie.id,)))
            continue
        met = found.first(HistoryEvidence, premise.movie_id)
        if met is None:
            if movie is not None:
                text = f"{movie.data.title} is not in your history."
                sentences.append(Sentence(text, (movie.id,)))
        elif _is_wrong(premise, met.data.rating):
            sentences += own(met)
    return sentences


def _is_wrong(premise: Premise, given: float | None) -> bool:
    if premise.rating is None or given is None:
        return False
    return abs(premise.rating - given) > (0.0 if premise.is_exact else _FAR_OFF)


def _what_if(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = Found(result.evidence)
    change = found.first(WhatIfEvidence)
    moves = sorted(
        found.all(CounterfactualEvidence),
        key=lambda piece: -abs(piece.data.rank_after - piece.data.rank_before),
    )[:_NAMED_MOVES]
    verb = "rate" if intent.kind == "what_if_rate" else "forget"
    asking = courtesy(f"Nothing is saved; tell me to {verb} it if you want that.")
    return [*_unmet(intent, found), *own(change, *moves), *asking]


def _unmet(intent: Intent, found: Found) -> list[Sentence]:
    """Films that cannot be forgotten because the viewer never met them."""
    if intent.kind != "what_if_forget":
        return []
    met = {piece.data.movie_id for piece in found.all(HistoryEvidence)}
    asked = set(intent.movie_ids) - met
    movies = [piece for piece in found.all(MovieEvidence) if piece.data.movie_id in asked]
    return [Sentence(f"{m.data.title} is not in your history.", (m.id,)) for m in movies]


def _recommend(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    found = Found(result.evidence)
    listed = found.first(ListEvidence)
    if listed is None or not listed.data.titles:
        return courtesy(_NOTHING_FITS)
    is_filtered = result.facts.get("is_filtered")
    opening = "For you, out of what fits" if is_filtered else "Your list now"
    titles = as_list(listed.data.titles)
    sentences = [
        *_dropped(result),
        Sentence(f"{opening}: {titles}.", (listed.id,)),
    ]
    first = listed.data.movie_ids[0]
    records = {piece.id: evidence_record(piece) for piece in result.evidence}
    dossier = next(iter(read_dossiers([first], records)), None)
    if dossier is not None:
        reason = write_reason(dossier, Page(), detail="brief")
        named = f"First comes {listed.data.titles[0]}."
        sentences.append(Sentence(f"{named} {reason.text}", (listed.id, *reason.ids)))
    return sentences


def _dropped(result: ToolResult) -> list[Sentence]:
    dropped = result.facts.get("dropped")
    if dropped == "years":
        return courtesy("Nothing fits all of that, so I left the years out of account.")
    if dropped == "style":
        return courtesy("Nothing fits all of that, so I did not insist on the style.")
    return []


def _similar(intent: Intent, result: ToolResult) -> list[Sentence]:
    return [*_dropped(result), *write_similar(intent, result)]


def _taste_profile(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = Found(result.evidence)
    if intent.asked_ratings is not None:
        return write_ratings(intent, found)
    if intent.movie_ids:
        movie, met = found.first(MovieEvidence), found.all(HistoryEvidence)
        if met or movie is None:
            return own(*met)
        return [Sentence(f"{movie.data.title} is not in your history.", (movie.id,))]
    return own(
        found.first(ViewerEvidence),
        *found.all(ThemeEvidence)[:3],
        *found.all(TagEvidence)[:2],
        *found.all(ShiftEvidence)[:2],
    )


def _proposal(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = Found(result.evidence)
    change, movie = found.first(WhatIfEvidence), found.first(MovieEvidence)
    if change is not None:
        title, source = change.data.titles[0], change.id
    elif movie is not None:
        title, source = movie.data.title, movie.id
    else:
        return courtesy("I have no evidence to answer that from.")
    action = result.proposal.action if result.proposal is not None else intent.kind
    if action == "rate" and intent.rating is not None:
        question = f"Shall I record {as_stars(intent.rating)} for {title}?"
    elif action == "hide":
        question = f"Shall I stop recommending {title}, and films like it a little less?"
    elif action == "less_like":
        question = f"Shall I note that you want less like {title}?"
    else:
        question = f"Shall I forget {title} for good?"
    return [*own(change), Sentence(question, (source,))]


def _read_only(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    change = Found(result.evidence).first(WhatIfEvidence)
    text = "this history can only be read, so nothing can be changed."
    opening = "That is what would happen; " if change is not None else "I cannot: "
    text = opening + text
    return [*own(change), *courtesy(text)]


def _done(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    done = {
        "rate": "Done: the rating is in your history.",
        "forget": "Done: it is forgotten, and your list is ranked again without it.",
        "hide": "Done: it will not come back.",
        "less_like": "Done: such films count for less from now on.",
    }[result.facts["action"]]
    listed = Found(result.evidence).first(ListEvidence)
    if listed is None or not listed.data.titles:
        return courtesy(done)
    first = as_list(listed.data.titles[:_NAMED_MOVES])
    return [*courtesy(done), Sentence(f"Your list now opens with {first}.", (listed.id,))]


def _not_in_history(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    movies = Found(result.evidence).all(MovieEvidence)
    if not movies:
        return courtesy("That film is not in your history, so there is nothing to forget.")
    verb = "is" if len(movies) == 1 else "are"
    names = as_list([movie.data.title for movie in movies])
    text = f"{names} {verb} not in your history, so there is nothing to forget."
    return [Sentence(text, tuple(movie.id for movie in movies))]


def _known(intent: Intent, result: ToolResult) -> list[Sentence]:
    """What is to be recorded is there already."""
    del intent
    met = Found(result.evidence).all(HistoryEvidence)
    return [*own(*met), *courtesy("So there is nothing to change.")]


def _correction(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    met = Found(result.evidence).all(HistoryEvidence)
    if not met:
        return courtesy(
            "Tell me which film I have wrong, and I will propose to forget it or to change its"
            " rating."
        )
    return [
        *own(*met),
        *courtesy("Tell me the right number of stars, or to forget it, and I will propose that."),
    ]


def _nothing_alike(intent: Intent, result: ToolResult) -> list[Sentence]:
    movie = Found(result.evidence).first(MovieEvidence)
    if movie is None or not intent.filters.is_empty:
        return courtesy(_NOTHING_FITS)
    text = f"I know too little about {movie.data.title} to say what is like it."
    return [Sentence(text, (movie.id,))]


def _ambiguous(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    movies = Found(result.evidence).all(MovieEvidence)
    names = [movie.data.title for movie in movies]
    return [
        Sentence(
            f"Which one do you mean: {', '.join(names[:-1])} or {names[-1]}?",
            tuple(movie.id for movie in movies),
        )
    ]


def _fixed(text: str) -> Writer:
    return lambda intent, result: courtesy(text)


_NOTHING_FITS: Final = (
    "No film that you have not seen fits all of that; try fewer conditions, such as only the"
    " genre or only the decade."
)
_HELP: Final = (
    "Ask me why a film is on your list, why another is not, what would change if you forgot or"
    " rated a film, for something like a film you know, what I know about your taste, or for a"
    " film whose name escapes you."
)
_WRITERS: Final[dict[IntentKind, Writer]] = {
    "why": write_why,
    "why_not": write_why_not,
    "about_movie": write_about,
    "find_movie": write_guesses,
    "what_if_forget": _what_if,
    "what_if_rate": _what_if,
    "recommend": _recommend,
    "similar": _similar,
    "compare": write_comparison,
    "taste_profile": _taste_profile,
    "rate": _proposal,
    "forget": _proposal,
    "hide": _proposal,
    "confirm": _fixed("There is nothing waiting for a yes."),
    "decline": _fixed("All right, nothing was changed."),
    "correction": _correction,
    "thanks": _fixed(
        "Glad to talk films with you. Ask away whenever a recommendation puzzles you."
    ),
    "help": _fixed(_HELP),
    "out_of_scope": _fixed(f"I can only talk about films and your recommendations. {_HELP}"),
    "ambiguous_movie": _ambiguous,
    "unknown_movie": _fixed(
        "I do not find that film in the catalogue; try its title as on the poster, perhaps with"
        " the year."
    ),
}
_OUTCOMES: Final[dict[str, Writer]] = {
    "read_only": _read_only,
    "done": _done,
    "known": _known,
    "gone": _fixed("That entry is no longer in your history; nothing was changed."),
    "not_in_history": _not_in_history,
    "nothing_fits": _fixed(_NOTHING_FITS),
    "nothing_alike": _nothing_alike,
    "why_similar": write_why_similar,
    "no_guess": _fixed(
        "I cannot place that film: nothing in the titles, genres, styles and notes I know fits. Try"
        " other words, or the decade."
    ),
    "empty_list": _fixed("There is no list to explain: no film is left that you have not met."),
}
