"""The ``train`` command; the root command line registers it."""

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from training.errors import TrainingError
from training.settings import Environment, TrainingSettings

__all__ = ["build_train_command"]


class Recipe(StrEnum):
    """Which published or own method is trained."""

    whylens = "whylens"
    paper = "paper"


DatasetOption = Annotated[
    str,
    typer.Option(
        help="auto (GroupLens' ml-latest-small, else the bundled edition), ml-latest-small, "
        "bundled, or the path of a folder or zip with ratings.csv and movies.csv."
    ),
]
RecipeOption = Annotated[Recipe, typer.Option(help="whylens, or the method as published.")]
MasterOption = Annotated[str, typer.Option(help="Spark master.")]
EvaluateOption = Annotated[
    bool, typer.Option("--evaluate", help="Also measure RMSE and ranking on held-out ratings.")
]
HomeOption = Annotated[
    Path, typer.Option(envvar="WHYLENS_HOME", help="Where data, bundles and state live.")
]
SeedOption = Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Seed of everything random.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def build_train_command(
    index_bundle: Callable[[Path], None], style: "Callable[[], Any] | None" = None
) -> Callable[..., None]:
    """Make the command function for a Typer app.

    Args:
        index_bundle: Adds the vector index to a staged bundle; given by whoever wires the rooms.
        style: Loads the `pipeline.StyleSources`; none when None.
    """

    def train(
        dataset: DatasetOption = "auto",
        recipe: RecipeOption = Recipe.whylens,
        master: MasterOption = "local[2]",
        evaluate: EvaluateOption = False,
        home: HomeOption = Path(".whylens"),
        seed: SeedOption = 42,
        as_json: JsonOption = False,
    ) -> None:
        """Train on MovieLens and make the result the bundle that serves."""
        from training.pipeline import N_STEPS, StyleSources, TrainingRequest
        from training.pipeline import train as run
        from training.progress import RichProgress
        from training.tables import print_result

        settings = TrainingSettings(seed=seed)
        n_evaluation = len(settings.evaluation_seeds) + 2 if evaluate else 0
        try:
            request = TrainingRequest(
                dataset=dataset,
                home=home,
                recipe=recipe.value,
                master=master,
                evaluate=evaluate,
                settings=settings,
                environment=Environment(),
                style=style() if style else StyleSources(),
            )
            with RichProgress(N_STEPS + n_evaluation) as progress:
                result = run(request, index_bundle=index_bundle, progress=progress)
        except TrainingError as error:
            typer.echo(f"whylens train: {error}", err=True)
            raise typer.Exit(1) from error
        if as_json:
            summary = {
                "version": result.version,
                "path": str(result.path),
                "dataset": result.dataset.source,
                "metrics": result.metrics,
            }
            typer.echo(json.dumps(summary, ensure_ascii=False))
        else:
            print_result(result)

    return train
