"""The writing: grammar, honesty, and no wording twice."""

import re

import pytest

from agents.evidence_block import read_block, render_block
from agents.realizers import REALIZERS
from agents.realizers.language import (
    describe_event,
    film_kind,
    join,
    number,
    ordinal,
    plural,
    quoted_label,
    share,
)
from agents.realizers.page import Page
from tests.support.sample_evidence import (
    contribution,
    counterfactual,
    heat_for_goodfellas,
    movie_evidence,
    profile,
    rest,
    theme,
    viewer,
)


def write(evidence, **task):
    payload = read_block(render_block({"films": [1213], "themes": [4], **task}, evidence))
    return REALIZERS["ListReasons"](payload)


def reason(*evidence, detail="brief"):
    return write([viewer(), *evidence], detail=detail, themes=[]).reasons[0].text


@pytest.mark.parametrize(
    ("items", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_read_as_english(items, text):
    assert join(items) == text


def test_numbers_and_ranks_are_words_up_to_twelve():
    assert [number(1), number(12), number(13)] == ["one", "twelve", "13"]
    assert [ordinal(n) for n in (1, 12, 13, 21, 22, 23, 111, 112)] == [
        "first", "twelfth", "13th", "21st", "22nd", "23rd", "111th", "112th",
    ]  # fmt: skip
    assert [plural(1, "film"), plural(2, "entry", "entries")] == ["one film", "two entries"]


@pytest.mark.parametrize(
    ("rating", "phrase", "is_plural"),
    [
        (5.0, "your five stars for Heat (1995)", True),
        (4.5, "your four and a half stars for Heat (1995)", True),
        (1.0, "your one star for Heat (1995)", False),
        (0.5, "your half star for Heat (1995)", False),
    ],
)
def test_stars_agree_in_number(rating, phrase, is_plural):
    source = describe_event("rating", rating, "Heat (1995)")
    assert (source.phrase, source.is_plural) == (phrase, is_plural)


def test_shares_become_fractions_only_where_one_fits():
    assert share(0.33, loosely=True) == "about a third"
    assert share(0.30, loosely=True) == "30 %"
    assert share(0.33, loosely=False) == "33 %"
    assert share(0.001, loosely=False) == "less than 1 %"


def test_genres_become_a_kind_of_film():
    assert film_kind(["Crime", "Drama"]) == "crime drama"
    assert film_kind(["Action", "Sci-Fi", "Thriller"]) == "science fiction thriller"
    assert film_kind(["Comedy", "Romance"]) == "romantic comedy"
    assert film_kind([]) == "film"


def test_labels_fit_into_a_sentence():
    assert quoted_label("Patient crime sagas") == "“Patient crime sagas”"
    assert quoted_label("Christmas comedies") == "“Christmas comedies”"


def test_a_page_repeats_no_frame_while_another_is_left():
    page, frames = Page(), ("a {x}", "b {x}", "c {x}")
    assert {page.pick(frames, str(i)) for i in range(3)} == set(frames)


def test_the_largest_contribution_is_the_reason_and_its_share_is_told():
    text = reason(*heat_for_goodfellas())
    assert "Heat (1995)" in text
    assert re.search(r"31 %|about a third", text)
    assert "Casino" not in text


def test_a_full_reason_says_what_is_left_what_speaks_against_it_and_how_it_reads():
    text = reason(*heat_for_goodfellas(), detail="full")
    assert "57 %" in text  # what Heat and Casino leave
    assert "Titanic (1997)" in text
    assert "all swagger until the bill comes" in text
    assert text.count("(1995)") == 2  # each film's year once


def test_general_liking_is_named_when_it_weighs_more_than_any_film():
    evidence = (movie_evidence(1213, 1), contribution(1213, 6, 0.2), profile(1213, 0.6))
    text = reason(*evidence)
    assert "60 %" in text
    assert "20 %" in text


def test_a_history_that_speaks_against_a_film_is_not_made_its_reason():
    evidence = (movie_evidence(1213, 1), contribution(1213, 1721, -0.2), profile(1213, 1.2))
    assert "Titanic" not in reason(*evidence)


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (7, r"seventh"),
        (14, r"leaves? the list|(?:out of|off) the list|no longer|loses its|drops out|not be rec"),
        (1, r"all the same|still|safe|even without|leave it where|stays the same"),
    ],
    ids=["falls", "leaves", "stays"],
)  # fmt: skip
def test_the_consequence_is_the_measured_one(after, words):
    evidence = (
        movie_evidence(1213, 1),
        contribution(1213, 6, 0.3),
        rest(1213, 0.6),
        profile(1213, 0.1),
        counterfactual(1213, 6, 1, after),
    )
    assert re.search(words, reason(*evidence, detail="standard"))


def test_one_film_takes_the_singular():
    one = theme(4, (1213,), (6,), liked_count=1, liked_total=5)
    text = write([viewer(), one, profile(1213, 0.5)]).themes[0].text
    assert not re.search(r"\b[Oo]ne (?:\w+ ){0,4}(?:belong|come|live|are) ", text)


def test_a_preference_is_named_only_with_evidence_for_it():
    unknown = theme(4, (1213,), (), liked_count=0, liked_total=5)
    summary = write([viewer(), unknown, profile(1213, 0.5)]).summary[0].text
    assert "moral descent" not in summary
    assert "crime" in summary  # the liked genres are evidence


def test_an_empty_history_is_admitted():
    draft = write([viewer(0, 0, 0), profile(1213, 1.0)], themes=[])
    assert "nothing in your history" in draft.summary[0].text


def test_a_rewrite_covers_only_what_failed():
    rewrite = [{"claim": "theme:4", "text": "", "problems": []}]
    draft = write(heat_for_goodfellas(), rewrite=rewrite)
    assert (len(draft.summary), len(draft.themes), len(draft.reasons)) == (0, 1, 0)


def tagged(tag, confidence, source):
    return {"tag": tag, "confidence": confidence, "source": source}


@pytest.mark.parametrize(
    ("known", "synopsis", "note", "tags"),
    [
        (
            [tagged("slow-burn", 0.9, "users"), tagged("bleak", 0.3, "neighbours")],
            "",
            "An action drama tagged slow burn, going by viewers who tagged it.",
            ["slow-burn"],
        ),
        (
            [tagged("bleak", 0.3, "neighbours")],
            "",
            "An action drama, perhaps bleak: a guess from films that the same viewers like.",
            [],
        ),
        (
            [],
            "Two con artists plan a heist; a third one, bleak, plans a Heist too. Say hello!",
            "An action drama filed with “Crime sagas”. Its synopsis mentions con artists and"
            " heist.",
            ["con-artists", "heist"],
        ),
        (
            [],
            "",
            "An action drama filed with “Crime sagas”. How it looks and moves is not known here.",
            [],
        ),
    ],
    ids=["sure", "unsure", "synopsis", "nothing"],
)
def test_a_film_is_read_as_surely_as_it_is_known(known, synopsis, note, tags):
    film = {
        "movie_id": 1,
        "title": "A",
        "genres": ["Action", "Drama"],
        "theme": "Crime sagas",
        "known_tags": known,
        "synopsis": synopsis,
    }
    task = {"films": [film], "vocabulary": ["con-artists", "heist", "slow-burn"]}
    (reading,) = REALIZERS["FilmReadings"]({"task": task, "evidence": []}).films
    assert (reading.note, reading.tags) == (note, tags)
    assert reading.visual_language == "not described"
