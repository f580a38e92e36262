"""Breaks true claims in known ways and counts how many the verifier catches."""

import re

import pytest

from agents.build import build_explainer, build_verifier
from agents.settings import AgentSettings

VIEWERS = ("ml:1", "ml:2", "ml:3", "demo")
STARS = {"one": "four", "two": "five", "three": "one", "four": "two", "five": "three"}
RANKS = {"first": "ninth", "second": "eighth", "third": "tenth", "fourth": "first"}


def another_title(text, uncited):
    return re.sub(r"[A-Z0-9][\w'’&:·. é-]* \(\d{4}\)", lambda m: uncited, text, count=1)


def another_year(text, uncited):
    return re.sub(r"\((\d{4})\)", lambda m: f"({int(m[1]) + 2})", text, count=1)


def another_share(text, uncited):
    return re.sub(r"(\d+) %", lambda m: f"{(int(m[1]) + 9) % 100} %", text, count=1)


def another_rating(text, uncited):
    return re.sub(
        r"\b(one|two|three|four|five)((?: and a half)? stars?)",
        lambda m: STARS[m[1]] + m[2],
        text,
        count=1,
    )


def another_rank(text, uncited):
    return re.sub(rf"\b({'|'.join(RANKS)})\b", lambda m: RANKS[m[1]], text, count=1)


def other_way_round(text, uncited):
    return re.sub(r"\byour (?=\w+(?: and a half)? stars)", "despite your ", text, count=1)


def invented_person(text, uncited):
    return text.removesuffix(".") + ", as Quentin Marlowe would have it."


PLANTS = (
    another_title,
    another_year,
    another_share,
    another_rating,
    another_rank,
    other_way_round,
    invented_person,
)


@pytest.mark.parametrize("plant", PLANTS)
def test_planted_errors_are_caught(retrieval, plant):
    explainer = build_explainer(retrieval, AgentSettings(provider="offline"))
    verifier = build_verifier(retrieval.bundle)
    planted, missed = 0, []
    for viewer in VIEWERS:
        explanation = explainer.explain(viewer, n=10)
        by_id = {item.id: item for item in explanation.evidence}
        for reason in (r.reason for r in explanation.recommendations):
            named = set(reason.movie_ids)
            uncited = next(
                movie.name
                for movie in retrieval.bundle.movies
                if movie.movie_id not in named
                and not any(str(movie.movie_id) in i.split(":") for i in reason.evidence_ids)
            )
            broken = plant(reason.text, uncited)
            if broken == reason.text:
                continue
            planted += 1
            if not verifier.verify(broken, reason.evidence_ids, by_id):
                missed.append(broken)
    assert planted >= 10
    assert len(missed) <= 0.03 * planted, missed
