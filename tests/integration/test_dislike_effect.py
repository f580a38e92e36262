from retrieval.batch import dataset_viewers
from retrieval.dislike_effect import measure_dislikes


def test_a_dislike_moves_its_kin_down_and_a_stronger_one_further(retrieval):
    viewers = dataset_viewers(retrieval.bundle)
    effects = {e.kind: e for e in measure_dislikes(retrieval, viewers, n_kin=3)}
    assert list(effects) == ["less like this", "not interested", "1 star"]
    strong, weak = effects["less like this"], effects["not interested"]
    assert strong.n_falling >= 2
    assert strong.rank_after > strong.rank_before
    assert strong.rank_after > weak.rank_after
    assert strong.n_viewers == weak.n_viewers == 3
