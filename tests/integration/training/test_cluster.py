"""The same job on a Spark standalone cluster as on this machine alone: ``make cluster-test``."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from retrieval.bundle import Bundle, load_bundle
from retrieval.bundle_versions import check_bundle
from tests.support.spark_cluster import spark_cluster

ROOT = Path(__file__).parents[3]
SMALL = ("rank=8", "iterations=5", "kmeans_inits=2", "silhouette_ks=10,40")


def train(home: Path, master: str) -> tuple[Bundle, dict]:
    changes = [word for change in SMALL for word in ("--set", change)]
    command = ["train", "--dataset", "bundled", "--json", "--master", master, "--home", str(home)]
    done = subprocess.run(
        [sys.executable, ROOT / "whylens.py", *command, *changes],
        env=os.environ | {"SPARK_LOCAL_IP": "127.0.0.1"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return load_bundle(home / "bundles"), json.loads(done.stdout)["metrics"]


@pytest.mark.cluster
def test_a_cluster_makes_the_bundle_that_one_machine_makes(tmp_path):
    alone, alone_metrics = train(tmp_path / "alone", "local[2]")
    (tmp_path / "spark").mkdir()
    with spark_cluster(tmp_path / "spark") as master:
        together, metrics = train(tmp_path / "together", master)
        executors = list((tmp_path / "spark").glob("w*/app-*/*/stderr"))
    assert len(executors) == 2  # both workers took part

    assert check_bundle(together.path) == []
    for count in ("n_ratings", "n_users", "n_movies", "dropped", "sha256"):
        assert together.manifest["dataset"][count] == alone.manifest["dataset"][count]
    assert together.movie_ids.tolist() == alone.movie_ids.tolist()
    assert len(together.themes) == len(alone.themes) == 40
    user = alone.dataset_viewer_ids()[0]
    assert together.dataset_events(user) == alone.dataset_events(user)

    page_data = (together.path / "data.js").read_bytes()
    assert page_data.count(b'"movie_id"') == 320  # what the first page draws from: 8 a theme
    assert len(page_data) <= 130_000

    np.testing.assert_allclose(together.rating_model.user_bias, alone.rating_model.user_bias, 1e-6)
    assert abs(rmse(together) - rmse(alone)) < 0.01
    pairs = zip(metrics["silhouette"], alone_metrics["silhouette"], strict=True)
    assert all(abs(a["silhouette"] - b["silhouette"]) < 0.02 for a, b in pairs)


def rmse(bundle: Bundle) -> float:
    """Error on the ratings that the model was fitted to, of the first hundred viewers."""
    errors = [
        bundle.rating_model.predict(user, event.movie_id).rating - event.rating
        for user in bundle.dataset_viewer_ids()[:100]
        for event in bundle.dataset_events(user)
    ]
    return float(np.sqrt(np.mean(np.square(errors))))
