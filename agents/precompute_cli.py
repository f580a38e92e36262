"""How reading ahead looks in a terminal: progress, and what it cost."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import Progress

from agents.asking import ProviderFailed
from agents.build import build_explainer
from agents.context import AgentContext
from agents.precompute import Batch, read_films, read_themes, unread_films, unread_themes
from agents.schemas import NodeUsage, Usage
from agents.settings import AgentSettings
from agents.usage import add_up
from retrieval.build import Retrieval

__all__ = ["precompute_films", "precompute_themes", "print_film_counts"]

Id = TypeVar("Id", bound=int)


def precompute_films(
    retrieval: Retrieval, *, synopses: Path | None, limit: int | None, console: Console
) -> None:
    """Have the provider read the films that nobody has read yet.

    Raises:
        ProviderFailed: It stopped answering; what it read before is kept.
    """
    context = _context(retrieval, synopses)
    if _is_offline(context, console):
        return
    _read_ahead(context, "films", unread_films(context)[:limit], read_films, console)


def precompute_themes(retrieval: Retrieval, *, console: Console) -> None:
    """As `precompute_films`, for the themes."""
    context = _context(retrieval, None)
    if _is_offline(context, console):
        return
    _read_ahead(context, "themes", unread_themes(context), read_themes, console)


def print_film_counts(
    retrieval: Retrieval, *, synopses: Path | None, as_json: bool, console: Console
) -> None:
    """Print by what the films of the catalogue are read."""
    context = _context(retrieval, synopses)
    n_unread = len(unread_films(context))
    n_films, n_notes = len(retrieval.bundle.movies), len(retrieval.bundle.film_notes)
    counts = {
        "films": n_films,
        "film_notes": n_notes,
        "readings": n_films - n_notes - n_unread,
        "unread": n_unread,
        "model": context.model_name,
    }
    if as_json:
        sys.stdout.write(json.dumps(counts, indent=2) + "\n")
        return
    console.print(
        f"{n_films:,} films: {n_notes:,} have a film note, {counts['readings']:,} were read by"
        f" {context.model_name}, {n_unread:,} are read when they are first explained.",
        markup=False,
        soft_wrap=True,
    )


def _context(retrieval: Retrieval, synopses: Path | None) -> AgentContext:
    return build_explainer(retrieval, AgentSettings.with_synopses(synopses)).new_context()


def _is_offline(context: AgentContext, console: Console) -> bool:
    if context.provider != "offline":
        return False
    console.print(
        "Nothing to do: the offline provider reads a film or theme in less time than it takes to"
        " look one up. Set GROQ_API_KEY to have a language model read them ahead.",
        soft_wrap=True,
    )
    return True


def _read_ahead(
    context: AgentContext,
    things: str,
    ids: Sequence[Id],
    read: Callable[[AgentContext, Sequence[Id]], AsyncIterator[Batch]],
    console: Console,
) -> None:
    used: list[NodeUsage] = []
    n_asked = n_read = 0

    async def work() -> None:
        nonlocal n_asked, n_read
        with Progress(console=console, transient=True) as progress:
            task = progress.add_task("", total=len(ids))
            async for batch in read(context, ids):
                n_asked, n_read = n_asked + batch.n_asked, n_read + batch.n_read
                used.append(batch.usage)
                cost = _cost(add_up(context, used, latency_ms=0.0))
                progress.update(task, completed=n_asked, description=f"{things.title()}, {cost}")

    try:
        asyncio.run(work())
    except ProviderFailed as error:
        raise ProviderFailed(
            f"{error}. {n_read} of {len(ids)} {things} were read and are kept;"
            " run the command again to go on"
        ) from error
    finally:
        left_out = f", {n_asked - n_read} left out by it" if n_asked > n_read else ""
        console.print(
            f"{n_read} of {len(ids)} {things} read by {context.model_name}{left_out}:"
            f" {_cost(add_up(context, used, latency_ms=0.0))}.",
            markup=False,
            soft_wrap=True,
        )


def _cost(usage: Usage) -> str:
    tokens = f"{usage.input_tokens:,} + {usage.output_tokens:,} tokens"
    price = "price not known" if usage.cost_usd is None else f"${usage.cost_usd:.4f}"
    return f"{tokens}, {price}"
