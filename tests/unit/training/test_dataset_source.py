import contextlib
import hashlib
import http.server
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.movielens_files import write_movielens
from training.dataset_source import resolve_dataset
from training.editions import BUNDLED, EDITIONS, Edition
from training.errors import BundleWriteError, DatasetError, DownloadError

CLOSED = "http://127.0.0.1:9/"
"""The discard port, where nothing listens."""


class Handler(http.server.BaseHTTPRequestHandler):
    body = b""
    promised = 0
    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(self.promised))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def server(body: bytes, *, promised: int | None = None, status: int = 200) -> Iterator[str]:
    handler = type(
        "Reply",
        (Handler,),
        {"body": body, "promised": len(body) if promised is None else promised, "status": status},
    )
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}/"
        finally:
            httpd.shutdown()
            thread.join()


def resolve(choice: str, tmp_path: Path, base_url: str = CLOSED):
    (tmp_path / "work").mkdir(exist_ok=True)
    return resolve_dataset(
        choice, data_dir=tmp_path / "data", work_dir=tmp_path / "work", base_url=base_url
    )


def left_in(tmp_path: Path) -> list[str]:
    return sorted(path.name for path in (tmp_path / "data").iterdir())


def test_auto_falls_back_to_the_bundled_edition_and_says_why(tmp_path):
    dataset = resolve("auto", tmp_path)
    assert dataset.name == BUNDLED
    assert "bundled" in dataset.source
    assert "cannot be reached" in dataset.source
    assert (dataset.folder / "ratings.csv").stat().st_size == 2_338_261
    assert (dataset.folder / "README.txt").is_file()
    assert left_in(tmp_path) == [BUNDLED]


def test_asked_for_by_name_an_unreachable_dataset_is_an_error(tmp_path):
    with pytest.raises(DownloadError, match="cannot be reached"):
        resolve("ml-latest-small", tmp_path)
    assert left_in(tmp_path) == []


def test_a_download_that_breaks_off_leaves_nothing(tmp_path):
    with (
        server(b"PK\x03\x04" + b"x" * 5000, promised=1_000_000) as url,
        pytest.raises(DownloadError, match=r"broke off"),
    ):
        resolve("ml-latest-small", tmp_path, url)
    assert left_in(tmp_path) == []


def test_a_server_error_is_reported_with_its_status(tmp_path):
    with server(b"gone", status=503) as url, pytest.raises(DownloadError, match="503"):
        resolve("ml-latest-small", tmp_path, url)


def test_something_else_than_a_zip_is_refused(tmp_path):
    with (
        server(b"<html>captive portal</html>") as url,
        pytest.raises(DownloadError, match="not the pinned edition"),
    ):
        resolve("ml-latest-small", tmp_path, url)
    assert left_in(tmp_path) == []


def test_another_edition_under_the_same_name_is_refused(tmp_path):
    archive = tmp_path / "other.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for name in ("ratings", "movies", "tags", "links"):
            file.writestr(f"ml-latest-small/{name}.csv", "userId,movieId,rating,timestamp\n")
    with (
        server(archive.read_bytes()) as url,
        pytest.raises(DownloadError, match=r"ratings\.csv.*another SHA-256"),
    ):
        resolve("ml-latest-small", tmp_path, url)
    assert left_in(tmp_path) == []


def test_an_archive_with_another_digest_than_pinned_is_refused(tmp_path):
    archive = zip_of(write_movielens(tmp_path / "films"), tmp_path)
    with (
        server(archive.read_bytes()) as url,
        pytest.raises(DownloadError, match=r"ml-1m\.zip has another SHA-256 than pinned"),
    ):
        resolve("ml-1m", tmp_path, url)
    assert left_in(tmp_path) == []


def test_a_pinned_archive_is_kept_and_checked_before_it_is_used_again(tmp_path, monkeypatch):
    archive = zip_of(write_movielens(tmp_path / "films"), tmp_path)
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    monkeypatch.setitem(EDITIONS, "ml-25m", Edition(archive=digest))
    with server(archive.read_bytes()) as url:
        assert "downloaded" in resolve("ml-25m", tmp_path, url).source
    folder = resolve("ml-25m", tmp_path).folder  # the server is gone
    (folder / "ratings.csv").write_text("userId,movieId,rating,timestamp\n")
    with pytest.raises(DownloadError, match="cannot be reached"):
        resolve("ml-25m", tmp_path)


def test_what_a_killed_download_left_is_removed(tmp_path):
    left = tmp_path / "data" / ".download-abc"
    left.mkdir(parents=True)
    (left / "ml-latest-small.zip").write_text("half")
    resolve("auto", tmp_path)
    assert left_in(tmp_path) == [BUNDLED]


def zip_of(folder: Path, tmp_path: Path) -> Path:
    archive = tmp_path / "films.zip"
    with zipfile.ZipFile(archive, "w") as file:
        for path in folder.iterdir():
            file.write(path, f"ml/{path.name}")
    return archive


def test_a_damaged_cached_copy_is_replaced(tmp_path):
    folder = resolve("bundled", tmp_path).folder
    (folder / "movies.csv").write_text("movieId,title,genres\n")
    assert (resolve("bundled", tmp_path).folder / "movies.csv").stat().st_size == 449_264


def test_a_folder_is_used_as_it_lies(tmp_path):
    folder = write_movielens(tmp_path / "mine")
    assert resolve(str(folder), tmp_path).folder == folder


@pytest.mark.parametrize("make", [None, "file", "bad.zip"])
def test_a_path_that_is_no_dataset_says_what_would_be(tmp_path, make):
    path = tmp_path / (make or "nowhere")
    if make:
        path.write_text("text")
    with pytest.raises(DatasetError):
        resolve(str(path), tmp_path)


def test_a_data_directory_that_cannot_be_made_is_one_clear_error(tmp_path):
    (tmp_path / "data").write_text("a file in the way")
    with pytest.raises(BundleWriteError, match="cannot write"):
        resolve("auto", tmp_path)
