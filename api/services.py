"""What routes may use. Built once in `api.build`, passed to `create_app`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request

from api.settings import ApiSettings
from retrieval.build import Retrieval

if TYPE_CHECKING:
    # Named for the type checker alone: importing them would load LangGraph, which a request
    # for recommendations never needs.
    from agents.chat.conversation import Chat
    from agents.explainer import Explainer
    from api.title_search import TitleSearch

__all__ = ["Services", "ServicesDep", "SettingsDep"]


@dataclass(frozen=True, slots=True)
class Services:
    """The rooms below, ready to answer."""

    retrieval: Retrieval
    titles: "Callable[[], TitleSearch]"
    """Built at the first call, then kept."""
    explainer: "Callable[[], Explainer]"
    """Built at the first call, then kept."""
    chat: "Callable[[], Chat]"
    """Built at the first call, then kept."""


# Coroutines, as FastAPI would hand plain functions to a thread.
async def _services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _settings_of(request: Request) -> ApiSettings:
    settings: ApiSettings = request.app.state.settings
    return settings


ServicesDep = Annotated[Services, Depends(_services_of)]
SettingsDep = Annotated[ApiSettings, Depends(_settings_of)]
