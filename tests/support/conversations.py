"""Plays the conversations of ``tests/conversations`` and says which answers are right."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from agents.chat.conversation import Chat
from agents.chat.schemas import ChatAnswer
from retrieval.build import Retrieval
from retrieval.domain.models import Interaction, Movie, MovieId

__all__ = ["Outcome", "load_threads", "play"]

_FOLDER = Path(__file__).parents[1] / "conversations"


class Outcome(NamedTuple):
    """One turn with what is wrong about its answer."""

    place: str
    question: str
    kind: str
    """``premise`` and ``scope`` must never fail."""
    faults: list[str]
    answer: ChatAnswer


def load_threads(name: str) -> list[dict[str, Any]]:
    """The threads of a file."""
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["thread"]


def play(chat: Chat, retrieval: Retrieval, name: str) -> Iterator[Outcome]:
    """Hold every conversation of a file; each starts from the viewer's untouched history."""
    untouched = {"demo": retrieval.profiles.history("demo").events}
    for number, thread in enumerate(load_threads(name), start=1):
        viewer = thread["viewer"]
        _restore(retrieval, viewer, untouched.get(viewer, ()))
        player = _Player(chat, retrieval, viewer)
        for turn_number, turn in enumerate(thread["turns"], start=1):
            answer, faults = player.say(turn)
            kind = next((k for k in ("premise", "scope") if turn.get(k)), "ordinary")
            yield Outcome(f"{name} {number}.{turn_number}", turn["say"], kind, faults, answer)
    for viewer, events in untouched.items():
        _restore(retrieval, viewer, events)


def _restore(retrieval: Retrieval, viewer: str, wanted: tuple[Interaction, ...]) -> None:
    """Undo what an earlier conversation changed."""
    profiles = retrieval.profiles
    now = profiles.history(viewer).events if wanted else ()
    for event in now:
        if event not in wanted:
            profiles.forget(viewer, event.event_id)
    for event in wanted:
        if event not in profiles.history(viewer).events:
            profiles.record(viewer, **event.model_dump())


class _Player:
    def __init__(self, chat: Chat, retrieval: Retrieval, viewer: str) -> None:
        self._chat = chat
        self._retrieval = retrieval
        self._viewer = viewer
        self._thread_id: str | None = None
        ranking = retrieval.recommender.recommend(viewer, n=10)
        self._listed = tuple(r.movie_id for r in ranking.recommendations)
        self._ids = {movie.name: movie.movie_id for movie in retrieval.bundle.movies}

    def say(self, turn: dict[str, Any]) -> tuple[ChatAnswer, list[str]]:
        before = self._listed
        answer = self._chat.ask_once(self._viewer, turn["say"], thread_id=self._thread_id)
        self._thread_id = answer.thread_id
        self._listed = answer.list_movie_ids
        new = answer.list_movie_ids if turn["say"] else ()
        points_to = new if answer.intent in {"recommend", "similar", "find_movie"} else before
        return answer, [*self._faults(turn, answer, points_to)]

    def _faults(
        self, turn: dict[str, Any], answer: ChatAnswer, listed: tuple[MovieId, ...]
    ) -> Iterator[str]:
        allowed = turn["intent"] if isinstance(turn["intent"], list) else [turn["intent"]]
        if answer.intent not in allowed:
            yield f"intent {answer.intent} instead of {' or '.join(allowed)}"
        if not answer.text or answer.verification.replaced:
            yield f"{answer.verification.replaced} claims failed the check"
        for reference in turn.get("about", []):
            if self._title(reference, listed) not in answer.text:
                yield f"does not name {reference}"
        if "focus" in turn:
            wanted = self._title(turn["focus"], listed)
            named = [self._retrieval.bundle.movie(m).name for m in answer.movie_ids[:1]]
            if named != [wanted]:
                yield f"next 'it' would be {named}, not {wanted}"
        yield from self._wording_faults(turn, answer)
        yield from self._list_faults(turn.get("listed"), answer)
        yield from self._change_faults(turn, answer)

    def _wording_faults(self, turn: dict[str, Any], answer: ChatAnswer) -> Iterator[str]:
        for words in turn.get("says", []):
            if words not in answer.text:
                yield f"does not say '{words}'"
        for words in turn.get("never", []):
            if words in answer.text:
                yield f"says '{words}'"
        if turn.get("never_suggests") in answer.suggestions:
            yield f"suggests '{turn['never_suggests']}'"

    def _list_faults(self, wanted: dict[str, Any] | None, answer: ChatAnswer) -> Iterator[str]:
        if wanted is None:
            return
        if not answer.list_movie_ids:
            yield "no list"
        for movie_id in answer.list_movie_ids:
            movie = self._retrieval.bundle.movie(movie_id)
            if not _fits(movie, wanted):
                yield f"{movie.name} does not fit {wanted}"
                return

    def _change_faults(self, turn: dict[str, Any], answer: ChatAnswer) -> Iterator[str]:
        proposed = answer.proposal.action if answer.proposal else None
        if proposed != turn.get("proposal"):
            yield f"proposes {proposed} instead of {turn.get('proposal')}"
        if "history" in turn:
            verb, _, name = turn["history"].partition(" ")
            events = self._retrieval.profiles.history(self._viewer).events
            has = self._ids[name] in {event.movie_id for event in events}
            if has != (verb == "has"):
                yield f"the history {'has' if has else 'lacks'} {name}"

    def _title(self, reference: str, listed: tuple[MovieId, ...]) -> str:
        if not reference.startswith("@"):
            return self._retrieval.bundle.movie(self._ids[reference]).name
        place = int(reference[1:])
        if place > len(listed):
            return f"number {place} of a list of {len(listed)}"
        return self._retrieval.bundle.movie(listed[place - 1]).name


def _fits(movie: Movie, wanted: dict[str, Any]) -> bool:
    tags = {tagging.tag for tagging in movie.style_tags}
    low, high = wanted.get("years", (0, 9999))
    return (
        set(wanted.get("genres", ())) <= set(movie.genres)
        and not set(wanted.get("without_genres", ())) & set(movie.genres)
        and movie.year is not None
        and low <= movie.year <= high
        and set(wanted.get("tags", ())) <= tags
        and not set(wanted.get("without_tags", ())) & tags
    )
