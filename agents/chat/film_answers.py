"""Offline answers about single films: why, why not, what it is, what is like it, which it was."""

from agents.chat.schemas import Intent
from agents.chat.sentences import Found, Sentence, courtesy, own
from agents.chat.tools import ToolResult
from agents.evidence_block import evidence_record
from agents.realizers.dossiers import read_dossiers
from agents.realizers.page import Page
from agents.realizers.reasons import write_reason
from agents.wording import fold
from retrieval.descriptions import DescriptionMatch
from retrieval.domain.evidence import (
    ContributionEvidence,
    CounterfactualEvidence,
    HistoryEvidence,
    MovieEvidence,
    NoteEvidence,
    PredictionEvidence,
    PremiseEvidence,
    SimilarityEvidence,
    WhyNotEvidence,
)
from retrieval.domain.models import MovieId
from retrieval.wording import as_list, as_ordinal, as_percent, count_of, describe_moves

__all__ = [
    "write_about",
    "write_comparison",
    "write_guesses",
    "write_similar",
    "write_why",
    "write_why_not",
    "write_why_similar",
]

_NAMED_CAUSES = 3
_NAMED_TRAITS = 3


def write_why(intent: Intent, result: ToolResult) -> list[Sentence]:
    """Its place, its main reason, the next ones, and what it hangs on."""
    found = Found(result.evidence)
    movie_id = result.focus[0] if result.focus else intent.movie_ids[0]
    movie = found.first(MovieEvidence, movie_id)
    if movie is None or movie.data.rank is None:
        return write_why_not(intent, result)
    causes = [
        piece
        for piece in found.all(ContributionEvidence)
        if piece.data.movie_id == movie_id and piece.data.value > 0
    ][:_NAMED_CAUSES]
    records = {piece.id: evidence_record(piece) for piece in result.evidence}
    dossier = next(iter(read_dossiers([movie_id], records)), None)
    sentences = [_place(movie, "that list" if result.facts.get("list") else "your list")]
    if dossier is not None:
        reason = write_reason(dossier, Page(), detail="brief")
        sentences.append(Sentence(reason.text, tuple(reason.ids)))
        causes = [cause for cause in causes if cause.data.source_title not in reason.text]
    if causes:
        named = as_list([f"{c.data.source_title} ({as_percent(c.data.share)})" for c in causes])
        verb = "comes" if len(causes) == 1 else "come"
        sentences.append(Sentence(f"After that {verb} {named}.", tuple(c.id for c in causes)))
    return sentences + own(found.first(CounterfactualEvidence, movie_id))


def _place(movie: MovieEvidence, of_list: str) -> Sentence:
    data = movie.data
    moved = f" ({describe_moves(data.moves)})" if data.moves else ""
    return Sentence(f"{data.title} stands at number {data.rank} of {of_list}{moved}.", (movie.id,))


def write_why_similar(intent: Intent, result: ToolResult) -> list[Sentence]:
    """Why a film stands in a list of similar films, and where it stands for the viewer."""
    found = Found(result.evidence)
    pair = found.first(SimilarityEvidence)
    movie_id = intent.movie_ids[0]
    if pair is None:
        return write_why_not(intent, result)
    text = f"{pair.data.other_title} is in that list for its likeness to {pair.data.title} alone."
    sentences = [Sentence(text, (pair.id,)), *own(pair)]
    movie = found.first(MovieEvidence, movie_id)
    if movie is not None and movie.data.rank is not None:
        return [*sentences, _place(movie, "your own list")]
    return sentences + own(found.first(WhyNotEvidence, movie_id))


def write_why_not(intent: Intent, result: ToolResult) -> list[Sentence]:
    """What keeps a film off the list; a premise that it was recommended is corrected first."""
    found = Found(result.evidence)
    why_not = found.first(WhyNotEvidence)
    if why_not is None:
        return courtesy("I have no evidence to answer that from.")
    data = why_not.data
    opening = []
    if intent.is_false_premise and not data.in_list:
        opening = [Sentence(f"I did not recommend {data.title}.", (why_not.id,))]
    if data.seen or data.in_list:
        return [*opening, *own(why_not)]
    return [*opening, *own(why_not, found.first(PredictionEvidence))]


def write_about(intent: Intent, result: ToolResult) -> list[Sentence]:
    """What a film is, how it plays, and what it has to do with the viewer."""
    found = Found(result.evidence)
    movie_id = intent.movie_ids[0]
    movie = found.first(MovieEvidence, movie_id)
    if movie is None:
        return courtesy("I have no evidence to answer that from.")
    return [
        _catalogue_entry(movie),
        *_premise(found.first(PremiseEvidence, movie_id)),
        *_reading(found.first(NoteEvidence, movie_id)),
        *_stake(found, movie),
        *_namesake(found, intent),
    ]


def _namesake(found: Found, intent: Intent) -> list[Sentence]:
    """Who means the less known film of two learns that it is known."""
    others = [found.first(MovieEvidence, movie_id) for movie_id in intent.namesakes]
    return [
        Sentence(f"{other.data.title} has the same title; say so if you meant it.", (other.id,))
        for other in others
        if other is not None
    ]


def _catalogue_entry(movie: MovieEvidence) -> Sentence:
    data = movie.data
    genres = as_list([genre.lower() for genre in data.genres]) or "no genre"
    rated = ""
    if data.mean_rating is not None and data.n_ratings:
        viewers = count_of(data.n_ratings, "viewer")
        rated = f"; {viewers} gave it {data.mean_rating:.1f} stars on average"
    return Sentence(f"{data.title} is filed under {genres}{rated}.", (movie.id,))


def _premise(premise: PremiseEvidence | None) -> list[Sentence]:
    if premise is None:
        return []
    return [Sentence(f"In a machine-written nutshell: {premise.text}", (premise.id,))]


def _reading(note: NoteEvidence | None) -> list[Sentence]:
    if note is None:
        return []
    return [Sentence(f"How it plays, in a machine-written note: {note.data.note}", (note.id,))]


def _stake(found: Found, movie: MovieEvidence) -> list[Sentence]:
    met = found.first(HistoryEvidence, movie.data.movie_id)
    if met is not None:
        return own(met)
    placed = [_place(movie, "your list")] if movie.data.rank is not None else []
    return [*placed, *own(found.first(PredictionEvidence, movie.data.movie_id))]


def write_similar(intent: Intent, result: ToolResult) -> list[Sentence]:
    """The most similar films, and what the first of them shares."""
    del intent
    pairs = Found(result.evidence).all(SimilarityEvidence)
    if not pairs:
        return courtesy("I know too little about that film to say what is like it.")
    named = as_list([pair.data.other_title for pair in pairs])
    verb = "comes" if len(pairs) == 1 else "come"
    opening = f"Closest to {pairs[0].data.title}, out of what you have not met, {verb} {named}."
    return [Sentence(opening, tuple(pair.id for pair in pairs)), *own(pairs[0])]


def write_comparison(intent: Intent, result: ToolResult) -> list[Sentence]:
    """Which of two films suits the viewer better, and what the two share."""
    found = Found(result.evidence)
    places = [_standing(found, movie_id) for movie_id in intent.movie_ids]
    sentences = own(*(found.first(HistoryEvidence, movie_id) for movie_id in intent.movie_ids))
    standing = [place for place in places if place is not None]
    if len(standing) == len(places) and not sentences:
        (title, rank, source), (other, other_rank, other_source) = sorted(
            standing, key=lambda place: place[1]
        )
        text = (
            f"{title} suits you better by my reckoning: it ranks {as_ordinal(rank)} for you,"
            f" {other} {as_ordinal(other_rank)}."
        )
        sentences.append(Sentence(text, (source, other_source)))
    else:
        sentences += [
            Sentence(f"{title} ranks {as_ordinal(rank)} for you.", (source,))
            for title, rank, source in standing
        ]
    predictions = [found.first(PredictionEvidence, movie_id) for movie_id in intent.movie_ids]
    unmet = [p for p in predictions if p and not found.first(HistoryEvidence, p.data.movie_id)]
    return [*sentences, *own(*unmet), *own(found.first(SimilarityEvidence))]


def _standing(found: Found, movie_id: MovieId) -> tuple[str, int, str] | None:
    """Title, rank and evidence of a film that may still be recommended."""
    why_not = found.first(WhyNotEvidence, movie_id)
    if why_not is not None:
        data = why_not.data
        return None if data.seen else (data.title, data.rank, why_not.id)
    movie = found.first(MovieEvidence, movie_id)
    if movie is None or movie.data.rank is None:
        return None
    return movie.data.title, movie.data.rank, movie.id


def write_guesses(intent: Intent, result: ToolResult) -> list[Sentence]:
    """Which film may be meant, on what grounds, and that it is a guess."""
    del intent
    found = Found(result.evidence)
    best, *others = result.guesses
    movie = found.first(MovieEvidence, best.movie_id)
    if movie is None:
        return courtesy("I have no evidence to answer that from.")
    opening = "My guess is" if result.facts.get("is_clear") else "My best guess, and no more, is"
    premise = found.first(PremiseEvidence, best.movie_id)
    traits, ids = _traits(best, movie, premise, found.first(NoteEvidence, best.movie_id))
    sentences = [Sentence(f"{opening} {movie.data.title}{traits}.", ids), *_premise(premise)]
    rest = [found.first(MovieEvidence, guess.movie_id) for guess in others]
    named = [piece for piece in rest if piece is not None]
    if named:
        text = f"It could also be {' or '.join(piece.data.title for piece in named)}."
        sentences.append(Sentence(text, tuple(piece.id for piece in named)))
    return [
        *sentences,
        *courtesy("I go by titles, genres, styles and short notes, so I may be wrong."),
    ]


def _traits(
    guess: DescriptionMatch,
    movie: MovieEvidence,
    premise: PremiseEvidence | None,
    note: NoteEvidence | None,
) -> tuple[str, tuple[str, ...]]:
    """What of the description the film has, as words with the evidence for them."""
    parts, ids = [], [movie.id]
    tags = [tag for tag in guess.tags if tag in movie.data.style_tags][:_NAMED_TRAITS]
    if tags:
        marks = as_list([f"“{tag.replace('-', ' ')}”" for tag in tags])
        parts.append(f"it carries the style tag{'s' if len(tags) > 1 else ''} {marks}")
    if premise is not None and guess.people:
        parts.append(f"{as_list(guess.people[:_NAMED_TRAITS])} worked on it")
        ids.append(premise.id)
    if premise is None and note is not None:  # a premise is quoted whole
        said = set(fold(note.data.note).split())
        words = [word for word in guess.note_words if fold(word) in said][:_NAMED_TRAITS]
        if words:
            parts.append(f"its note speaks of {as_list([f'“{word}”' for word in words])}")
            ids.append(note.id)
    return (f": {as_list(parts)}" if parts else ""), tuple(ids)
