import json
import re

import pytest

from training.errors import TrainingError
from training.readme_figures import BEGIN, END, figures, insert_figures, main

MANIFEST = {"dataset": {"name": "ml-latest-small", "n_ratings": 100_836}}


def model(name, ndcg):
    interval = {"mean": ndcg, "low": ndcg - 0.01, "high": ndcg + 0.01}
    return {"model": name, "ndcg": interval, "difference": None}


WITHOUT_STYLE = model("without style", 0.13) | {
    "difference": {"mean": 0.0016, "low": -0.001, "high": 0.003}
}
METRICS = {
    "evaluation": {
        "ratings": [
            {"model": "biases only", "rmse_all": [0.86, 0.87]},
            {"model": "whylens", "rmse_all": [0.84, 0.85]},
        ],
        "tasks": [
            {"name": "temporal", "models": [model("whylens", 0.1316), model("EASE", 0.12)]},
            {"name": "parts", "models": [model("whylens", 0.1316), WITHOUT_STYLE]},
        ],
    },
    "theme_labels": {"share": 0.27, "chance": 0.025},
    "seed_stability": {"themes": 0.867},
}


def test_each_figure_stands_under_its_model():
    lines = figures(MANIFEST, METRICS).splitlines()
    header, *rows = [re.split(r" *\| *", line)[1:-1] for line in lines if line.startswith("| ")]
    table = {row[0]: dict(zip(header[1:], row[1:], strict=True)) for row in rows}
    lists = table["NDCG@10, newest 20 % of each viewer"]
    assert lists["whylens"] == "0.132 [0.122, 0.142]"
    assert (lists["EASE"], lists["item-kNN"]) == ("0.120 [0.110, 0.130]", "")
    assert table["RMSE of stars"]["whylens"] == "0.845"
    assert "0.865" in lines[-1]
    assert "without style NDCG@10 is 0.1300 (-0.0016 [-0.0030, +0.0010])" in lines[-1]


def test_only_what_stands_between_the_markers_is_replaced():
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    once = insert_figures(text, "new")
    assert once == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    assert insert_figures(once, "new") == once


@pytest.mark.parametrize("text", ["nothing", BEGIN, f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_file_without_its_markers_is_left_alone(text):
    with pytest.raises(TrainingError, match="each once"):
        insert_figures(text, "new")


def test_a_bundle_without_evaluation_says_what_to_run(tmp_path, capsys):
    folder = tmp_path / "home" / "bundles" / "b1"
    folder.mkdir(parents=True)
    (folder.parent / "CURRENT").write_text("b1")
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder / "metrics.json").write_text(json.dumps({"evaluation": None}))
    readme = tmp_path / "README.md"
    readme.write_text(f"{BEGIN}\nold\n{END}\n")
    with pytest.raises(SystemExit) as exit_:
        main([str(readme), "--home", str(tmp_path / "home")])
    assert exit_.value.code == 1
    assert "make report" in capsys.readouterr().err
    assert "old" in readme.read_text()
