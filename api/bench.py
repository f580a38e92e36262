"""``whylens bench``: what the budgets are measured with, on the bundle that serves.

Every row is the median of repeated runs in one process, so ratios between rows of one table mean
more than the milliseconds: machines differ, and this one may be busy. Writes go to a state file
of the bench's own, never to the home that is measured.
"""

import gc
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from agents.build import build_explainer
from agents.graph_overhead import graph_overheads_ms
from agents.settings import AgentSettings
from api.bench_cold_start import ColdFunction, can_measure, cold_starts_ms
from retrieval.build import Retrieval, build_retrieval
from retrieval.domain.models import EventId, Interaction, ViewerId
from retrieval.domain.profile import apply_event
from retrieval.domain.ranking import top_rows
from retrieval.numpy_index import NumpyMovieIndex
from retrieval.settings import RetrievalSettings

__all__ = ["Measurement", "measure", "run_bench"]

_VIEWER = ViewerId("demo")
_DAY_MS = 86_400_000
_STARTS = 15
_COLD_BUDGETS = {"recommendations": "1.35", "explanations": "4"}
_BARE = "bare FastAPI + Mangum"
_BARE_APP = """
from fastapi import FastAPI
from mangum import Mangum
app = FastAPI()
@app.get("/api/recommendations")
def recommendations(viewer_id: str) -> dict[str, str]:
    return {"viewer": viewer_id}
handler = Mangum(app, lifespan="off")
"""
_NOTHING = """
def handler(event, context):
    return {"statusCode": 200, "body": "{}"}
"""


class Measurement(NamedTuple):
    """One row of the table."""

    what: str
    median_ms: float
    p95_ms: float
    budget: str
    """As the design states it; empty where there is none."""


def measure(what: str, run: Callable[[], object], *, times: int, budget: str = "") -> Measurement:
    """Median and 95th percentile of repeated calls, after one that warms up."""
    run()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        run()
        taken.append(1000.0 * (time.perf_counter() - started))
    return Measurement(what, statistics.median(taken), float(np.percentile(taken, 95)), budget)


def run_bench(settings: RetrievalSettings, *, bundle: Path, as_json: bool) -> None:
    """Measure and print the budgets of serving, and how cost grows.

    Args:
        settings: Settings of the home whose bundle is measured.
        bundle: Directory of that bundle.
        as_json: Print JSON instead of a table.
    """
    with _retrieval_of_its_own(settings, bundle) as retrieval:
        rows = [
            *_writes(retrieval),
            *_lists(retrieval),
            *_explanations(retrieval),
            *_warm_requests(retrieval),
            *_cold_starts(bundle, retrieval),
            *_history_growth(retrieval),
            *_catalogue_growth(retrieval),
        ]
    if as_json:
        sys.stdout.write(json.dumps([row._asdict() for row in rows], indent=2) + "\n")
        return
    table = Table(title=f"Bundle {bundle.name}", title_justify="left")
    for name in ("What", "Median ms", "p95 ms", "Budget"):
        table.add_column(name, justify="left" if name in ("What", "Budget") else "right")
    for row in rows:
        table.add_row(row.what, _plain(row.median_ms), _plain(row.p95_ms), row.budget)
    Console().print(table)


def _plain(milliseconds: float) -> str:
    return f"{milliseconds:.3f}" if milliseconds < 1.0 else f"{milliseconds:.1f}"


@contextmanager
def _retrieval_of_its_own(settings: RetrievalSettings, bundle: Path) -> Iterator[Retrieval]:
    with tempfile.TemporaryDirectory() as home:
        own = settings.model_copy(update={"home": Path(home), "bundle": str(bundle)})
        retrieval = build_retrieval(own)
        gc.collect()
        gc.freeze()  # as the server does
        yield retrieval


def _writes(retrieval: Retrieval) -> list[Measurement]:
    state = retrieval.recommender.snapshot(_VIEWER).state
    movie_id = retrieval.bundle.movies[0].movie_id
    item = retrieval.bundle.vectors([movie_id])[0]
    event = Interaction(
        event_id=EventId("bench"), movie_id=movie_id, kind="watch", timestamp_ms=2**42
    )
    recipe = retrieval.bundle.recipe
    return [
        measure(
            "EMA update, the arithmetic",
            lambda: apply_event(state, event, item, recipe=recipe),
            times=2_000,
            budget="0.05 ms",
        ),
        measure(
            "interaction recorded, synced to disk",
            lambda: retrieval.profiles.record(_VIEWER, movie_id=movie_id, kind="click"),
            times=100,
            budget="5 ms",
        ),
    ]


def _lists(retrieval: Retrieval) -> list[Measurement]:
    recommender, bundle = retrieval.recommender, retrieval.bundle
    viewer = ViewerId(f"ml:{bundle.dataset_viewer_ids()[0]}")
    snapshot = recommender.snapshot(viewer)
    ranking = recommender.recommend(viewer)
    items = bundle.item_vectors.astype(np.float64)
    seen = [bundle.row(event.movie_id) for event in snapshot.events]
    rows = [
        measure("recommend 10 with exact splits", lambda: recommender.recommend(viewer), times=100),
        measure(
            "ids and scores of 10", lambda: recommender.top_movie_ids(snapshot, n=10), times=200
        ),
        measure(
            "bare numpy product and top 10",
            lambda: _bare_top(items, snapshot.user_vector.total, seen),
            times=200,
        ),
        measure(
            "exact split of 10 scores",
            lambda: [recommender.split(snapshot, r.movie_id) for r in ranking.recommendations],
            times=100,
            budget="5 ms",
        ),
    ]
    return [*rows, *_implicit_library(items, snapshot.user_vector.total, seen)]


def _bare_top(items: Any, query: Any, seen: list[int]) -> Any:
    scores = items @ query
    scores[seen] = -np.inf
    best = np.argpartition(-scores, 10)[:10]
    return best[np.argsort(-scores[best])]


def _implicit_library(items: Any, query: Any, seen: list[int]) -> list[Measurement]:
    """The serving call of the library ``implicit`` on the same vectors, where it is installed."""
    try:
        from implicit.cpu.topk import topk
    except ImportError:
        return []
    vectors, row = items.astype(np.float32), query[None].astype(np.float32)
    filtered = np.array(seen, dtype=np.int32)
    return [
        measure(
            "implicit's top 10 on the same vectors",
            lambda: topk(vectors, row, 10, filter_items=filtered),
            times=200,
        )
    ]


def _explanations(retrieval: Retrieval) -> list[Measurement]:
    explainer = build_explainer(retrieval, AgentSettings(provider="offline"))
    viewers = [ViewerId(f"ml:{i}") for i in retrieval.bundle.dataset_viewer_ids()[:20]]
    turn = iter(range(10**9))

    def explain() -> object:
        return explainer.explain(viewers[next(turn) % len(viewers)], n=10)

    whole = measure("explanation of 10, offline", explain, times=40, budget="150 ms")
    return [whole, _graph_overhead(retrieval, viewers)]


def _graph_overhead(retrieval: Retrieval, viewers: list[ViewerId]) -> Measurement:
    taken = graph_overheads_ms(retrieval, viewers)
    return Measurement(
        "graph overhead for 10, zero-latency model",
        statistics.median(taken),
        float(np.percentile(taken, 95)),
        "40 ms",
    )


def _warm_requests(retrieval: Retrieval) -> list[Measurement]:
    from mangum import Mangum

    from api.app import create_app
    from api.build import services_over
    from api.settings import ApiSettings

    event = _event(f"ml:{retrieval.bundle.dataset_viewer_ids()[0]}")
    with tempfile.TemporaryDirectory() as home:
        app = create_app(services_over(retrieval, home=Path(home)), ApiSettings())
        handler = Mangum(app, lifespan="off")
        return [
            measure(
                "recommendations through Mangum, warm",
                lambda: handler(event, None),  # type: ignore[arg-type]  # Mangum wants its own class
                times=100,
                budget="15 ms, p95 40 ms",
            )
        ]


def _cold_starts(bundle: Path, retrieval: Retrieval) -> list[Measurement]:
    """From the start of a process to its first response; nothing without AWS's runtime client.

    Interpreter and runtime client take the same time before every function, and the ratio of two
    whole starts hides a part of their difference: the budget is held against both ratios.
    """
    if not can_measure():
        return []
    viewer = f"ml:{retrieval.bundle.dataset_viewer_ids()[0]}"
    listing, explaining = _event(viewer), _event(viewer)
    explaining["rawPath"] = "/api/explanations"
    explaining["rawQueryString"] = ""
    explaining["requestContext"]["http"] |= {"method": "POST", "path": "/api/explanations"}
    explaining["headers"]["content-type"] = "application/json"
    explaining["body"] = json.dumps({"viewer_id": viewer, "n": 10})
    functions = {
        "nothing": ColdFunction("nothing.handler", listing, _NOTHING),
        _BARE: ColdFunction("bare.handler", listing, _BARE_APP),
        "recommendations": ColdFunction("api.functions.recommendations.handler", listing),
        "explanations": ColdFunction("api.functions.explain.handler", explaining),
    }
    with tempfile.TemporaryDirectory() as home:
        variables = {"WHYLENS_HOME": home, "WHYLENS_BUNDLE": str(bundle)}
        taken = cold_starts_ms(functions, variables=variables, starts=_STARTS)
    medians = {name: statistics.median(times) for name, times in taken.items()}
    nothing = medians["nothing"]

    def budget(name: str) -> str:
        if name not in _COLD_BUDGETS:
            return ""
        # Turn by turn: a machine that slows down for a while slows both.
        pairs = list(zip(taken[name], taken[_BARE], strict=True))
        whole = statistics.median(ours / bare for ours, bare in pairs)
        own = statistics.median((ours - nothing) / (bare - nothing) for ours, bare in pairs)
        return f"{_COLD_BUDGETS[name]} x bare; here {whole:.2f} x, {own:.2f} x without the runtime"

    return [
        Measurement(f"cold start, {name}", medians[name], max(times), budget(name))
        for name, times in taken.items()
    ]


def _event(viewer_id: str) -> dict[str, Any]:
    """An API Gateway event (HTTP API, payload 2.0) that asks for a list."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/api/recommendations",
        "rawQueryString": f"viewer_id={viewer_id}&n=10",
        "headers": {"host": "example.org", "accept": "application/json"},
        "requestContext": {
            "http": {
                "method": "GET",
                "path": "/api/recommendations",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "bench",
            },
            "stage": "$default",
        },
        "isBase64Encoded": False,
    }


def _history_growth(retrieval: Retrieval) -> list[Measurement]:
    rows, recommender = [], retrieval.recommender
    start = recommender.snapshot(_VIEWER)
    for n_events in (10, 100, 500, 1_000, 5_000):
        snapshot = recommender.with_log(start, _synthetic_events(retrieval, n_events))
        dropped = [snapshot.events[0].event_id]

        def forget(snapshot: Any = snapshot, dropped: Any = dropped) -> object:
            without = recommender.without_events(snapshot, dropped)
            return recommender.top_movie_ids(without, n=10)

        rows.append(
            measure(
                f"one counterfactual, {n_events:,} events",
                forget,
                times=30,
                budget="3 ms" if n_events == 500 else "",
            )
        )
    return rows


def _synthetic_events(retrieval: Retrieval, n_events: int) -> list[Interaction]:
    rng = np.random.default_rng(0)
    movies = retrieval.bundle.movies
    chosen = rng.permutation(len(movies))[: min(n_events, len(movies) - 100)]
    return [
        Interaction(
            event_id=EventId(f"bench-{i}"),
            movie_id=movies[int(row)].movie_id,
            kind="rating",
            rating=float(rng.integers(1, 11)) / 2,
            timestamp_ms=_DAY_MS * (i + 1),
        )
        for i, row in enumerate(chosen)
    ]


def _catalogue_growth(retrieval: Retrieval) -> list[Measurement]:
    """Search and exact re-scoring on catalogues drawn from the real vectors with noise."""
    rng = np.random.default_rng(0)
    real = retrieval.bundle.item_vectors
    query = retrieval.recommender.snapshot(_VIEWER).user_vector.total
    rows = []
    for n_movies in (10_000, 100_000, 1_000_000):
        drawn = real[rng.integers(len(real), size=n_movies)]
        noise = rng.standard_normal(drawn.shape, dtype=np.float32) * real.std() * 0.1
        vectors = drawn + noise
        index, allowed = NumpyMovieIndex(vectors), np.ones(n_movies, dtype=np.bool_)

        def search(vectors: Any = vectors, index: Any = index, allowed: Any = allowed) -> object:
            candidates = index.search(query, allowed, n=10)
            scores = vectors[candidates].astype(np.float64) @ query
            return top_rows(scores, np.ones(candidates.size, dtype=np.bool_), n=10)

        rows.append(measure(f"exact search, {n_movies:,} movies", search, times=10))
    return rows
