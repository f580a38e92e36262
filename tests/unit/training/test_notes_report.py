import csv
import json

from typer.testing import CliRunner

from tests.support.movielens_files import write_movielens
from training.film_notes import load_film_notes
from training.notes_report import report_notes
from whylens import app


def test_the_shipped_notes_pass_beside_the_bundled_edition(tmp_path):
    done = CliRunner().invoke(
        app, ["data", "notes", "--check", "--json", "--home", str(tmp_path / "home")]
    )
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    edition = report["editions"][0]
    assert report["passed"]
    assert edition["mismatches"] == []
    assert edition["matched"] + len(edition["absent"]) == report["figures"]["notes"]
    assert len(edition["left_out"]) <= 88
    assert edition["agreement"]["times_other_film"]["mean"] >= 5
    assert edition["agreement"]["times_genre_tags"]["mean"] >= 2
    assert report["spread"] is None
    assert not (tmp_path / "home").exists()


def test_the_text_says_what_was_not_measured_and_why(tmp_path):
    done = CliRunner().invoke(app, ["data", "notes", "--check", "--home", str(tmp_path)])
    assert done.exit_code == 0
    assert "No rule is broken." in done.stdout
    assert "for want of a trained bundle" in done.stdout
    assert "whylens train" in done.stdout


def test_a_catalogue_that_disagrees_is_a_fault(tmp_path):
    folder = write_movielens(tmp_path / "films")
    first = load_film_notes()[0]
    with (folder / "movies.csv").open("a", encoding="utf-8", newline="") as file:
        csv.writer(file).writerow([first.movie_id, "Something Else (1950)", "Drama"])
    report = report_notes(datasets=[str(folder)], data_dir=tmp_path / "data", vectors=None, seed=0)
    assert [text for text in report.violations if "Something Else" in text]
    assert report.editions[0].agreement is None


def test_without_check_it_says_which_notes_ship():
    done = CliRunner().invoke(app, ["data", "notes"])
    assert done.exit_code == 0
    assert "machine-written" in done.stdout
