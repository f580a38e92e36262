import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.movielens_files import write_movielens
from tests.support.s3_server import BUCKET, s3_server
from training.dataset_source import resolve_dataset
from training.errors import DatasetError
from training.s3_input import fetch_object
from training.spark import reads_s3a


@pytest.fixture
def s3(monkeypatch):
    with s3_server(monkeypatch) as client:
        yield client


def resolve(address: str, tmp_path: Path):
    work = tmp_path / "work"
    return resolve_dataset(address, data_dir=tmp_path / "data", work_dir=work, base_url="http://x/")


def upload(s3, folder: Path, prefix: str) -> None:
    for path in folder.iterdir():
        s3.upload_file(str(path), BUCKET, prefix + path.name)


@pytest.mark.parametrize("scheme", ["s3", "s3a"])
def test_a_folder_in_s3_is_staged_but_for_the_ratings(s3, tmp_path, scheme):
    films = write_movielens(tmp_path / "films")
    upload(s3, films, "data/films/")
    dataset = resolve(f"{scheme}://{BUCKET}/data/films/", tmp_path)
    assert dataset.name == "films"
    staged = sorted(path.name for path in dataset.folder.iterdir())
    assert staged == ["links.csv", "movies.csv", "tags.csv"]
    assert dataset.remote_ratings == f"s3a://{BUCKET}/data/films/ratings.csv"
    fetch_object(dataset.remote_ratings, dataset.ratings_path)
    assert dataset.ratings_path.read_bytes() == (films / "ratings.csv").read_bytes()


def test_a_zip_in_s3_is_unpacked(s3, tmp_path):
    films = write_movielens(tmp_path / "films")
    with zipfile.ZipFile(tmp_path / "films.zip", "w") as file:
        for path in films.iterdir():
            file.write(path, f"ml/{path.name}")
    s3.upload_file(str(tmp_path / "films.zip"), BUCKET, "films.zip")
    dataset = resolve(f"s3://{BUCKET}/films.zip", tmp_path)
    assert dataset.remote_ratings is None
    assert dataset.ratings_path.is_file()


@pytest.mark.parametrize(
    ("ratings", "message"),
    [
        (b"", r"s3a://films/bad/ratings\.csv is empty"),
        (b"user,item,stars,time\n", r"should start with the header userId"),
        ("userId".encode("utf-16"), "UTF-16"),
    ],
)
def test_ratings_in_s3_are_checked_before_spark_starts(s3, tmp_path, ratings, message):
    upload(s3, write_movielens(tmp_path / "films"), "bad/")
    s3.put_object(Bucket=BUCKET, Key="bad/ratings.csv", Body=ratings)
    with pytest.raises(DatasetError, match=message):
        resolve(f"s3://{BUCKET}/bad", tmp_path)


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("s3://nowhere/films", r"s3://nowhere/films cannot be read: .*NoSuchBucket"),
        (f"s3://{BUCKET}/nothing", r"holds no MovieLens dataset \(it holds nothing\)"),
        (f"s3://{BUCKET}/nothing.zip", r"cannot be read: .*404"),
        ("s3://", "names no bucket"),
    ],
)
def test_an_address_that_does_not_work_is_one_error(s3, tmp_path, address, message):
    with pytest.raises(DatasetError, match=message):
        resolve(address, tmp_path)


def test_an_s3_that_cannot_be_reached_is_one_error(s3, tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(DatasetError, match="cannot be read: Could not connect"):
        resolve(f"s3://{BUCKET}/films", tmp_path)


def test_without_boto3_the_extra_is_named(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(DatasetError, match=r"pip install 'whylens\[aws\]'"):
        resolve(f"s3://{BUCKET}/films", tmp_path)


def test_other_datasets_do_not_import_boto3():
    code = "import sys, training.pipeline; sys.exit('boto3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.spark
def test_a_spark_without_hadoop_aws_does_not_read_s3_itself(spark):
    assert not reads_s3a(spark)
