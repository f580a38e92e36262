"""Conversations as people have them, offline, over the shipped edition's films."""

import sys
from collections import Counter

import pytest

from agents.build import build_chat
from agents.settings import AgentSettings
from retrieval.build import build_retrieval
from retrieval.settings import RetrievalSettings
from tests.support.conversations import play
from tests.support.movielens_bundle import write_movielens_bundle

FILES = ("first", "told", "tested", "voices", "reviewed", "pocket")
EARLIER = ("second", "held_out", "everyday", "thinking_aloud", "indirect", "plain", "looked_at")
"""Held by `make conversation-test`, with the rest."""
FEWEST_TURNS = 150
FLOOR = 0.95
FLOORS = {"unseen": 0.86, "testers": 0.78, "dialects": 0.78}
"""What other wording gets: nothing was ever tuned on the first set, and the two others, looked into
now and then, are harder. Less than what we want, and it must not become still less."""
IDLE = {"out_of_scope", "help", "unknown_movie"}


@pytest.fixture(scope="module")
def retrieval(tmp_path_factory):
    home = tmp_path_factory.mktemp("conversations")
    write_movielens_bundle(home)
    return build_retrieval(RetrievalSettings(home=home))


@pytest.fixture(scope="module")
def chat(retrieval, tmp_path_factory):
    settings = AgentSettings(provider="offline")
    return build_chat(retrieval, settings, home=tmp_path_factory.mktemp("threads"))


@pytest.fixture(scope="module")
def outcomes(chat, retrieval):
    return [outcome for name in FILES for outcome in play(chat, retrieval, name)]


@pytest.fixture(scope="module")
def earlier_outcomes(chat, retrieval):
    return [outcome for name in EARLIER for outcome in play(chat, retrieval, name)]


def test_the_right_tool_answers_and_every_claim_is_verified(outcomes):
    _check_answers(outcomes)


@pytest.mark.conversations
def test_earlier_conversations_are_answered_as_well(earlier_outcomes):
    _check_answers(earlier_outcomes)


def _check_answers(outcomes):
    wrong = [outcome for outcome in outcomes if outcome.faults]
    rate = 1 - len(wrong) / len(outcomes)
    for outcome in wrong:
        faults = "; ".join(outcome.faults)
        sys.stdout.write(f"{outcome.place}: {outcome.question!r}: {faults}\n")
    sys.stdout.write(f"{len(outcomes) - len(wrong)} of {len(outcomes)} turns right: {rate:.1%}\n")
    assert len(outcomes) >= FEWEST_TURNS
    assert rate >= FLOOR


@pytest.mark.parametrize(
    "name",
    [
        "unseen",
        pytest.param("testers", marks=pytest.mark.conversations),
        pytest.param("dialects", marks=pytest.mark.conversations),
    ],
)
def test_other_wording_is_answered_as_well_as_ever(name, chat, retrieval):
    outcomes = list(play(chat, retrieval, name))
    right = sum(not outcome.faults for outcome in outcomes)
    sys.stdout.write(f"{name}: {right} of {len(outcomes)} turns right\n")
    assert right >= FLOORS[name] * len(outcomes)


def test_no_false_premise_is_taken_over_and_nothing_out_of_scope_is_answered(outcomes):
    _check_premises_and_scope(outcomes)


@pytest.mark.conversations
def test_no_earlier_false_premise_is_taken_over_either(earlier_outcomes):
    _check_premises_and_scope(earlier_outcomes)


def _check_premises_and_scope(outcomes):
    counted = Counter(outcome.kind for outcome in outcomes)
    wrong = [o.question for o in outcomes if o.kind != "ordinary" and o.faults]
    assert counted["premise"] >= 10
    assert counted["scope"] >= 15
    assert wrong == []


def test_every_intent_is_talked_about(outcomes):
    seen = {outcome.answer.intent for outcome in outcomes}
    asked = {
        "why", "why_not", "what_if_forget", "what_if_rate", "recommend", "similar", "compare",
        "taste_profile", "about_movie", "find_movie", "rate", "forget", "hide", "confirm",
        "decline", "correction", "thanks", "help", "out_of_scope", "ambiguous_movie",
    }  # fmt: skip
    assert asked <= seen


def test_whatever_is_suggested_is_understood_and_not_what_was_just_asked(chat, outcomes):
    pairs = dict.fromkeys(
        (suggestion, outcome.answer.intent)
        for outcome in outcomes
        for suggestion in outcome.answer.suggestions
    )
    fresh = [s for s, intent in pairs if s not in {"Yes", "No"} and intent != "ambiguous_movie"]
    lost = [s for s in fresh[:60] if chat.ask_once("demo", s).intent in IDLE]
    assert lost == []
    assert not [o for o in outcomes if o.question in o.answer.suggestions]


def test_answers_are_short(outcomes):
    longest = max(outcomes, key=lambda outcome: len(outcome.answer.text))
    assert len(longest.answer.text) <= 1_200, longest.answer.text
