"""Fills the caches of readings ahead of the viewers who will need them.

Every batch is kept as soon as it is there, so a run that was cut short, or that met the provider's
daily limit, goes on where it stopped.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from pydantic import BaseModel

from agents.asking import ask_patiently
from agents.context import AgentContext
from agents.drafts import FilmReadings, ThemeReadings
from agents.nodes.cluster_analyzer import keep_theme_readings, theme_key, theme_task
from agents.nodes.script_analyzer import film_key, film_task, keep_readings
from agents.prompting import build_messages, load_prompt
from agents.schemas import NodeUsage
from retrieval.domain.models import MovieId, ThemeId

__all__ = ["Batch", "read_films", "read_themes", "unread_films", "unread_themes"]

_LONGEST_PAUSE_S: Final = 120.0
"""A provider's limit is by the minute; one that lasts longer is the day's."""
_THEMES_A_CALL: Final = 5

Answer = TypeVar("Answer", bound=BaseModel)
Id = TypeVar("Id", bound=int)


class Batch(NamedTuple):
    """What one request brought."""

    n_asked: int
    n_read: int
    """The model may leave out what it does not know."""
    usage: NodeUsage


def unread_films(context: AgentContext) -> list[MovieId]:
    """Films without a film note or a reading by this run's model, most rated first."""
    films = [m for m in context.bundle.movies if m.movie_id not in context.bundle.film_notes]
    films.sort(key=lambda movie: (-movie.n_ratings, movie.movie_id))
    return [
        movie.movie_id
        for movie in films
        if context.readings.film(film_key(context, movie.movie_id)) is None
    ]


def unread_themes(context: AgentContext) -> list[ThemeId]:
    """Themes without a reading by this run's model."""
    return [
        theme_id
        for theme_id in sorted(context.bundle.themes)
        if context.readings.theme(theme_key(context, theme_id)) is None
    ]


def read_films(context: AgentContext, movie_ids: Sequence[MovieId]) -> AsyncIterator[Batch]:
    """Have films read, a few a request.

    Raises:
        ProviderFailed: A request got no usable answer; what came before it is kept.
    """
    return _in_batches(
        context,
        "script_analyzer",
        FilmReadings,
        movie_ids,
        size=context.settings.script_batch_size,
        task=lambda batch: film_task(context, batch),
        keep=lambda batch, answer: len(keep_readings(context, batch, answer)),
    )


def read_themes(context: AgentContext, theme_ids: Sequence[ThemeId]) -> AsyncIterator[Batch]:
    """As `read_films`, for themes."""
    return _in_batches(
        context,
        "cluster_analyzer",
        ThemeReadings,
        theme_ids,
        size=_THEMES_A_CALL,
        task=lambda batch: theme_task(context, batch),
        keep=lambda batch, answer: len(keep_theme_readings(context, batch, answer)),
    )


async def _in_batches(
    context: AgentContext,
    node: str,
    schema: type[Answer],
    ids: Sequence[Id],
    *,
    size: int,
    task: Callable[[Sequence[Id]], dict[str, Any]],
    keep: Callable[[Sequence[Id], Answer], int],
) -> AsyncIterator[Batch]:
    prompt = load_prompt(node)
    for start in range(0, len(ids), size):
        batch = ids[start : start + size]
        answer = await ask_patiently(
            context.model,
            context.model_name,
            schema,
            build_messages(prompt, task(batch), ()),
            attempts=context.settings.max_attempts + 1,
            longest_pause_s=_LONGEST_PAUSE_S,
            node=node,
        )
        yield Batch(len(batch), keep(batch, answer.draft), answer.usage)
