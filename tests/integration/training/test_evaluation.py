import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from retrieval.domain.style_part import StyleTable, Taggings
from training.evaluation.run import evaluate, n_evaluation_steps
from training.report_page.figures import lists_chapter
from training.retrieval_model import Content
from training.settings import TrainingSettings
from training.tables import print_evaluation

pytestmark = [pytest.mark.slow, pytest.mark.spark]

SETTINGS = TrainingSettings(
    rank=4,
    iterations=4,
    evaluation_seeds=(0, 1),
    viewer_folds=2,
    cold_start_events=(0, 5),
    bootstrap_samples=50,
)
N_USERS, N_MOVIES = 40, 60


def ratings() -> pd.DataFrame:
    """Four kinds of movie; each viewer gives 5 stars to one kind and 2 to the rest."""
    rng = np.random.default_rng(0)
    rows = [
        (user, int(movie), 5.0 if movie % 4 == user % 4 else 2.0, int(when))
        for user in range(1, N_USERS + 1)
        for when, movie in enumerate(rng.choice(N_MOVIES, size=30, replace=False) + 1)
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "movie_id", "rating", "timestamp"])
    return frame.astype(
        {"user_id": "int32", "movie_id": "int32", "rating": "float32", "timestamp": "int64"}
    )


def measure(spark, work_dir, settings=SETTINGS):
    steps: list[str] = []
    kinds = np.eye(4)[np.arange(1, N_MOVIES + 1) % 4]
    result = evaluate(
        spark,
        spark.createDataFrame(ratings()),
        content=Content(np.arange(1, N_MOVIES + 1), kinds),
        genres=kinds,
        style_tables=lambda vectors, n_likes: StyleTable(
            Taggings.of([(f"kind-{movie % 4}", 0.9)] for movie in range(1, len(vectors) + 1))
        ),
        settings=settings,
        work_dir=work_dir,
        step=steps.append,
    )
    return result, steps


@pytest.fixture(scope="module")
def measured(spark, tmp_path_factory):
    work_dir = tmp_path_factory.mktemp("evaluation")
    return *measure(spark, work_dir), work_dir


def test_taste_is_found_where_popularity_cannot_see_it(measured):
    for task in measured[0].tasks[:3]:
        ndcg = {model.model: model.ndcg.mean for model in task.models}
        assert ndcg["whylens"] > ndcg["most popular"] + 0.2
        assert ndcg["EASE"] > ndcg["most popular"] + 0.2
    errors = {result.model: np.mean(result.rmse_all) for result in measured[0].ratings}
    assert errors["whylens"] < errors["biases only"]


def test_every_model_answers_every_question(measured):
    result = measured[0]
    names = ["whylens", "paper", "most popular", "item-kNN", "EASE", "EASE + recency"]
    by_task = {task.name: [model.model for model in task.models] for task in result.tasks}
    assert by_task["temporal"] == by_task["random"] == names
    assert by_task["parts"] == ["whylens", "without style", "without dislikes"]
    assert by_task["new viewers"] == ["whylens", "most popular", "EASE", "EASE + recency"]
    assert [len(r.rmse_all) for r in result.ratings] == [2, 2, 2]
    assert result.cold_start.known == [0, 5, None]
    assert (result.n_viewers, result.n_all_viewers) == (N_USERS, N_USERS)


def test_parts_that_tell_kinds_apart_do_no_harm(measured):
    result = measured[0]
    parts = {model.model: model.ndcg.mean for model in result.task("parts").models}
    whole = result.task("temporal").models[0].ndcg.mean
    assert parts["whylens"] == whole
    assert whole >= parts["without style"] - 0.02
    assert whole >= parts["without dislikes"] - 0.02
    assert len(set(parts.values())) > 1


def test_what_was_found_is_plain_json_and_leaves_no_files(measured):
    result, steps, work_dir = measured
    assert len(steps) == n_evaluation_steps(SETTINGS)
    first = result.as_json()["tasks"][0]["models"][0]
    assert set(first["ndcg"]) == {"mean", "low", "high"}
    assert first["difference"] is None
    assert list(work_dir.iterdir()) == []


def test_every_table_is_printed_and_shown_in_the_report(measured):
    result = measured[0]
    console = Console(record=True, width=80)
    print_evaluation(result, console)
    printed = console.export_text()
    page = lists_chapter(result.as_json())
    for name in ("EASE + recency", "without style", "without dislikes"):
        assert name in printed
        assert name in page


def test_a_rerun_finds_the_same(measured, spark, tmp_path):
    again, _ = measure(spark, tmp_path)
    for one, two in zip(measured[0].tasks, again.tasks, strict=True):
        for first, second in zip(one.models, two.models, strict=True):
            np.testing.assert_allclose(first.ndcg, second.ndcg, atol=1e-3)
    for one, two in zip(measured[0].ratings, again.ratings, strict=True):
        np.testing.assert_allclose(one.rmse_all, two.rmse_all, atol=1e-3)


def test_many_viewers_are_judged_by_a_sample(spark, tmp_path):
    settings = SETTINGS.model_copy(update={"evaluation_viewers": 12, "evaluation_seeds": (0,)})
    result, _ = measure(spark, tmp_path, settings)
    assert (result.n_viewers, result.n_all_viewers) == (12, N_USERS)
    assert result.task("temporal").n_viewers <= 12
