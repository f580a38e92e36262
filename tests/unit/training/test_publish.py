import hashlib
import json
import multiprocessing
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from training.errors import BundleWriteError, TrainingBusy, UnknownVersion
from training.publish import publish, training_lock, use_version, work_directory, write_json

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def make_bundle(home: Path, text: str = "hello", when: datetime = NOON) -> tuple[str, Path]:
    with work_directory(home) as (_, staging):
        (staging / "movies.json").write_text(text)
        (staging / "chroma").mkdir()
        (staging / "chroma" / "db").write_text("binary")
        return publish(staging, {"recipe": "whylens"}, created_at=when, keep=3)


def test_a_published_bundle_is_whole_named_and_current(tmp_path):
    version, path = make_bundle(tmp_path)
    assert version.startswith("20261124T120000-whylens-")
    assert (tmp_path / "bundles" / "CURRENT").read_text().strip() == version
    manifest = json.loads((path / "manifest.json").read_text())
    assert manifest["version"] == version
    digest = hashlib.sha256(b"hello").hexdigest()
    assert manifest["files"] == {"movies.json": {"sha256": digest, "bytes": 5}}
    assert manifest["created_at"] == "2026-11-24T12:00:00+00:00"


def test_only_bundles_are_left_behind(tmp_path):
    version, _ = make_bundle(tmp_path)
    assert names(tmp_path) == ["bundles"]
    assert names(tmp_path / "bundles") == sorted([version, "CURRENT"])


def test_a_run_that_fails_leaves_the_old_bundle_serving(tmp_path):
    version, _ = make_bundle(tmp_path)
    with pytest.raises(RuntimeError), work_directory(tmp_path) as (_, staging):
        (staging / "movies.json").write_text("half")
        raise RuntimeError("crash before publishing")
    assert (tmp_path / "bundles" / "CURRENT").read_text().strip() == version
    assert names(tmp_path / "bundles") == sorted([version, "CURRENT"])


def killed_run(home: Path) -> None:
    with training_lock(home), work_directory(home) as (work, staging):
        (work / "spill").write_text("left")
        (staging / "movies.json").write_text("half")
        os._exit(9)


def test_what_a_killed_run_left_is_removed_and_its_lock_holds_nothing(tmp_path):
    version, _ = make_bundle(tmp_path)
    process = multiprocessing.get_context("spawn").Process(target=killed_run, args=(tmp_path,))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert any(name.startswith(".staging-") for name in names(tmp_path / "bundles"))
    assert (tmp_path / "bundles" / "CURRENT").read_text().strip() == version
    with training_lock(tmp_path):
        newer, _ = make_bundle(tmp_path, "new", NOON + timedelta(hours=1))
    assert names(tmp_path / "bundles") == sorted([version, newer, "CURRENT"])
    assert names(tmp_path) == ["bundles", "train.lock"]


def test_three_versions_stay(tmp_path):
    versions = [make_bundle(tmp_path, str(n), NOON + timedelta(minutes=n))[0] for n in range(5)]
    assert names(tmp_path / "bundles") == sorted([*versions[2:], "CURRENT"])


def test_an_earlier_version_can_serve_again(tmp_path):
    earlier, _ = make_bundle(tmp_path, "one")
    make_bundle(tmp_path, "two", NOON + timedelta(hours=1))
    use_version(tmp_path, earlier)
    assert (tmp_path / "bundles" / "CURRENT").read_text().strip() == earlier
    newest, _ = make_bundle(tmp_path, "three", NOON + timedelta(hours=2))
    assert (tmp_path / "bundles" / "CURRENT").read_text().strip() == newest


@pytest.mark.parametrize("version", ["nothing", "../bundles", "", ".staging-x"])
def test_a_version_that_is_not_there_cannot_serve(tmp_path, version):
    serving, _ = make_bundle(tmp_path)
    with pytest.raises(UnknownVersion):
        use_version(tmp_path, version)
    assert (tmp_path / "bundles" / "CURRENT").read_text().strip() == serving


def test_a_version_is_not_switched_under_a_training_run(tmp_path):
    version, _ = make_bundle(tmp_path)
    with training_lock(tmp_path), pytest.raises(TrainingBusy):
        use_version(tmp_path, version)


def test_the_same_content_in_the_same_second_is_published_once(tmp_path):
    assert make_bundle(tmp_path) == make_bundle(tmp_path)
    assert len(names(tmp_path / "bundles")) == 2


def test_two_runs_in_one_home_exclude_each_other(tmp_path):
    with (
        training_lock(tmp_path),
        pytest.raises(TrainingBusy, match=str(os.getpid())),
        training_lock(tmp_path),
    ):
        pass


def test_a_home_that_cannot_be_written_is_one_clear_error(tmp_path):
    (tmp_path / "home").write_text("a file in the way")
    with pytest.raises(BundleWriteError, match="cannot write"), training_lock(tmp_path / "home"):
        pass
    with pytest.raises(BundleWriteError), work_directory(tmp_path / "home"):
        pass


def test_json_with_nan_is_refused(tmp_path):
    with pytest.raises(ValueError, match="Out of range"):
        write_json(tmp_path / "x.json", {"score": float("nan")})
