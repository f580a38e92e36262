"""Offline answers: from a tool's result to a few claims in plain words."""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple, TypeVar

from agents.chat.schemas import Intent, IntentKind
from agents.chat.tools import ToolResult
from agents.evidence_block import evidence_record
from agents.realizers.dossiers import read_dossiers
from agents.realizers.page import Page
from agents.realizers.reasons import write_reason
from retrieval.domain.evidence import (
    ContributionEvidence,
    CounterfactualEvidence,
    Evidence,
    EvidenceId,
    ListEvidence,
    MovieEvidence,
    NoteEvidence,
    PredictionEvidence,
    SimilarityEvidence,
    TagEvidence,
    ThemeEvidence,
    ViewerEvidence,
    WhatIfEvidence,
    WhyNotEvidence,
)
from retrieval.domain.models import MovieId
from retrieval.wording import as_list, as_percent, as_stars

__all__ = ["Sentence", "suggest", "write_answer"]

T = TypeVar("T")

_NAMED_MOVES = 3
_NAMED_CAUSES = 3
_LISTED = 10


class Sentence(NamedTuple):
    """One claim before it is checked."""

    text: str
    evidence_ids: tuple[EvidenceId, ...]
    needs_evidence: bool = True


class _Found:
    """A result's evidence by type."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self.evidence = evidence

    def all(self, kind: type[T]) -> list[T]:
        return [piece for piece in self.evidence if isinstance(piece, kind)]

    def first(self, kind: type[T]) -> T | None:
        return next(iter(self.all(kind)), None)


def write_answer(intent: Intent, result: ToolResult) -> list[Sentence]:
    """Claims that answer an intent from a tool's result, most important first."""
    outcome = result.facts.get("outcome")
    if outcome is not None and (writer := _OUTCOMES.get(outcome)):
        return writer(intent, result)
    return _WRITERS[intent.kind](intent, result)


def _courtesy(text: str) -> list[Sentence]:
    return [Sentence(text, (), needs_evidence=False)]


def _own(*pieces: Evidence | None) -> list[Sentence]:
    return [Sentence(piece.text, (piece.id,)) for piece in pieces if piece is not None]


def _why(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = _Found(result.evidence)
    movie_id = result.focus[0] if result.focus else intent.movie_ids[0]
    movie = next((p for p in found.all(MovieEvidence) if p.data.movie_id == movie_id), None)
    if movie is None or movie.data.rank is None:
        return _why_not(intent, result)
    causes = [
        piece
        for piece in found.all(ContributionEvidence)
        if piece.data.movie_id == movie_id and piece.data.value > 0
    ][:_NAMED_CAUSES]
    records = {piece.id: evidence_record(piece) for piece in result.evidence}
    dossier = next(iter(read_dossiers([movie_id], records)), None)
    sentences = [_place(movie)]
    if dossier is not None:
        reason = write_reason(dossier, Page(), detail="brief")
        sentences.append(Sentence(reason.text, tuple(reason.ids)))
    if len(causes) > 1:
        named = as_list([f"{c.data.source_title} ({as_percent(c.data.share)})" for c in causes])
        sentences.append(
            Sentence(
                f"The films of your history that speak most for it are {named}.",
                tuple(cause.id for cause in causes),
            )
        )
    sentences += _own(
        next((p for p in found.all(CounterfactualEvidence) if p.data.movie_id == movie_id), None)
    )
    return sentences + _reading(found, movie_id)


def _place(movie: MovieEvidence) -> Sentence:
    data = movie.data
    return Sentence(f"{data.title} stands at number {data.rank} of your list.", (movie.id,))


def _reading(found: _Found, movie_id: MovieId) -> list[Sentence]:
    note = next((p for p in found.all(NoteEvidence) if p.data.movie_id == movie_id), None)
    if note is None:
        return []
    return [Sentence(f"How it plays, in a machine-written note: {note.data.note}", (note.id,))]


def _why_not(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = _Found(result.evidence)
    why_not = found.first(WhyNotEvidence)
    if why_not is None:
        return _courtesy("I have no evidence to answer that from.")
    data = why_not.data
    opening = []
    if intent.is_false_premise and not data.in_list:
        opening = [Sentence(f"I did not recommend {data.title}.", (why_not.id,))]
    if data.seen or data.in_list:
        return [*opening, *_own(why_not)]
    return [*opening, *_own(why_not, found.first(PredictionEvidence))]


def _what_if(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = _Found(result.evidence)
    change = found.first(WhatIfEvidence)
    moves = sorted(
        found.all(CounterfactualEvidence),
        key=lambda piece: -abs(piece.data.rank_after - piece.data.rank_before),
    )[:_NAMED_MOVES]
    asking = _courtesy("Nothing is saved; tell me to forget it if you want that.")
    if intent.kind == "what_if_rate":
        asking = _courtesy("Nothing is saved; tell me to rate it if you want that.")
    return [*_own(change, *moves), *asking]


def _recommend(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = _Found(result.evidence)
    listed = found.first(ListEvidence)
    if listed is None or not listed.data.titles:
        return _nothing_fits(intent, result)
    titles = as_list(listed.data.titles[:_LISTED])
    opening = "These fit what you ask for" if result.facts.get("is_filtered") else "I recommend"
    separator = ": " if result.facts.get("is_filtered") else " "
    sentences = [Sentence(f"{opening}{separator}{titles}.", (listed.id,))]
    first = listed.data.movie_ids[0]
    records = {piece.id: evidence_record(piece) for piece in result.evidence}
    dossier = next(iter(read_dossiers([first], records)), None)
    if dossier is not None:
        reason = write_reason(dossier, Page(), detail="brief")
        named = f"First comes {listed.data.titles[0]}."
        sentences.append(Sentence(f"{named} {reason.text}", (listed.id, *reason.ids)))
    return sentences


def _similar(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    pairs = _Found(result.evidence).all(SimilarityEvidence)
    if not pairs:
        return _courtesy("I know too little about that film to say what is like it.")
    named = as_list([pair.data.other_title for pair in pairs])
    opening = f"Closest to {pairs[0].data.title}, for the viewers who like it, come {named}."
    if len(pairs) == 1:
        opening = opening.replace(" come ", " comes ")
    return [Sentence(opening, tuple(pair.id for pair in pairs)), *_own(*pairs[:2])]


def _compare(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = _Found(result.evidence)
    sentences: list[Sentence] = []
    for movie_id in intent.movie_ids:
        why_not = next((p for p in found.all(WhyNotEvidence) if p.data.movie_id == movie_id), None)
        movie = next((p for p in found.all(MovieEvidence) if p.data.movie_id == movie_id), None)
        cause = next(
            (p for p in found.all(ContributionEvidence) if p.data.movie_id == movie_id), None
        )
        if why_not is not None:
            sentences += _own(why_not)
        elif movie is not None:
            sentences += [_place(movie), *_own(cause)]
    return [*sentences, *_own(found.first(SimilarityEvidence))]


def _taste_profile(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    found = _Found(result.evidence)
    return _own(
        found.first(ViewerEvidence), *found.all(ThemeEvidence)[:3], *found.all(TagEvidence)[:2]
    )


def _proposal(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = _Found(result.evidence)
    change, movie = found.first(WhatIfEvidence), found.first(MovieEvidence)
    if change is not None:
        title, source = change.data.titles[0], change.id
    elif movie is not None:
        title, source = movie.data.title, movie.id
    else:
        return _courtesy("I have no evidence to answer that from.")
    if intent.kind == "rate" and intent.rating is not None:
        question = f"Shall I record {as_stars(intent.rating)} for {title}?"
    elif intent.kind == "hide":
        question = f"Shall I stop recommending {title}, and films like it a little less?"
    else:
        question = f"Shall I forget {title} for good?"
    return [*_own(change), Sentence(question, (source,))]


def _read_only(intent: Intent, result: ToolResult) -> list[Sentence]:
    found = _Found(result.evidence)
    return [
        *_own(found.first(WhatIfEvidence)),
        *_courtesy(
            "That is what would happen; this viewer belongs to the data set, so nothing can be"
            " changed."
        ),
    ]


def _done(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    done = {
        "rate": "Done: the rating is in your history.",
        "forget": "Done: it is forgotten, and your list is ranked again without it.",
        "hide": "Done: it will not come back.",
    }[result.facts["action"]]
    listed = _Found(result.evidence).first(ListEvidence)
    if listed is None or not listed.data.titles:
        return _courtesy(done)
    first = as_list(listed.data.titles[:_NAMED_MOVES])
    return [*_courtesy(done), Sentence(f"Your list now opens with {first}.", (listed.id,))]


def _not_in_history(intent: Intent, result: ToolResult) -> list[Sentence]:
    movie = _Found(result.evidence).first(MovieEvidence)
    if movie is None:
        return _courtesy("That film is not in your history, so there is nothing to forget.")
    return [
        Sentence(
            f"{movie.data.title} is not in your history, so there is nothing to forget.",
            (movie.id,),
        )
    ]


def _nothing_fits(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent, result
    return _courtesy(
        "No film that you have not seen fits all of that; try fewer conditions, such as only the"
        " genre or only the decade."
    )


def _empty_list(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent, result
    return _courtesy("There is no list to explain: no film is left that you have not met.")


def _ambiguous(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent
    movies = _Found(result.evidence).all(MovieEvidence)
    names = [movie.data.title for movie in movies]
    return [
        Sentence(
            f"Which one do you mean: {', '.join(names[:-1])} or {names[-1]}?",
            tuple(movie.id for movie in movies),
        )
    ]


def _unknown(intent: Intent, result: ToolResult) -> list[Sentence]:
    del intent, result
    return _courtesy(
        "I do not find that film in the catalogue; try its title as on the poster, perhaps with"
        " the year."
    )


def _fixed(text: str) -> Callable[[Intent, ToolResult], list[Sentence]]:
    return lambda intent, result: _courtesy(text)


_HELP: Final = (
    "Ask me why a film is on your list, why another is not, what would change if you forgot or"
    " rated a film, for something like a film you know, or what I know about your taste."
)
_WRITERS: Final[dict[IntentKind, Callable[[Intent, ToolResult], list[Sentence]]]] = {
    "why": _why,
    "why_not": _why_not,
    "about_movie": _why,
    "what_if_forget": _what_if,
    "what_if_rate": _what_if,
    "recommend": _recommend,
    "similar": _similar,
    "compare": _compare,
    "taste_profile": _taste_profile,
    "rate": _proposal,
    "forget": _proposal,
    "hide": _proposal,
    "confirm": _fixed("There is nothing waiting for a yes."),
    "decline": _fixed("All right, nothing was changed."),
    "correction": _fixed(
        "Tell me which film I have wrong, and I will propose to forget it or to change its rating."
    ),
    "thanks": _fixed("You are welcome. Ask away whenever a recommendation puzzles you."),
    "help": _fixed(_HELP),
    "out_of_scope": _fixed(f"I can only talk about films and your recommendations. {_HELP}"),
    "ambiguous_movie": _ambiguous,
    "unknown_movie": _unknown,
}
_OUTCOMES: Final[dict[str, Callable[[Intent, ToolResult], list[Sentence]]]] = {
    "read_only": _read_only,
    "done": _done,
    "not_in_history": _not_in_history,
    "nothing_fits": _nothing_fits,
    "empty_list": _empty_list,
}


def suggest(intent: Intent, result: ToolResult) -> tuple[str, ...]:
    """Two or three questions that make sense after an answer."""
    if result.proposal is not None:
        return ("Yes", "No")
    found = _Found(result.evidence)
    cause = found.first(ContributionEvidence)
    listed = found.first(ListEvidence)
    suggestions = []
    if cause is not None and intent.kind in {"why", "about_movie", "recommend"}:
        suggestions.append(f"What if I forget {cause.data.source_title}?")
    if intent.kind in {"why", "about_movie"}:
        suggestions.append("Why the second one?")
    if listed is not None and listed.data.titles and intent.kind in {"why_not", "recommend"}:
        suggestions.append("Why the first one?")
    suggestions.append("What do you know about my taste?")
    return tuple(suggestions[:3])
