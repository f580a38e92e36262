"""Wires the agents room: which model writes is decided here and nowhere else."""

from pathlib import Path
from typing import TYPE_CHECKING

from langchain_core.language_models import BaseChatModel

from agents.chat_models import build_chat_model, build_offline_model
from agents.explainer import Explainer, ExplainParts
from agents.graph import build_graph
from agents.offline import OFFLINE_MODEL
from agents.reading_cache import ReadingCache
from agents.settings import AgentSettings
from agents.synopses import read_synopses
from agents.verifier import ClaimVerifier
from retrieval.build import Retrieval
from retrieval.bundle import Bundle
from retrieval.domain.errors import BadInput
from retrieval.domain.models import MovieId

if TYPE_CHECKING:
    from agents.chat.conversation import Chat
    from agents.chat.threads import ThreadStore

__all__ = ["build_chat", "build_explainer", "build_verifier", "style_vocabulary"]


def build_explainer(
    retrieval: Retrieval, settings: AgentSettings, *, offline: BaseChatModel | None = None
) -> Explainer:
    """An explainer over the retrieval room. Build it once a process: it remembers readings.

    Args:
        retrieval: The retrieval room.
        settings: Provider and patience.
        offline: Writes where no provider does; the offline writer by default.

    Raises:
        BadInput: The file of synopses cannot be used.
    """
    provider = settings.active_provider
    parts = ExplainParts(
        graph=build_graph(script_batch_size=settings.script_batch_size),
        model=build_chat_model(settings),
        offline=offline or build_offline_model(),
        provider=provider,
        model_name=OFFLINE_MODEL if provider == "offline" else settings.groq_model,
        verifier=build_verifier(retrieval.bundle),
        vocabulary=style_vocabulary(retrieval.bundle),
        readings=_build_readings(retrieval, settings),
        synopses=_synopses(settings, retrieval.bundle),
    )
    return Explainer(retrieval, parts, settings)


def build_chat(
    retrieval: Retrieval,
    settings: AgentSettings,
    *,
    home: Path,
    explainer: Explainer | None = None,
) -> "Chat":
    """The chat over the retrieval room; threads are kept where the settings say.

    Args:
        retrieval: The retrieval room.
        settings: Provider and patience.
        home: Where ``threads.sqlite3`` lives, unless a DynamoDB table keeps the threads.
        explainer: Shares its model and caches when there is one already.
    """
    # Who only explains needs neither the chat's graph nor its language.
    from agents.chat.conversation import Chat
    from agents.chat.threads import DynamoThreads, SqliteThreads

    shared = explainer or build_explainer(retrieval, settings)
    threads: ThreadStore = SqliteThreads(home / "threads.sqlite3")
    if settings.threads_table:
        threads = DynamoThreads(settings.threads_table)
    return Chat(retrieval, shared.new_context, threads)


def _synopses(settings: AgentSettings, bundle: Bundle) -> dict[MovieId, str]:
    if settings.synopses is None:
        return {}
    catalogue = {movie.movie_id for movie in bundle.movies}
    found = read_synopses(settings.synopses)
    known = {movie_id: text for movie_id, text in found.items() if movie_id in catalogue}
    if not known:
        raise BadInput(
            f"synopses {settings.synopses}: none of its {len(found)} movies is in the catalogue;"
            " movieId is MovieLens' number of a film"
        )
    return known


def _build_readings(retrieval: Retrieval, settings: AgentSettings) -> ReadingCache:
    if settings.active_provider == "offline":
        return ReadingCache()
    return ReadingCache(retrieval.documents, ttl_s=settings.reading_ttl_s)


def build_verifier(bundle: Bundle) -> ClaimVerifier:
    """The claim verifier for a bundle's catalogue."""
    return ClaimVerifier(bundle.movies, bundle.themes.values(), style_vocabulary(bundle))


def style_vocabulary(bundle: Bundle) -> tuple[str, ...]:
    """Every style tag that the bundle uses, sorted."""
    tags = set(bundle.movies.taggings.tags)
    tags.update(tag for note in bundle.film_notes.values() for tag in note.tags)
    return tuple(sorted(tags))
