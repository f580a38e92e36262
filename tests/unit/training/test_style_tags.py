import numpy as np

from training.movielens import UserTag
from training.style_tags import StyleTag, collect_style_tags, spread_space, spread_to_neighbours

NAMES = {"slow": "slow-burn", "slow burn": "slow-burn", "noir": "noir-shadows"}


def test_viewers_tags_are_mapped_counted_once_each_and_strangers_left_out():
    given = [
        UserTag(1, 10, "slow"),
        UserTag(1, 10, "slow burn"),
        UserTag(2, 10, "slow"),
        UserTag(2, 10, "bought on dvd"),
    ]
    assert collect_style_tags(given, {}, NAMES.get) == {10: [StyleTag("slow-burn", "users", 0.75)]}


def test_the_surer_source_names_a_tag():
    few = [UserTag(1, 10, "noir")]
    many = [UserTag(user, 10, "noir") for user in range(6)]
    notes = {10: ["noir-shadows"], 11: ["slow-burn"]}
    assert collect_style_tags(few, notes, NAMES.get)[10][0].source == "notes"
    assert collect_style_tags(many, notes, NAMES.get)[10][0].source == "users"
    assert collect_style_tags([], notes, NAMES.get)[11] == [StyleTag("slow-burn", "notes", 0.9)]


def lend(vectors, genres, years, direct):
    return spread_to_neighbours(
        direct,
        space=spread_space(np.arange(1, len(vectors) + 1), np.array(vectors), genres, years),
        borrowers=np.ones(len(vectors), dtype=bool),
        neighbours=2,
        min_confidence=0.6,
    )


def test_neighbours_lend_what_they_agree_on_and_only_that():
    direct = {
        1: [StyleTag("slow-burn", "notes", 0.9), StyleTag("bleak", "notes", 0.9)],
        2: [StyleTag("slow-burn", "notes", 0.9)],
    }
    vectors = [[1.0, 0.0], [0.99, 0.05], [0.98, -0.05]]
    spread = lend(vectors, [["Drama"]] * 3, [1990] * 3, direct)
    assert [(tag.tag, tag.source) for tag in spread[3]] == [("slow-burn", "neighbours")]
    assert spread[3][0].confidence == 0.9
    assert spread[1] == direct[1]


def test_nobody_alike_means_nothing_lent():
    direct = {1: [StyleTag("slow-burn", "notes", 0.9)]}
    spread = lend([[1.0, 0.0], [0.0, 1.0]], [["Drama"], ["Comedy"]], [1990, None], direct)
    assert 2 not in spread


def test_genre_and_year_decide_between_neighbours_whose_viewers_overlap_alike():
    direct = {
        1: [StyleTag("western", "notes", 0.9)],
        2: [StyleTag("space", "notes", 0.9)],
    }
    vectors = [[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]]
    spread = lend(vectors, [["Western"], ["Sci-Fi"], ["Western"]], [1965, 1998, 1966], direct)
    assert [tag.tag for tag in spread[3]] == ["western"]
