import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from retrieval.build import build_retrieval
from retrieval.bundle import load_bundle
from retrieval.bundle_versions import check_bundle
from retrieval.domain.errors import BundleError, BundleInvalid, BundleNotFound
from retrieval.s3_bundles import fetch_bundle, push_bundle
from retrieval.settings import RetrievalSettings
from tests.support.published_bundle import publish_tiny
from tests.support.s3_server import BUCKET, s3_server

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
ADDRESS = f"s3://{BUCKET}/bundles"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with two versions, the newer one serving."""
    for hour in (0, 1):
        publish_tiny(tmp_path / "home", created_at=NOON + timedelta(hours=hour), note=str(hour))
    return tmp_path / "home"


@pytest.fixture
def s3(monkeypatch):
    with s3_server(monkeypatch) as client:
        yield client


def data(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, ROOT / "whylens.py", "data", *arguments, "--home", home],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=home,
    )


def serving(home: Path) -> Path:
    return load_bundle(home / "bundles").path


def test_a_bundle_as_it_was_written_is_sound(home):
    assert check_bundle(serving(home)) == []


DAMAGE = {
    "item_vectors.npy has another SHA-256": lambda p: flip_last_byte(p / "item_vectors.npy"),
    "themes.json has 0 bytes instead of": lambda p: (p / "themes.json").write_bytes(b""),
    "rating_model.npz is missing": lambda p: (p / "rating_model.npz").unlink(),
    "events/offsets.npy is missing": lambda p: (p / "events" / "offsets.npy").unlink(),
    "notes.txt is not in the manifest": lambda p: (p / "notes.txt").write_text("mine"),
    "its list of files is not that of this version": lambda p: edit_manifest(p, "data.js"),
    "does not list its files": lambda p: edit_manifest(p, None),
    "manifest.json is damaged": lambda p: (p / "manifest.json").write_text("{"),
}


def flip_last_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))


def edit_manifest(path: Path, leave_out: str | None) -> None:
    manifest = json.loads((path / "manifest.json").read_text())
    if leave_out is None:
        manifest["files"] = {"data.js": "abc"}
    else:
        del manifest["files"][leave_out]
    (path / "manifest.json").write_text(json.dumps(manifest))


@pytest.mark.parametrize("expected", DAMAGE)
def test_what_is_wrong_with_a_damaged_bundle_is_said(home, expected):
    DAMAGE[expected](serving(home))
    assert any(expected in problem for problem in check_bundle(serving_dir(home)))


def serving_dir(home: Path) -> Path:
    return home / "bundles" / (home / "bundles" / "CURRENT").read_text().strip()


def test_a_path_outside_of_the_bundle_is_refused(home):
    path = serving_dir(home)
    manifest = json.loads((path / "manifest.json").read_text())
    manifest["files"]["../../secret"] = manifest["files"]["data.js"]
    (path / "manifest.json").write_text(json.dumps(manifest))
    assert "which is no path in it" in check_bundle(path)[0]


def test_verify_prints_what_is_wrong_and_exits_1(home):
    sound = data(home, "verify")
    assert (sound.returncode, sound.stderr) == (0, "")
    assert "every file is as it was written" in sound.stdout
    (serving(home) / "map.json").write_text("{}")
    broken = data(home, "verify", "--json")
    assert broken.returncode == 1
    (problem,) = json.loads(broken.stdout)["wrong"]
    assert problem.startswith("map.json has 2 bytes")


def test_an_earlier_version_is_listed_and_can_serve_again(home):
    newer, older = json.loads(data(home, "versions", "--json").stdout)
    assert (newer["serves"], older["serves"]) == (True, False)
    assert newer["n_bytes"] > 1000
    done = data(home, "use", older["version"])
    assert done.returncode == 0, done.stderr
    assert serving(home).name == older["version"]
    assert json.loads(data(home, "versions", "--json").stdout)[1]["serves"]


def test_a_damaged_version_is_not_put_into_service(home):
    before = serving(home)
    older = min(path for path in (home / "bundles").iterdir() if path.is_dir())
    (older / "movies.json").unlink()
    done = data(home, "use", older.name)
    assert done.returncode == 1
    assert "movies.json is missing" in done.stderr
    assert serving(home) == before


@pytest.mark.parametrize("command", [["use", "nothing"], ["verify", "--version", "../bundles"]])
def test_a_version_that_is_not_there_is_one_error(home, command):
    done = data(home, *command)
    assert done.returncode == 1
    assert "there is no bundle" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_without_bundles_says_how_to_get_one(tmp_path):
    done = data(tmp_path, "versions")
    assert (done.returncode, "whylens train" in done.stdout) == (0, True)


def test_a_bundle_goes_to_s3_and_serves_from_there(s3, home, tmp_path):
    push_bundle(serving(home), ADDRESS)
    settings = RetrievalSettings(home=tmp_path / "lambda", bundle=ADDRESS)
    local = build_retrieval(RetrievalSettings(home=home)).recommender.recommend("demo")
    remote = build_retrieval(settings).recommender.recommend("demo")
    assert [m.movie_id for m in remote.recommendations] == [
        m.movie_id for m in local.recommendations
    ]


def test_a_version_is_downloaded_once(s3, home, tmp_path):
    push_bundle(serving(home), ADDRESS)
    path = fetch_bundle(ADDRESS, tmp_path / "cache")
    for item in s3.list_objects_v2(Bucket=BUCKET)["Contents"]:
        if not item["Key"].endswith("CURRENT"):
            s3.delete_object(Bucket=BUCKET, Key=item["Key"])
    assert fetch_bundle(ADDRESS, tmp_path / "cache") == path
    assert [p.name for p in (tmp_path / "cache").iterdir()] == [path.name]


def test_the_vector_index_of_a_bundle_from_s3_is_built_when_it_serves_with_it(s3, home, tmp_path):
    push_bundle(serving(home), ADDRESS)
    exact = build_retrieval(RetrievalSettings(home=home)).recommender.recommend("demo", n=3)
    settings = RetrievalSettings(home=tmp_path / "other", bundle=ADDRESS, index="chroma")
    chroma = build_retrieval(settings).recommender.recommend("demo", n=3)
    assert [m.movie_id for m in chroma.recommendations] == [
        m.movie_id for m in exact.recommendations
    ]


def test_a_push_of_another_version_serves_from_then_on_and_back_again(s3, home, tmp_path):
    older, newer = sorted(path for path in (home / "bundles").iterdir() if path.is_dir())
    for path in (older, newer, older):
        push_bundle(path, ADDRESS)
        assert fetch_bundle(ADDRESS, tmp_path / "cache").name == path.name


def test_an_object_that_was_changed_is_refused_and_leaves_nothing(s3, home, tmp_path):
    path = serving(home)
    push_bundle(path, ADDRESS)
    s3.put_object(Bucket=BUCKET, Key=f"bundles/{path.name}/movies.json", Body=b"[]")
    with pytest.raises(BundleInvalid, match=r"movies\.json has another SHA-256"):
        fetch_bundle(ADDRESS, tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_push_that_broke_off_leaves_the_old_bundle_serving(s3, home, tmp_path):
    older, newer = sorted(path for path in (home / "bundles").iterdir() if path.is_dir())
    push_bundle(older, ADDRESS)
    s3.upload_file(str(newer / "movies.json"), BUCKET, f"bundles/{newer.name}/movies.json")
    assert fetch_bundle(ADDRESS, tmp_path / "cache").name == older.name


def test_a_damaged_bundle_is_not_pushed(s3, home):
    (serving(home) / "movies.json").write_text("[]")
    with pytest.raises(BundleInvalid, match="stays here"):
        push_bundle(serving_dir(home), ADDRESS)
    assert s3.list_objects_v2(Bucket=BUCKET)["KeyCount"] == 0


@pytest.mark.parametrize(
    ("address", "error", "message"),
    [
        (f"s3://{BUCKET}/empty", BundleNotFound, "whylens data push s3://films/empty"),
        ("s3://nowhere/x", BundleNotFound, "whylens data push"),
        ("s3://", BundleNotFound, "give s3://bucket/prefix"),
    ],
)
def test_a_place_without_a_bundle_is_one_error(s3, tmp_path, address, error, message):
    with pytest.raises(error, match=message):
        fetch_bundle(address, tmp_path / "cache")


def test_a_pointer_that_leads_astray_is_refused(s3, tmp_path):
    s3.put_object(Bucket=BUCKET, Key="bundles/CURRENT", Body=b"../../etc")
    with pytest.raises(BundleInvalid, match="names no version"):
        fetch_bundle(ADDRESS, tmp_path / "cache")


def test_an_s3_that_cannot_be_reached_is_one_error(s3, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(BundleError, match="cannot be reached"):
        fetch_bundle(ADDRESS, tmp_path / "cache")


def test_without_boto3_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(BundleError, match=r"pip install 'whylens\[aws\]'"):
        fetch_bundle(ADDRESS, tmp_path / "cache")


def test_the_command_line_pushes_and_serves_from_s3(s3, home, tmp_path):
    done = data(home, "push", ADDRESS)
    assert done.returncode == 0, done.stderr
    shown = subprocess.run(
        [sys.executable, ROOT / "whylens.py", "recommend", "--n", "2", "--json"],
        env=os.environ | {"WHYLENS_BUNDLE": ADDRESS, "WHYLENS_HOME": str(tmp_path / "elsewhere")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert len(json.loads(shown.stdout)) == 2


def test_serving_from_a_directory_does_not_import_boto3(home):
    code = (
        "import sys; from pathlib import Path; from retrieval.build import build_retrieval;"
        "from retrieval.settings import RetrievalSettings;"
        f"build_retrieval(RetrievalSettings(home=Path({str(home)!r})));"
        "sys.exit('boto3' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_one_bundle_directory_can_be_served(home, tmp_path):
    older = min(path for path in (home / "bundles").iterdir() if path.is_dir())
    room = build_retrieval(RetrievalSettings(home=tmp_path / "elsewhere", bundle=str(older)))
    assert room.bundle.version == older.name
