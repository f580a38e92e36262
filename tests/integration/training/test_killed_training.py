"""Training that is killed never leaves a bundle that loads wrongly, and the old one serves on."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from retrieval.build import build_retrieval
from retrieval.bundle import load_bundle
from retrieval.bundle_versions import check_bundle, list_versions
from retrieval.settings import RetrievalSettings
from tests.support.movielens_files import write_movielens
from tests.support.published_bundle import publish_tiny

ROOT = Path(__file__).parents[3]
SMALL = ("rank=8", "iterations=5", "kmeans_inits=2", "silhouette_ks=2,3", "n_themes=4")
N_KILLS = 5
PUBLISH_FOREVER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tests.support.published_bundle import publish_tiny
moment = datetime.fromisoformat(sys.argv[2])
for n in range(100_000):
    moment += timedelta(seconds=1)
    publish_tiny(Path(sys.argv[1]), created_at=moment, note=str(n))
    if n == 0:
        print("ready", flush=True)
"""


def assert_every_bundle_is_whole(home: Path) -> None:
    versions = list_versions(home / "bundles")
    assert [version.serves for version in versions].count(True) == 1
    for version in versions:
        assert check_bundle(home / "bundles" / version.version) == []
    room = build_retrieval(RetrievalSettings(home=home))
    assert room.recommender.recommend("demo", n=1).recommendations


def test_publishing_killed_at_any_moment_leaves_whole_bundles(tmp_path):
    rng = np.random.default_rng(0)
    publish_tiny(tmp_path, created_at=datetime(2026, 1, 1, tzinfo=UTC))
    for day in range(1, 1 + N_KILLS):
        moment = datetime(2026, 2, day, tzinfo=UTC).isoformat()
        process = subprocess.Popen(
            [sys.executable, "-c", PUBLISH_FOREVER, str(tmp_path), moment],
            cwd=ROOT,
            stdout=subprocess.PIPE,
        )
        with process:
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
            time.sleep(float(rng.uniform(0.0, 0.3)))
            process.kill()
        assert_every_bundle_is_whole(tmp_path)
    publish_tiny(tmp_path, created_at=datetime(2026, 3, 1, tzinfo=UTC))
    names = [path.name for path in (tmp_path / "bundles").iterdir()]
    assert len(names) == 4  # three versions and CURRENT: what was left is gone
    assert not any(name.startswith(".") for name in names)


def start_training(home: Path) -> subprocess.Popen[bytes]:
    changes = [word for change in SMALL for word in ("--set", change)]
    command = ["train", "--dataset", "films", "--home", str(home), "--master", "local[2]"]
    return subprocess.Popen(
        [sys.executable, ROOT / "whylens.py", *command, *changes],
        cwd=home,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def jvms_of(home: Path) -> list[int]:
    """Java processes whose command line names the home, as every path of a run's does."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if b"java" in line and str(home).encode() in line:
            found.append(int(path.parent.name))
    return found


@pytest.mark.damage
def test_training_killed_at_five_random_moments_leaves_the_old_bundle_serving(tmp_path):
    write_movielens(tmp_path / "films")
    began = time.monotonic()
    assert start_training(tmp_path).wait(timeout=600) == 0
    duration = time.monotonic() - began
    first = load_bundle(tmp_path / "bundles").version
    rng = np.random.default_rng()
    for moment in np.sort(rng.uniform(0.02, 0.98, size=N_KILLS)) * duration:
        process = start_training(tmp_path)
        time.sleep(float(moment))
        os.kill(process.pid, signal.SIGKILL)
        process.wait(timeout=30)
        assert_every_bundle_is_whole(tmp_path)
        print(f"killed after {moment:.1f} of {duration:.1f} s: every bundle is whole")  # noqa: T201
        if process.returncode != 0:
            wait_until_gone(tmp_path)
    assert start_training(tmp_path).wait(timeout=600) == 0
    assert_every_bundle_is_whole(tmp_path)
    assert load_bundle(tmp_path / "bundles").version != first
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".train-")]


def wait_until_gone(home: Path) -> None:
    """The JVM of a killed run ends by itself, since its standard input does."""
    deadline = time.monotonic() + 60
    while jvms_of(home):
        assert time.monotonic() < deadline, "the JVM outlives the run that started it"
        time.sleep(0.5)
