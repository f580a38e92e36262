"""The command line: the one place where all rooms meet.

Each command imports its room when it runs. That keeps ``whylens recommend`` from paying for
Spark or LangGraph, and lets an installation without the training extra say what is missing.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from retrieval.domain.errors import BadInput, WhylensError
from retrieval.domain.evidence import Evidence
from retrieval.domain.models import MovieId, ViewerId
from retrieval.domain.recommendation import Filters
from retrieval.settings import RetrievalSettings

if TYPE_CHECKING:
    from retrieval.build import Retrieval
    from training.notes_report import MovieVectors

__all__ = ["app", "main"]

EXIT_FAILED = 1

app = typer.Typer(
    name="whylens",
    help="Movie recommendations that can say why, and prove it.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)

PrecomputeOption = Annotated[
    bool,
    typer.Option(
        "--precompute", help="Have Groq read them all now instead of when they are first needed."
    ),
]
HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="Where data, bundles and state live. [default: $WHYLENS_HOME or .whylens]",
        show_default=False,
    ),
]
ViewerOption = Annotated[
    str, typer.Option("--viewer", help="'demo', or 'ml:<userId>' for a viewer of the dataset.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
SynopsesOption = Annotated[
    Path | None,
    typer.Option(
        help="CSV file with the columns movieId,text: what a film without a film note is read from."
    ),
]
DiversityOption = Annotated[
    float,
    typer.Option(
        min=0.0,
        max=1.0,
        help="Variety: towards 1 a film counts the less, the more it is like those above it.",
    ),
]
SurpriseOption = Annotated[
    float,
    typer.Option(min=0.0, max=1.0, help="Towards 1 less known films among the best come forward."),
]
CountOption = Annotated[int, typer.Option("--n", min=1, max=500, help="Length of the list.")]


class RecipeChoice(StrEnum):
    """Which method is trained."""

    whylens = "whylens"
    paper = "paper"


class DetailChoice(StrEnum):
    """How much an explanation says."""

    brief = "brief"
    standard = "standard"
    full = "full"


class OutputFormat(StrEnum):
    """How a list is printed."""

    table = "table"
    csv = "csv"
    json = "json"


@app.command()
def train(
    dataset: Annotated[
        str,
        typer.Option(
            help="auto, bundled, an edition such as ml-latest-small or ml-1m, a folder or zip in "
            "MovieLens form, or s3://bucket/prefix."
        ),
    ] = "auto",
    recipe: Annotated[
        RecipeChoice, typer.Option(help="whylens, or the system as published.")
    ] = RecipeChoice.whylens,
    master: Annotated[str, typer.Option(help="Spark master.")] = "local[*]",
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Also measure RMSE and ranking on honest splits.")
    ] = False,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 42,
    report: Annotated[
        Path | None, typer.Option(help="Also write the bundle's report.html here.")
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option("--set", help="Change a hyper-parameter, as in rank=20; may be repeated."),
    ] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train on MovieLens with PySpark and publish a bundle."""
    with _reported_errors(), _needs("training"):
        from retrieval.build import index_bundle
        from training.cli import run_training

        run_training(
            dataset=dataset,
            recipe=recipe.value,
            master=master,
            evaluate=evaluate,
            seed=seed,
            changes=change or (),
            home=_home(home),
            as_json=as_json,
            report=report,
            index_bundle=index_bundle,
        )


@app.command()
def recommend(
    viewer: ViewerOption = "demo",
    n: CountOption = 10,
    output_format: Annotated[
        OutputFormat | None, typer.Option("--format", help="[default: table; csv for all viewers]")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write to a file instead of the screen.")] = None,
    diversity: DiversityOption = 0.0,
    surprise: SurpriseOption = 0.0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The best unseen movies of one viewer, or of 'all' viewers of the dataset.

    Where films are reordered, every output also tells the rank that score alone would give.
    """
    with _reported_errors():
        from retrieval.batch import (
            RankedMovie,
            ReorderedMovie,
            dataset_viewers,
            recommend_batch,
            write_csv,
        )
        from retrieval.cli import print_list

        retrieval = _retrieval(home)
        viewers = dataset_viewers(retrieval.bundle) if viewer == "all" else [ViewerId(viewer)]
        chosen = OutputFormat.json if as_json else output_format
        plain = OutputFormat.csv if viewer == "all" or out else OutputFormat.table
        filters = Filters(diversity=diversity, surprise=surprise)
        header = (ReorderedMovie if filters.reorders else RankedMovie)._fields
        rows = recommend_batch(retrieval.recommender, viewers, n=n, filters=filters)
        match chosen or plain:
            case OutputFormat.csv:
                with _output(out) as stream:
                    write_csv(rows, stream, header=header)
            case OutputFormat.json:
                with _output(out) as stream:
                    json.dump([row._asdict() for row in rows], stream, indent=1)
                    stream.write("\n")
            case OutputFormat.table:
                print_list(retrieval.bundle, list(rows), Console())


@app.command()
def predict(
    pairs: Annotated[Path, typer.Option(help="CSV file with the columns userId and movieId.")],
    out: Annotated[Path | None, typer.Option(help="Write to a file instead of the screen.")] = None,
    home: HomeOption = None,
) -> None:
    """Predict the stars of (userId, movieId) pairs; writes userId,movieId,rating."""
    with _reported_errors():
        from retrieval.batch import PredictedRating, predict_pairs, read_pairs, write_csv

        wanted = read_pairs(pairs)
        retrieval = _retrieval(home)
        with _output(out) as stream:
            write_csv(
                predict_pairs(retrieval.bundle, wanted), stream, header=PredictedRating._fields
            )


@app.command()
def explain(
    viewer: ViewerOption = "demo",
    movie: Annotated[int | None, typer.Option(help="Explain this movie id alone.")] = None,
    n: CountOption = 10,
    detail: Annotated[
        DetailChoice, typer.Option(help="How much each reason says.")
    ] = DetailChoice.standard,
    synopses: SynopsesOption = None,
    diversity: DiversityOption = 0.0,
    surprise: SurpriseOption = 0.0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The list of a viewer with a checked reason for each film."""
    with _reported_errors():
        from agents.cli import print_explanation, run_explain

        explanation = run_explain(
            _retrieval(home),
            viewer=viewer,
            n=n,
            movie_id=movie,
            detail=detail.value,
            synopses=synopses,
            filters=Filters(diversity=diversity, surprise=surprise),
        )
        if as_json:
            sys.stdout.write(explanation.model_dump_json(indent=2) + "\n")
        else:
            print_explanation(explanation, Console())


@app.command("why-not")
def why_not(
    movie: Annotated[int, typer.Option(help="The movie id that is missing from the list.")],
    viewer: ViewerOption = "demo",
    n: CountOption = 10,
    diversity: DiversityOption = 0.0,
    surprise: SurpriseOption = 0.0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Why a movie is not in a viewer's list."""

    def measure(retrieval: "Retrieval") -> tuple[Evidence, ...]:
        filters = Filters(diversity=diversity, surprise=surprise)
        ranking = retrieval.recommender.recommend(ViewerId(viewer), n=n, filters=filters)
        return retrieval.evidence.why_not(ranking, MovieId(movie))

    _print_evidence(home, measure, as_json=as_json)


@app.command("what-if")
def what_if(
    viewer: ViewerOption = "demo",
    forget: Annotated[
        list[int] | None, typer.Option(help="Movie id of the history to forget; may be repeated.")
    ] = None,
    rate: Annotated[int | None, typer.Option(help="Movie id to rate instead.")] = None,
    stars: Annotated[float, typer.Option(help="Stars to go with --rate.")] = 5.0,
    n: CountOption = 10,
    diversity: DiversityOption = 0.0,
    surprise: SurpriseOption = 0.0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """What forgetting or rating films would do to the list. Nothing is saved."""
    if bool(forget) == (rate is not None):
        raise typer.BadParameter("name either --forget MOVIE (once or more) or --rate MOVIE")

    def measure(retrieval: "Retrieval") -> tuple[Evidence, ...]:
        filters = Filters(diversity=diversity, surprise=surprise)
        ranking = retrieval.recommender.recommend(ViewerId(viewer), n=n, filters=filters)
        if rate is not None:
            return retrieval.evidence.rate(ranking, MovieId(rate), stars)
        wanted = set(forget or [])
        events = [e for e in ranking.viewer.events if e.movie_id in wanted]
        strangers = wanted - {event.movie_id for event in events}
        if strangers:
            listed = ", ".join(map(str, sorted(strangers)))
            raise BadInput(f"viewer '{viewer}' has no event on movie {listed}")
        return retrieval.evidence.forget(ranking, [event.event_id for event in events])

    _print_evidence(home, measure, as_json=as_json)


@app.command()
def chat(
    viewer: ViewerOption = "demo",
    thread: Annotated[str | None, typer.Option(help="Continue this conversation.")] = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask why, why not and what if; reads questions from standard input when piped."""
    with _reported_errors():
        from agents.cli import start_chat

        code = start_chat(
            _retrieval(home), viewer=viewer, thread_id=thread, as_json=as_json, home=_home(home)
        )
    raise typer.Exit(code)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535)] = 8000,
    synopses: SynopsesOption = None,
    home: HomeOption = None,
) -> None:
    """Serve the API and the web app."""
    with _reported_errors(), _needs("api"):
        from agents.settings import AgentSettings
        from agents.synopses import read_synopses
        from api.server import run_server

        # A fault in them is told now and not at the first explanation.
        settings = AgentSettings.with_synopses(synopses)
        if settings.synopses is not None:
            read_synopses(settings.synopses)
        code = run_server(_home(home), host=host, port=port, synopses=synopses)
    raise typer.Exit(code)


@app.command()
def run(
    dataset: Annotated[str, typer.Option(help="As for train.")] = "auto",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="PORT", min=1, max=65535)] = 8000,
    home: HomeOption = None,
) -> None:
    """Train if nothing is trained yet, show a taste of it, then serve."""
    with _reported_errors():
        settings = RetrievalSettings(home=_home(home))
        if not settings.bundle and not (settings.bundles_dir / "CURRENT").exists():
            train(dataset=dataset, home=home, master="local[*]")
        from agents.cli import show_tour

        show_tour(_retrieval(home), home=_home(home), console=Console())
    serve(host=host, port=port, home=home)


@app.command()
def bench(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Measure the time budgets of serving on the bundle that serves; writes nothing there."""
    with _reported_errors(), _needs("api"):
        from api.bench import run_bench
        from retrieval.bundle import current_bundle_dir

        settings = RetrievalSettings(home=_home(home))
        run_bench(settings, bundle=current_bundle_dir(settings.bundles_dir), as_json=as_json)


evals_app = typer.Typer(help="Measure the explanations before shipping a prompt or a model.")
app.add_typer(evals_app, name="evals", no_args_is_help=True)


@evals_app.command("run")
def evals_run(
    viewers: Annotated[int, typer.Option(min=1, help="Random viewers to explain.")] = 30,
    n: Annotated[int, typer.Option("--n", min=1, max=50, help="Length of each list.")] = 10,
    seed: Annotated[int, typer.Option(help="Draws the viewers and the bootstrap.")] = 0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the evals; exit code 0 pass, 1 fail, 2 inconclusive."""
    with _reported_errors(), _needs("evals"):
        from evals.cli import run_evals

        code = run_evals(
            _retrieval(home), home=_home(home), n_viewers=viewers, n=n, seed=seed, as_json=as_json
        )
    raise typer.Exit(code)


@app.command()
def themes(
    relabel: Annotated[
        bool,
        typer.Option("--relabel", help="Have Groq name the themes anew; needs GROQ_API_KEY."),
    ] = False,
    precompute: PrecomputeOption = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The themes that the movies fall into."""
    with _reported_errors():
        from retrieval.cli import print_themes

        if relabel:
            _relabel(_home(home))
        if precompute:
            from agents.precompute_cli import precompute_themes

            precompute_themes(_retrieval(home), console=Console(stderr=True))
        print_themes(_retrieval(home).bundle, Console(), as_json=as_json)


@app.command()
def scripts(
    precompute: PrecomputeOption = False,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Read at most this many films, most rated first.")
    ] = None,
    synopses: SynopsesOption = None,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """How the films are read: by a film note, by a language model, or not yet."""
    with _reported_errors():
        from agents.precompute_cli import precompute_films, print_film_counts

        retrieval = _retrieval(home)
        if precompute:
            precompute_films(
                retrieval, synopses=synopses, limit=limit, console=Console(stderr=True)
            )
        print_film_counts(retrieval, synopses=synopses, as_json=as_json, console=Console())


def _relabel(home: Path) -> None:
    from agents.cli import ask_for_labels
    from training.relabel import NewLabel, publish_labels
    from training.settings import TrainingSettings

    model, run = ask_for_labels(_retrieval(home).bundle, home=home, console=Console(stderr=True))
    labels = {
        int(theme_id): NewLabel(written.label, written.summary, model)
        for theme_id, written in run.labels.items()
    }
    publish_labels(home, labels, keep=TrainingSettings().keep_bundles)


data_app = typer.Typer(help="What is trained here, from which data, and under which terms.")
app.add_typer(data_app, name="data", invoke_without_command=True)


@data_app.callback(invoke_without_command=True)
def data(context: typer.Context, home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Show the bundle that serves: dataset, recipe, counts and terms."""
    if context.invoked_subcommand is not None:
        return
    with _reported_errors():
        from retrieval.cli import print_data

        print_data(_retrieval(home).bundle, Console(), as_json=as_json)


@data_app.command("notes")
def data_notes(
    check: Annotated[
        bool, typer.Option("--check", help="Print the quality report; exit code 1 on a fault.")
    ] = False,
    dataset: Annotated[
        str | None,
        typer.Option(help="Compare with this dataset too: ml-latest-small, or a folder or zip."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws resamples and hidden notes.")] = 0,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The film notes that ship with Whylens; with --check, how good they are."""
    with _reported_errors(), _needs("training"):
        from training.cli import print_notes, run_notes_check

        if not check:
            print_notes(as_json=as_json)
            return
        passed = run_notes_check(
            dataset=dataset,
            home=_home(home),
            vectors=_movie_vectors(home),
            seed=seed,
            as_json=as_json,
        )
    if not passed:
        raise typer.Exit(EXIT_FAILED)


def _movie_vectors(home: Path | None) -> "MovieVectors | None":
    """The vectors of the bundle that serves, or None when nothing is trained in this home."""
    from retrieval.bundle import current_bundle_dir, read_movie_vectors
    from retrieval.domain.errors import BundleNotFound
    from training.notes_report import MovieVectors

    try:
        path = current_bundle_dir(RetrievalSettings(home=_home(home)).bundles_dir)
    except BundleNotFound:
        return None
    movies, item_vectors = read_movie_vectors(path)
    return MovieVectors(path.name, movies, item_vectors.astype(float))


VersionOption = Annotated[
    str | None,
    typer.Option("--version", help="A version of 'data versions'. [default: the one that serves]"),
]


@data_app.command("versions")
def data_versions(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """The bundles that are kept, and which one serves."""
    with _reported_errors():
        from retrieval.bundle_versions import list_versions
        from retrieval.cli import print_versions

        bundles_dir = RetrievalSettings(home=_home(home)).bundles_dir
        print_versions(list_versions(bundles_dir), Console(), as_json=as_json)


@data_app.command("verify")
def data_verify(
    version: VersionOption = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Check every file of a bundle against its manifest; exit code 1 when one is damaged."""
    with _reported_errors():
        from retrieval.bundle_versions import bundle_dir, check_bundle
        from retrieval.cli import print_check

        path = bundle_dir(RetrievalSettings(home=_home(home)).bundles_dir, version)
        wrong = check_bundle(path)
        print_check(path.name, wrong, Console(), as_json=as_json)
    if wrong:
        raise typer.Exit(EXIT_FAILED)


@data_app.command("use")
def data_use(
    version: Annotated[str, typer.Argument(help="A version of 'data versions'.")],
    home: HomeOption = None,
) -> None:
    """Make an earlier bundle the one that serves; a running server takes it when it restarts."""
    with _reported_errors():
        from retrieval.bundle_versions import bundle_dir, check_bundle
        from training.publish import use_version

        wrong = check_bundle(bundle_dir(RetrievalSettings(home=_home(home)).bundles_dir, version))
        if wrong:
            raise BadInput(f"bundle {version} is damaged: {wrong[0]}")
        use_version(_home(home), version)
        Console().print(f"Bundle {version} serves from now on.", markup=False, soft_wrap=True)


@data_app.command("rebuild")
def data_rebuild(
    check: Annotated[
        bool,
        typer.Option("--check", help="Compare only, bit for bit; exit code 1 on a difference."),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replay every viewer's log, and cache the profile that it gives."""
    with _reported_errors():
        from retrieval.cli import print_rebuild
        from retrieval.rebuild import check_profiles, rebuild_profiles

        retrieval = _retrieval(home)
        work = check_profiles if check else rebuild_profiles
        report = work(retrieval.profiles, retrieval.store)
        print_rebuild(report, Console(), checked=check, as_json=as_json)
    if check and report.wrong:
        raise typer.Exit(EXIT_FAILED)


@data_app.command("onboarding")
def data_onboarding(
    check: Annotated[
        bool,
        typer.Option("--check", help="Measure what picks do; exit code 1 if it falls short."),
    ] = False,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The films that a new viewer is asked about, and whether they do their work."""
    with _reported_errors():
        from retrieval.onboarding_check import check_onboarding
        from retrieval.onboarding_cli import print_onboarding

        retrieval = _retrieval(home)
        films = retrieval.new_viewers.films
        chosen = [film.movie.movie_id for film in films]
        report = check_onboarding(retrieval.recommender, chosen) if check else None
        print_onboarding(films, report, Console(), as_json=as_json)
    if report is not None and report.problems:
        raise typer.Exit(EXIT_FAILED)


@data_app.command("lists")
def data_lists(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """What the index finds, the sliders cost and a dislike does, over the dataset's viewers."""
    with _reported_errors():
        from retrieval.batch import dataset_viewers
        from retrieval.build import build_index, build_retrieval
        from retrieval.cli import print_lists
        from retrieval.dislike_effect import measure_dislikes
        from retrieval.index_recall import measure_recall
        from retrieval.slider_cost import measure_sliders

        settings = RetrievalSettings(home=_home(home))
        retrieval = build_retrieval(settings)
        viewers = dataset_viewers(retrieval.bundle)
        chroma = build_index(retrieval.bundle, settings.model_copy(update={"index": "chroma"}))
        print_lists(
            measure_recall(retrieval, chroma, viewers),
            measure_sliders(retrieval, viewers),
            measure_dislikes(retrieval, viewers),
            Console(),
            as_json=as_json,
        )


@data_app.command("create-table")
def data_create_table(
    name: Annotated[str, typer.Argument(help="What WHYLENS_STATE_TABLE names from then on.")],
) -> None:
    """Create the DynamoDB table that viewers' state can live in."""
    with _reported_errors():
        from retrieval.dynamodb_table import DynamoTable

        created = DynamoTable(name).create_table()
        said = "is ready" if created else "was there already"
        Console().print(f"The table {name} {said}.", markup=False)


@data_app.command("push")
def data_push(
    address: Annotated[str, typer.Argument(help="s3://bucket/prefix")],
    version: VersionOption = None,
    home: HomeOption = None,
) -> None:
    """Upload a bundle to S3, where WHYLENS_BUNDLE=s3://bucket/prefix serves it."""
    with _reported_errors():
        from retrieval.bundle_versions import bundle_dir
        from retrieval.s3_bundles import push_bundle

        path = bundle_dir(RetrievalSettings(home=_home(home)).bundles_dir, version)
        n_bytes = push_bundle(path, address)
        Console().print(
            f"Bundle {path.name} ({n_bytes / 1e6:.1f} MB) serves from {address} now.",
            markup=False,
            soft_wrap=True,
        )


@data_app.command("synthetic")
def data_synthetic(
    out: Annotated[Path, typer.Option(help="Folder to write ratings.csv and movies.csv to.")],
    ratings: Annotated[int, typer.Option(min=1_000, help="How many; 1_000_000 is fine.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Seed of everything random.")] = 42,
) -> None:
    """Make up a dataset of MovieLens' shape, to see how training grows."""
    with _reported_errors():
        from training.synthetic import default_size, write_synthetic

        size = default_size(ratings)
        write_synthetic(out, size, seed=seed)
        Console().print(
            f"{size.n_ratings:,} ratings by {size.n_users:,} users of {size.n_movies:,} movies "
            f"in {out}; train on them with 'whylens train --dataset {out}'.",
            markup=False,
            soft_wrap=True,
        )


def _home(home: Path | None) -> Path:
    return home if home is not None else RetrievalSettings().home


def _retrieval(home: Path | None) -> "Retrieval":
    from retrieval.build import build_retrieval

    return build_retrieval(RetrievalSettings(home=_home(home)))


@contextmanager
def _reported_errors() -> Iterator[None]:
    """Turn an expected failure into one message and exit code 1."""
    try:
        yield
    except WhylensError as error:
        Console(stderr=True).print(f"[bold red]error:[/] {escape(str(error))}", soft_wrap=True)
        raise typer.Exit(EXIT_FAILED) from error
    except ValidationError as error:
        if not error.title.endswith("Settings"):
            raise
        fault = error.errors(include_input=False)[0]
        name = f"setting {fault['loc'][0]}: " if fault["loc"] else ""
        Console(stderr=True).print(
            f"[bold red]error:[/] {escape(name + fault['msg'])}", soft_wrap=True
        )
        raise typer.Exit(EXIT_FAILED) from error
    except BrokenPipeError as error:
        # The reader of a pipe (head, less) has seen enough.
        sys.stderr.close()
        raise typer.Exit(EXIT_FAILED) from error
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        Console(stderr=True).print(
            f"[bold red]error:[/] {escape(where)}{error.strerror or error}", soft_wrap=True
        )
        raise typer.Exit(EXIT_FAILED) from error


@contextmanager
def _needs(extra: str) -> Iterator[None]:
    """Say which extra to install when a room's packages are missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise BadInput(
            f"this needs the package '{error.name}': pip install 'whylens[{extra}]'"
        ) from error


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    """A file that appears whole or not at all, or the screen."""
    if path is None:
        yield sys.stdout
        return
    draft = path.with_name(f".{path.name}.part")
    try:
        with draft.open("w", encoding="utf-8", newline="") as stream:
            yield stream
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _print_evidence(
    home: Path | None, measure: Callable[["Retrieval"], tuple[Evidence, ...]], *, as_json: bool
) -> None:
    with _reported_errors():
        pieces = measure(_retrieval(home))
        if as_json:
            sys.stdout.write(json.dumps([p.model_dump() for p in pieces], indent=2) + "\n")
            return
        console = Console()
        for piece in pieces:
            console.print(f"[dim]{piece.id:<28}[/] {escape(piece.text)}", soft_wrap=True)


def main() -> None:
    """Entry point of the ``whylens`` command."""
    app()


if __name__ == "__main__":
    main()
