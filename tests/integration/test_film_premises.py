"""What happens in a film and who is in it: said as a machine's words, and found by them."""

import json

import pytest

from agents.build import build_chat
from agents.settings import AgentSettings
from retrieval.build import build_retrieval
from retrieval.settings import RetrievalSettings

HEAT = 6
PREMISE = "A tired detective hunts a crew of bank robbers whose leader drinks coffee with him."


def hold(tiny_home, **changes):
    path = tiny_home / "bundles" / "tiny-1" / "film_notes.json"
    notes = json.loads(path.read_text(encoding="utf-8"))
    note = next(iter(notes.values()))
    notes[str(HEAT)] = note | changes
    path.write_text(json.dumps(notes), encoding="utf-8")
    retrieval = build_retrieval(RetrievalSettings(home=tiny_home))
    return build_chat(retrieval, AgentSettings(provider="offline"), home=tiny_home)


@pytest.fixture
def chat(tiny_home):
    return hold(tiny_home, premise=PREMISE, people=["Ada Maker", "Bea Player"])


def test_what_happens_is_told_as_a_machines_words(chat):
    answer = chat.ask_once("demo", "what is Heat about?")
    assert answer.intent == "about_movie"
    assert f"machine-written nutshell: {PREMISE} Made by and with Ada Maker and" in answer.text
    cited = {evidence_id for claim in answer.claims for evidence_id in claim.evidence_ids}
    assert f"premise:{HEAT}" in cited
    assert answer.verification.replaced == 0


@pytest.mark.parametrize(
    "words",
    [
        "what was that one where a cop has coffee with the robber he is hunting",
        "whats the name of the movie with bea player as a detective",
        "the one with the tired detective and the crew leader, what was it called",
    ],
)
def test_a_film_is_found_by_what_happens_and_by_who_is_in_it(words, chat):
    answer = chat.ask_once("demo", words)
    assert (answer.intent, answer.movie_ids[:1]) == ("find_movie", (HEAT,))
    assert answer.verification.replaced == 0


def test_a_note_without_a_premise_says_nothing_of_it(tiny_home):
    answer = hold(tiny_home).ask_once("demo", "what is Heat about?")
    assert "nutshell" not in answer.text
    assert not [piece for piece in answer.evidence if piece.kind == "premise"]


def test_words_that_serve_the_search_are_shown_nowhere_and_survive_slips(tiny_home):
    chat = hold(
        tiny_home, premise=PREMISE, remembered="airport runway shootout briefcase nightclub"
    )
    found = chat.ask_once(
        "demo", "whats that film with the briefcase and the shootout on the runway"
    )
    assert (found.intent, found.movie_ids[:1]) == ("find_movie", (HEAT,))
    slips = chat.ask_once("demo", "whats that film with the briefcse and a nightclub shootuot")
    assert slips.movie_ids[:1] == (HEAT,)
    for answer in (found, slips, chat.ask_once("demo", "what is Heat about?")):
        assert "runway" not in answer.model_dump_json().replace("on the runway", "")


def test_an_old_film_may_be_of_any_year(tiny_home):
    chat = hold(
        tiny_home, premise=PREMISE, remembered="airport runway shootout briefcase nightclub"
    )
    answer = chat.ask_once("demo", "what was that old film with a briefcase on the runway")
    assert answer.movie_ids[:1] == (HEAT,)
