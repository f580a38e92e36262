"""What a message presumes in passing, whatever it asks for, and what it does not."""

import pytest

from agents.chat.presumptions import presumptions_in
from retrieval.domain.models import MovieId

FILM = MovieId(7)
NOBODYS = frozenset()


def presumed(folded, *, shown=NOBODYS, history=NOBODYS):
    return [
        "recommended" if premise.is_recommended else (premise.rating if premise.is_exact else "met")
        for premise in presumptions_in(folded, [FILM], shown, history)
    ]


@pytest.mark.parametrize(
    "message",
    [
        "please drop F from the suggestions you just gave me",
        "with my taste, how did F end up among your recommendations?",
        "compare F, which you recommended, with the next one",
        "f? no: replace your F suggestion with something else",
        "F shouldnt be in your suggestions",
        "did you take my ratings into account when you recommended F?",
    ],
)
def test_a_film_that_is_said_to_be_recommended_was_none_of_them(message):
    assert presumed(message, history=frozenset({FILM})) == ["recommended"]
    assert presumed(message, shown=frozenset({FILM}), history=frozenset({FILM})) == []


@pytest.mark.parametrize(
    "message",
    [
        "why is F missing from your list?",
        "why didnt you recommend F?",
        "would you recommend F to me?",
        "can you suggest some films like F?",
        "put F on my list",
        "recommend something like F",
    ],
)
def test_a_wish_or_a_complaint_about_its_absence_presumes_no_recommendation(message):
    assert "recommended" not in presumed(message)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("compare my 2 stars for F with what you would have predicted", 2.0),
        ("i only gave F three stars, so go easy on the robots", 3.0),
        ("suppose F had 5 stars from me instead of the 2 it has now", 2.0),
        ("what would the list be without those 1.5 stars that i gave F", 1.5),
        ("my F rating ought to count for more", "met"),
        ("more like F, please, the one i rated so highly", "met"),
        ("F! you have it in my history, find something close", "met"),
    ],
)
def test_stars_and_meetings_are_presumed(message, expected):
    assert presumed(message) == [expected]


@pytest.mark.parametrize(
    "message",
    [
        "what if i gave F five stars?",
        "i have never seen F, is it any good?",
        "if i had rated F two stars, what would change?",
        "tell me about F",
        "i havent rated F yet",
    ],
)
def test_what_is_supposed_or_denied_is_not_presumed(message):
    assert presumed(message) == []
