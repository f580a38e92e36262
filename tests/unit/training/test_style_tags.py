import numpy as np

from training.movielens import UserTag
from training.style_tags import StyleTag, collect_style_tags, spread_to_neighbours

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


def test_neighbours_lend_what_they_agree_on_and_only_that():
    vectors = np.array([[1.0, 0.0], [0.99, 0.05], [0.98, -0.05], [0.0, 1.0]])
    direct = {
        1: [StyleTag("slow-burn", "notes", 0.9), StyleTag("bleak", "notes", 0.9)],
        2: [StyleTag("slow-burn", "notes", 0.9)],
    }
    everyone = np.ones(4, dtype=bool)
    spread = spread_to_neighbours(
        direct,
        movie_ids=np.array([1, 2, 3, 4]),
        vectors=vectors,
        borrowers=everyone,
        neighbours=2,
        min_confidence=0.6,
    )
    assert [(tag.tag, tag.source) for tag in spread[3]] == [("slow-burn", "neighbours")]
    assert 0.6 <= spread[3][0].confidence <= 0.9
    assert 4 not in spread
    assert spread[1] == direct[1]
