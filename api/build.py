"""Wires the API: the one place where it chooses what stands behind its services."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from api.services import Services
from retrieval.build import Retrieval, build_retrieval
from retrieval.settings import RetrievalSettings

if TYPE_CHECKING:
    from agents.chat.conversation import Chat
    from agents.explainer import Explainer
    from api.title_search import TitleSearch

__all__ = ["build_services", "services_over"]

T = TypeVar("T")


def build_services(settings: RetrievalSettings, *, synopses: Path | None = None) -> Services:
    """Services over the bundle that serves.

    Args:
        settings: Where the bundle and the state are.
        synopses: As for `services_over`.

    Raises:
        BundleError: There is no bundle, or it cannot be used.
        StateUnavailable: The state file cannot be used.
    """
    return services_over(build_retrieval(settings), home=settings.home, synopses=synopses)


def services_over(retrieval: Retrieval, *, home: Path, synopses: Path | None = None) -> Services:
    """Services over a retrieval room that is wired already.

    Args:
        retrieval: The room.
        home: Where threads are kept.
        synopses: Grounds readings of films; the environment may name the file too.
    """

    def make_explainer() -> "Explainer":
        from agents.build import build_explainer
        from agents.settings import AgentSettings

        return build_explainer(retrieval, AgentSettings.with_synopses(synopses))

    explainer = _once(make_explainer)

    def make_chat() -> "Chat":
        from agents.build import build_chat
        from agents.settings import AgentSettings

        return build_chat(retrieval, AgentSettings(), home=home, explainer=explainer())

    def make_titles() -> "TitleSearch":
        from api.title_search import TitleSearch

        return TitleSearch(retrieval.bundle.movies)

    return Services(
        retrieval=retrieval,
        titles=_once(make_titles),
        explainer=explainer,
        chat=_once(make_chat),
    )


def _once(build: Callable[[], T]) -> Callable[[], T]:
    """Build at the first call and keep the result; threads that come meanwhile wait for it."""
    lock = threading.Lock()
    built: list[T] = []

    def get() -> T:
        with lock:
            if not built:
                built.append(build())
        return built[0]

    return get
