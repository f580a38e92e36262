"""Tables of sentences that must pass and sentences that must not."""

import pytest

from agents.build import build_verifier
from agents.verifier import ClaimVerifier
from retrieval.domain.recommendation import Filters
from tests.support.sample_evidence import (
    MOVIES,
    THEMES,
    VOCABULARY,
    heat_for_goodfellas,
    history,
)

EVIDENCE = {evidence.id: evidence for evidence in heat_for_goodfellas()}
VERIFIER = ClaimVerifier(MOVIES, THEMES, VOCABULARY)
WHY = ("contrib:1213:6", "cf:1213:6", "rest:1213")


def problems(text, ids):
    return VERIFIER.verify(text, ids, EVIDENCE)


GOOD = [
    ("Mainly your five stars for Heat (1995): it accounts for 31 % of this film's pull, and "
     "forgetting it would drop the film from first to seventh.", WHY),
    ("About a third of the pull comes from your 5-star rating of Heat.", WHY),
    ("Roughly 30% of it goes back to Heat (1995), which you gave five stars.", WHY),
    ("Forget Heat and Goodfellas (1990) slips from first to seventh place.", WHY),
    ("Without Heat, it would fall six places, to seventh.", WHY),
    ("Without Heat, it would rank seventh instead of first.", WHY),
    ("It owes its first place to Heat; otherwise it would be seventh.", WHY),
    ("Heat pulls it up; the other 24 ratings bring about half of the rest.", WHY),
    ("The other 24 entries in your history add 52 %.", ("rest:1213",)),
    ("It partly rests on your four stars for Casino (1995).", ("contrib:1213:16",)),
    ("Despite your one and a half stars for Titanic (1997), it stays first.",
     ("contrib:1213:1721", "movie:1213")),
    ("Titanic counts slightly against it.", ("contrib:1213:1721",)),
    ("What speaks against it is Titanic, at 1.5 stars.", ("contrib:1213:1721",)),
    ("Together, Heat and Casino supply 43 % of the pull.", ("contrib:1213:6", "contrib:1213:16")),
    ("Heat counts for more than twice as much as Casino.", ("contrib:1213:6", "contrib:1213:16")),
    ("You rated Heat five stars on 2 March 2015.", ("hist:6",)),
    ("You gave Casino (1995) four stars in August 2016.", ("hist:16",)),
    ("Three of your ten picks belong to Crime sagas and moral descent.", ("theme:4",)),
    ("30 % of the list and 45 % of what you like sit in crime sagas and moral descent.",
     ("theme:4",)),
    ("Goodfellas and The Usual Suspects share a morally ambiguous streak.",
     ("tag:morally-ambiguous",)),
    ("It is a crime drama from the nineties.", ("movie:1213",)),
    ("You have 27 entries, and 12 of the films you liked are crime films.", ("viewer",)),
    ("One reading calls it restless, all swagger until the bill comes.", ("note:1213",)),
    ("It reads as morally ambiguous.", ("note:1213",)),
    ("Her place in your list is no accident: Heat carries it.", WHY),
    ("It has one big reason: Heat.", WHY),
    ("\"Heat\" (1995) is the strongest single reason.", WHY),
    ("Usual Suspects, The (1995) is second to Goodfellas, or rather behind it.",
     ("list", "movie:1213", "contrib:1213:16")),
    ("Silence of the Lambs is on the list.", ("list",)),
    ("Viewers rate it 4.1 on average.", ("movie:1213",)),
    ("Heat (1995) is the single biggest reason, at 31 %; 69 % comes from elsewhere.", WHY),
    ("Goodfellas would stay in the list without Heat.", WHY),
    ("More than a quarter of this film's pull is Heat.", WHY),
]  # fmt: skip

BAD = [
    ("Mainly your five stars for Heat (1995).", (), "no_evidence"),
    ("Mainly your five stars for Heat (1995).", (*WHY, "contrib:1213:999"), "unknown_evidence"),
    ("Mainly your five stars for Casino (1995).", WHY, "title"),
    ("Mainly your five stars for Heat (1986).", WHY, "title"),
    ("Speed pulls it up.", WHY, "title"),
    ("It owes a lot to Speed.", WHY, "title"),
    ("It owes a lot to \"starfall\".", WHY, "title"),
    ("Thanks to The Godfather, it leads.", WHY, "title"),
    ("Thanks to Godfather, it leads.", WHY, "title"),
    ("It follows from Blade Runner 2077.", WHY, "name"),
    ("It follows from your love of Tarantino.", WHY, "name"),
    ("Sabrina is on the list.", ("list",), "title"),
    ("You gave Goodfellas five stars.", ("movie:1213", "contrib:1213:6"), "history"),
    ("You rated Goodfellas highly.", WHY, "history"),
    ("Your four stars for Heat account for 31 % of it.", WHY, "number"),
    ("Your four stars for Heat count more than Casino.", ("contrib:1213:6", "contrib:1213:16"),
     "rating"),
    ("You gave 5 stars to Heat and Casino.", ("contrib:1213:6", "contrib:1213:16"), "rating"),
    ("Heat, which you gave 4 stars, leads Casino.", ("contrib:1213:6", "contrib:1213:16"),
     "rating"),
    ("Heat accounts for 41 % of it.", WHY, "number"),
    ("Heat accounts for 34% of it.", WHY, "number"),
    ("Heat accounts for half of it.", ("contrib:1213:6",), "number"),
    ("Heat accounts for two thirds of it.", ("contrib:1213:6",), "number"),
    ("Heat accounts for a quarter of it.", ("contrib:1213:6",), "number"),
    ("Heat accounts for forty-one percent of it.", WHY, "number"),
    ("Without Heat it drops from first to ninth.", WHY, "number"),
    ("Without Heat it drops from seventh to first.", WHY, "direction"),
    ("Without Heat it would rise to seventh.", WHY, "direction"),
    ("Without Heat it would leave the list.", WHY, "direction"),
    ("It would rank seventh without Heat and not be shown.", WHY, "direction"),
    ("It would not be on this list without Heat.", WHY, "direction"),
    ("Without Heat it would rank first instead of seventh.", WHY, "direction"),
    ("Without Heat it would be first.", WHY, "direction"),
    ("It owes its seventh place to Heat.", WHY, "direction"),
    ("It is third on your list.", ("movie:1213",), "number"),
    ("It is n\u0131nth on your list.", ("movie:1213",), "number"),  # an i of another case
    ("It came out in 1994.", ("movie:1213",), "number"),
    ("It is a gem of the eighties.", ("movie:1213",), "number"),
    ("You rated Heat five stars on 3 March 2015.", ("hist:6",), "number"),
    ("Four of your ten picks are crime sagas and moral descent.", ("theme:4",), "number"),
    ("You have 31 entries.", ("viewer",), "number"),
    ("Thirteen of the films you liked are crime films.", ("viewer",), "number"),
    ("It belongs to warm-hearted family comedies.", ("movie:1213",), "theme"),
    ("It is a slow-burn film.", ("movie:1213",), "tag"),
    ("It is slow burn at heart.", ("note:1213",), "tag"),
    ("It is a neo-noir.", ("note:1213",), "tag"),
    ("It is a horror film.", ("movie:1213",), "genre"),
    ("You like romances.", ("viewer",), "genre"),
    ("It is science fiction.", ("movie:1213",), "genre"),
    ("Mostly your five stars for Heat.", WHY, "strength"),
    ("It is here entirely because of Heat.", WHY, "strength"),
    ("Mainly your four stars for Casino.", ("contrib:1213:16",), "strength"),
    ("Slightly helped by Heat.", WHY, "strength"),
    ("The strongest reason is Casino.", ("contrib:1213:16",), "strength"),
    ("Most of the list is crime, mostly crime.", ("theme:4",), "strength"),
    ("Despite your five stars for Heat, it is here.", WHY, "sign"),
    ("Heat counts against it.", WHY, "sign"),
    ("Heat pulls it down.", WHY, "sign"),
    ("Thanks to your one and a half stars for Titanic, it is here.", ("contrib:1213:1721",),
     "sign"),
    ("Titanic lifts it.", ("contrib:1213:1721",), "sign"),
    ("It is here because you rated crime films.", ("note:1213", "viewer"), "cause"),
    ("It is here because of its morally ambiguous hero.", ("note:1213", "contrib:1213:6"), "cause"),
    ("It comes from your history.", ("note:1213",), "cause"),
    ("See https://example.org for more.", WHY, "foreign_content"),
    ("", WHY, "empty"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ids"), GOOD, ids=[row[0][:50] for row in GOOD])
def test_true_sentences_are_not_accused(text, ids):
    assert problems(text, ids) == []


@pytest.mark.parametrize(("text", "ids", "kind"), BAD, ids=[f"{r[2]}: {r[0][:50]}" for r in BAD])
def test_false_sentences_are_caught_for_the_right_reason(text, ids, kind):
    assert kind in {problem.kind for problem in problems(text, ids)}


def test_rounding_is_allowed_and_nothing_beyond_it():
    for said in ("30 %", "31 %", "32 %"):
        found = problems(f"Heat accounts for {said} of it.", WHY)
        assert (found == []) == (said == "31 %")


def test_a_courtesy_needs_no_evidence_but_may_not_name_films():
    assert VERIFIER.verify("You are welcome.", (), EVIDENCE, needs_evidence=False) == []
    found = VERIFIER.verify("Try Casino (1995) next.", (), EVIDENCE, needs_evidence=False)
    assert [problem.kind for problem in found] == ["title"]


READING = "It is October 1988. Snow is rising in the yard, and a ditch is dug twice."


@pytest.mark.parametrize("sentence", ["It is October 1988.", READING])
def test_a_reading_that_is_cited_and_quoted_word_for_word_claims_nothing(sentence):
    note = EVIDENCE["note:1213"]
    data = note.data.model_copy(update={"note": READING})
    evidence = EVIDENCE | {note.id: note.model_copy(update={"data": data, "text": READING})}
    text = f"Without Heat it drops from first to seventh. As a machine reads it: {sentence}"
    assert VERIFIER.verify(text, (*WHY, note.id), evidence) == []
    assert VERIFIER.verify(text, WHY, evidence) != []  # not cited
    changed = text.replace("1988", "1989")
    kinds = {problem.kind for problem in VERIFIER.verify(changed, (*WHY, note.id), evidence)}
    assert kinds == {"number"}


def test_a_film_noir_is_what_the_film_is_and_no_cause():
    movie = EVIDENCE["movie:1213"]
    data = movie.data.model_copy(update={"genres": ("Film-Noir",)})
    evidence = EVIDENCE | {movie.id: movie.model_copy(update={"data": data})}
    text = "Your history as a whole speaks for this film noir. Heat has 31 %."
    assert VERIFIER.verify(text, (*WHY, movie.id), evidence) == []


def test_films_are_told_apart_by_year_and_common_words_are_no_films():
    found = VERIFIER.mentioned_movies(
        "It is big: Goodfellas, Heat (1995) and heat.", ("contrib:1213:6",), EVIDENCE
    )
    assert found == (1213, 6)
    judged = VERIFIER.judge("It is big: Goodfellas.", ("contrib:1213:6",), EVIDENCE)
    assert judged.movie_ids == (1213,)


def test_every_evidence_sentence_of_a_real_list_stands_on_its_own(retrieval):
    verifier = build_verifier(retrieval.bundle)
    for viewer in ("ml:1", "ml:2", "ml:3", "demo"):
        ranking = retrieval.recommender.recommend(viewer, n=10)
        evidence = {item.id: item for item in retrieval.evidence.for_ranking(ranking)}
        for item in evidence.values():
            found = verifier.verify(item.text, [item.id], evidence)
            assert found == [], (item.text, found)


ADJUSTED = Filters(genres=("Drama",), surprise=0.7, diversity=0.6)


def test_sentences_about_an_adjusted_list_stand_on_their_own(retrieval):
    verifier = build_verifier(retrieval.bundle)
    for viewer in ("ml:1", "ml:2", "ml:3", "demo"):
        ranking = retrieval.recommender.recommend(viewer, n=5, filters=ADJUSTED)
        pieces = (
            *retrieval.evidence.for_ranking(ranking),
            *retrieval.evidence.why_not(ranking, 2571),
        )
        evidence = {item.id: item for item in pieces}
        for item in evidence.values():
            found = verifier.verify(item.text, [item.id], evidence)
            assert found == [], (item.text, found)


def test_a_move_is_checked_for_its_ranks_its_direction_and_its_cause(retrieval):
    verifier = build_verifier(retrieval.bundle)
    ranking = retrieval.recommender.recommend("demo", n=5, filters=Filters(diversity=0.6))
    moved = next(r for r in ranking.recommendations if r.rank_by_score > r.rank)
    evidence = {item.id: item for item in retrieval.evidence.for_ranking(ranking)}
    name, before, after = moved.title, moved.rank_by_score, moved.rank

    def kinds(text):
        found = verifier.verify(text, [f"movie:{moved.movie_id}"], evidence)
        return {problem.kind for problem in found}

    assert kinds(f"{name} moved up from rank {before} to rank {after} for variety.") == set()
    assert kinds(f"Variety moved {name} up to rank {after}.") == set()
    assert "direction" in kinds(f"{name} moved from rank {after} to rank {before} for variety.")
    assert "number" in kinds(f"Variety moved {name} up to rank {after + 20}.")
    assert "direction" in kinds(f"{name} falls to rank {after}.")
    assert kinds(f"The filters moved {name} up to rank {after}.") == {"cause"}
    assert kinds(f"{name} was moved up for surprise.") == {"cause"}
    assert "number" in kinds(f"{name} ranks 77th by score alone.")


def test_a_film_whose_name_begins_another_film_is_told_apart():
    names = [("Die Hard: With a Vengeance", 1995), ("Die Hard", 1988)]
    movies = [
        MOVIES[0].model_copy(update={"movie_id": 9000 + i, "title": title, "year": year})
        for i, (title, year) in enumerate(names)
    ]
    found = ClaimVerifier([*MOVIES, *movies], THEMES, ()).mentioned_movies(
        "Die Hard is here.", ("x",), {"x": _movie_like(movies[1])}
    )
    assert found == (9001,)


def _movie_like(movie):
    template = EVIDENCE["movie:1213"]
    data = template.data.model_copy(update={"movie_id": movie.movie_id, "title": movie.name})
    return template.model_copy(update={"data": data})


def test_a_date_is_no_film_of_that_name():
    strange = MOVIES[0].model_copy(update={"title": "11:14", "alternate_titles": ()})
    verifier = ClaimVerifier([*MOVIES, strange], THEMES, VOCABULARY)
    met = history(6, 5.0, date="2026-11-14")
    dated = "Your history holds your 5 stars for Heat (1995), dated 2026-11-14."
    assert verifier.verify(dated, [met.id], {met.id: met}) == []
    named = verifier.verify("It goes back to 11:14 and Heat (1995).", [met.id], {met.id: met})
    assert [problem.kind for problem in named][:1] == ["title"]
