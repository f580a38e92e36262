import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from retrieval.bundle import load_bundle
from retrieval.bundle_versions import check_bundle
from tests.support.movielens_files import write_movielens

ROOT = Path(__file__).parents[3]


def whylens(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "whylens.py", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.fixture(scope="module", params=["whylens", "paper"])
def run(request, tmp_path_factory) -> tuple[Path, str, dict]:
    folder = tmp_path_factory.mktemp(f"run-{request.param}")
    write_movielens(folder / "films")
    measured = ["--evaluate", "--report", "report.html"] if request.param == "whylens" else []
    done = whylens(
        *("train", "--dataset", "films", "--home", "home", "--recipe", request.param, "--json"),
        *measured,
        cwd=folder,
    )
    assert done.returncode == 0, done.stderr
    assert "WARN" not in done.stderr
    return folder, request.param, json.loads(done.stdout)


@pytest.mark.slow
@pytest.mark.spark
def test_a_trained_bundle_is_what_serving_reads(run):
    folder, recipe, printed = run
    bundle = load_bundle(folder / "home" / "bundles")
    assert bundle.version == printed["version"]
    assert bundle.recipe.name == recipe
    assert len(bundle.movies) == 80
    assert bundle.dataset_viewer_ids() == list(range(1, 61))
    assert len(bundle.dataset_events(1)) == 25
    assert bundle.movies[-1].vector_source == "content"
    assert bundle.movies[0].name == "The Film 1 (1960)"
    assert len({theme.label for theme in bundle.themes.values()}) == len(bundle.themes)


@pytest.mark.slow
@pytest.mark.spark
def test_the_rating_model_in_the_bundle_predicts_what_viewers_love(run):
    bundle = load_bundle(run[0] / "home" / "bundles")
    loved = bundle.rating_model.predict(4, bundle.movies[7].movie_id).rating
    not_loved = bundle.rating_model.predict(4, bundle.movies[8].movie_id).rating
    assert loved > not_loved + 1.0


@pytest.mark.slow
@pytest.mark.spark
def test_every_file_is_in_the_manifest_with_its_hash(run):
    path = load_bundle(run[0] / "home" / "bundles").path
    manifest = json.loads((path / "manifest.json").read_text())
    expected = {
        "average_user_vector.npy", "data.js", "film_notes.json", "item_vectors.json",
        "item_vectors.npy", "map.json", "metrics.json", "movies.json", "movies.parquet",
        "rating_model.npz", "report.html", "tags.parquet", "themes.json",
    }  # fmt: skip
    assert expected <= set(manifest["files"])
    for folder in ("item_factors", "user_factors"):
        assert any(name.startswith(f"{folder}/part-") for name in manifest["files"])
    assert check_bundle(path) == []
    vectors = json.loads((path / "item_vectors.json").read_text())
    np.testing.assert_allclose(vectors["1"], np.load(path / "item_vectors.npy")[0], atol=1e-6)
    assert manifest["dataset"]["n_ratings"] == 1500


@pytest.mark.slow
@pytest.mark.spark
def test_the_report_lies_in_the_bundle_and_says_whether_it_was_measured(run):
    folder, recipe, printed = run
    report = (Path(printed["path"]) if recipe == "paper" else folder) / "report.html"
    text = (folder / report).read_text(encoding="utf-8")
    assert "Film 1" in text
    if recipe == "whylens":
        bundle = folder / "home" / "bundles" / printed["version"]
        assert text == (bundle / "report.html").read_text(encoding="utf-8")
        ndcg = printed["metrics"]["evaluation"]["tasks"][0]["models"][0]["ndcg"]["mean"]
        assert f"{ndcg:.4f}".replace("0.", ".", 1) in text
        assert printed["metrics"]["paper_themes"]["silhouette"]
    else:
        assert "Not evaluated" in text


@pytest.mark.slow
@pytest.mark.spark
def test_nothing_is_left_lying_around(run):
    folder, recipe, printed = run
    report = ["report.html"] if recipe == "whylens" else []
    assert sorted(path.name for path in folder.iterdir()) == ["films", "home", *report]
    assert sorted(path.name for path in (folder / "home").iterdir()) == ["bundles", "train.lock"]
    names = sorted(path.name for path in (folder / "home" / "bundles").iterdir())
    assert names == sorted([printed["version"], "CURRENT"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dataset", "message"),
    [("nowhere", "there is no dataset 'nowhere'"), ("half", "movies.csv is missing")],
)
def test_a_dataset_that_cannot_be_used_is_one_message_and_exit_1(tmp_path, dataset, message):
    (tmp_path / "half").mkdir()
    (tmp_path / "half" / "ratings.csv").write_text("userId,movieId,rating,timestamp\n")
    done = whylens("train", "--dataset", dataset, "--home", "home", cwd=tmp_path)
    assert done.returncode == 1
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "home" / "bundles" / "CURRENT").exists()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("ranks=5", "'ranks=5' is no name=value of a hyper-parameter; there are bias_rounds"),
        ("rank", "is no name=value"),
        ("rank=0", "--set rank=0: Input should be greater than or equal to 1"),
        ("silhouette_ks=2,x", "--set silhouette_ks=x: Input should be a valid integer"),
    ],
)
def test_a_hyper_parameter_that_cannot_be_is_one_message(tmp_path, change, message):
    done = whylens("train", "--set", change, "--home", "home", cwd=tmp_path)
    assert done.returncode == 1
    assert message in " ".join(done.stderr.split())
    assert not (tmp_path / "home").exists()


def test_a_synthetic_dataset_is_written_by_the_command_line(tmp_path):
    done = whylens("data", "synthetic", "--ratings", "2_000", "--out", "films", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("2,000 ratings by 12 users of 600 movies in films")
    assert len((tmp_path / "films" / "ratings.csv").read_text().splitlines()) == 2_001
