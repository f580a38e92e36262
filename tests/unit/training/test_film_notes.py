import json
import tomllib
from pathlib import Path

import pytest

from retrieval.domain.style import load_style_vocabulary
from training.errors import DatasetError
from training.film_notes import (
    NOTES_VERSION,
    FilmNote,
    load_film_notes,
    match_notes,
    shipped_notes_path,
)
from training.movielens import CatalogueMovie
from training.notes_check import MIN_NOTES, check_file, check_together, measure_notes, reading_grade
from training.titles import parse_title

ROOT = Path(__file__).parents[3]
NOTE = {
    "imdb_id": "0000101",
    "movie_id": 1,
    "title": "The Film",
    "year": 1999,
    "note": (
        "Rain falls on a market town while two sisters divide their mother's furniture room by "
        "room. Jokes come late and sideways. The camera waits in doorways, and the quarrel that "
        "everybody expects is held back for a very long time."
    ),
    "visual_language": "grey rooms seen from doorways",
    "narrative_pacing": "slow, with late jokes",
    "thematic_depth": "what sisters owe each other",
    "emotional_tone": "dry and sore",
    "emotional_arc": "irritation, then a truce",
    "character_complexity": "two stubborn people, seen fairly",
    "premise": "Two sisters in a rainy market town divide the furniture of their dead mother.",
    "people": ["Ada Maker", "Bea Player"],
    "tags": ["slow-burn", "family-bonds", "grief", "deadpan"],
}


def write(path: Path, *rows: dict) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def test_every_shipped_note_is_valid_and_no_rule_is_broken():
    file = check_file(shipped_notes_path())
    assert not file.violations
    assert len(file.notes) >= MIN_NOTES
    assert not check_together(file.notes)


def test_the_vocabulary_has_140_to_180_tags_and_all_are_used():
    figures = measure_notes(load_film_notes())
    assert 140 <= len(load_style_vocabulary().tags) <= 180
    assert min(figures.tag_uses.values()) >= 8
    assert max(figures.tag_uses.values()) <= figures.notes / 4
    assert figures.same_opening <= 12
    assert 7 <= figures.reading_grade <= 12


def test_the_data_card_speaks_of_the_version_that_ships():
    card = shipped_notes_path().with_name("FILM_NOTES.md").read_text(encoding="utf-8")
    assert f"version {NOTES_VERSION}" in card


def test_the_wheel_takes_the_folder_that_holds_the_notes():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert shipped_notes_path().relative_to(ROOT).parts[0] in wheel["only-include"]
    assert "exclude" not in wheel


def test_a_note_in_a_bundle_says_where_it_is_from():
    movie = CatalogueMovie(7, parse_title("Film, The (1999)"), ("Drama",), "0000101")
    reading = match_notes([FilmNote.model_validate(NOTE)], [movie])[7]
    assert (reading.source, reading.machine_written) == ("film-notes", True)
    assert reading.version == NOTES_VERSION


def test_a_note_is_found_by_imdb_id_or_by_name_and_never_by_movie_id():
    note = FilmNote.model_validate(NOTE)
    stranger = CatalogueMovie(1, parse_title("Another (1999)"), (), "0000999")
    namesake = CatalogueMovie(2, parse_title("Film, The (1999)"), (), None)
    remake = CatalogueMovie(3, parse_title("Film, The (2009)"), (), None)
    assert set(match_notes([note], [stranger, namesake, remake])) == {2}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"note": "Too short."}, "note: has 2 words"),
        ({"note": NOTE["note"].replace(".", ",")}, "0 sentences"),
        ({"note": NOTE["note"].replace("Jokes", "Brilliant jokes")}, "says 'Brilliant'"),
        ({"tags": ["slow-burn", "grief", "deadpan", "boring"]}, "boring"),
        ({"tags": ["slow-burn", "grief", "deadpan", "grief"]}, "stands twice"),
        ({"tags": ["slow-burn", "grief", "deadpan"]}, "tags"),
        ({"emotional_tone": "dry"}, "emotional_tone: has 1 words"),
        ({"imdb_id": "tt0000101"}, "imdb_id"),
        ({"stars": 5}, "stars"),
    ],
)
def test_a_faulty_line_is_named_with_its_fault(tmp_path, change, said):
    file = check_file(write(tmp_path / "notes.jsonl", NOTE, NOTE | change))
    assert len(file.violations) == 1
    assert file.violations[0].startswith("line 2")
    assert said in file.violations[0]


def test_lines_out_of_order_and_borrowed_words_are_found():
    first = FilmNote.model_validate(NOTE)
    second = first.model_copy(update={"movie_id": 2, "imdb_id": "0000100", "title": "Other"})
    findings = check_together([first, second])
    assert any(text.startswith("Other stands after The Film") for text in findings)
    assert any("share 'rain falls on a market town while two'" in text for text in findings)


def test_a_damaged_file_is_one_clear_error(tmp_path):
    path = write(tmp_path / "notes.jsonl", NOTE, NOTE | {"year": "soon"})
    with pytest.raises(DatasetError, match="line 2: year"):
        load_film_notes(path)
    with pytest.raises(DatasetError, match=r"cannot read .*absent"):
        check_file(tmp_path / "absent.jsonl")


def test_reading_grade_rises_with_longer_words_and_sentences():
    plain = reading_grade(["The cat sat. The dog ran. It was hot."])
    learned = reading_grade(["Institutional considerations complicate unanimous reconciliation."])
    assert plain < 2 < 12 < learned
