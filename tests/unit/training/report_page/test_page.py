import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.support.report_files import MANIFEST, METRICS, write_report_files
from training.report_page.page import render_report

HOSTILE = '<img src=x onerror="alert(1)"> & Söhne’s "Film" </script>'


def page(folder: Path, **changes) -> str:
    write_report_files(folder, **changes)
    return render_report(folder, MANIFEST)


class Elements(HTMLParser):
    """Every start tag with its attributes, and the text outside scripts and styles."""

    def __init__(self):
        super().__init__()
        self.found, self.text, self._raw = [], "", False

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self._raw = tag in {"script", "style"}

    def handle_endtag(self, tag):
        self._raw = False

    def handle_data(self, data):
        if not self._raw:
            self.text += data


def parse(html: str) -> Elements:
    elements = Elements()
    elements.feed(html)
    return elements


def test_the_page_says_what_the_metrics_hold(tmp_path):
    text = parse(page(tmp_path)).text
    for task in METRICS["evaluation"]["tasks"]:
        for model in task["models"]:
            ndcg = model["ndcg"]
            shown = f"{ndcg['mean']:.4f} [{ndcg['low']:.4f}, {ndcg['high']:.4f}]"
            assert shown.replace("0.", ".") in text
            assert f"{100 * model['coverage']:.1f} %" in text
    for result in METRICS["evaluation"]["ratings"]:
        mean = sum(result["rmse_all"]) / len(result["rmse_all"])
        assert f"{mean:.4f}".replace("0.", ".") in text
    for point in METRICS["silhouette"]:
        assert f"{point['silhouette']:.3f}".replace("0.", ".") in text
    assert "12 ratings by" not in text
    assert "the rating is not a number" in text
    assert "Gangsters who talk" in text


def test_what_was_measured_of_labels_and_seeds_is_shown_beside_them(tmp_path):
    text = parse(page(tmp_path)).text
    assert "2 movies · 12 % found by label alone · weak label" in text
    assert "21 % of the movies kept aside find their theme (chance 2.5 %)" in text
    assert (
        "adjusted Rand index of .57 (1 the same, 0 chance); two plain K-Means fits to .36" in text
    )
    assert "recipe paper on the same movies: 1.90 times" in text


def test_the_headline_says_no_more_than_the_interval_allows(tmp_path):
    assert "Ahead (+.020 [+.010, +.030]) of EASE" in parse(page(tmp_path)).text
    metrics = json.loads(json.dumps(METRICS))
    rival = metrics["evaluation"]["tasks"][0]["models"][-1]
    rival["difference"] = {"mean": 0.004, "low": -0.001, "high": 0.009}
    text = parse(page(tmp_path, metrics=metrics)).text
    assert "No clear difference (+.004 [−.001, +.009]) to EASE" in text
    rival["difference"] = {"mean": -0.01, "low": -0.02, "high": -0.001}
    assert "Behind (−.010 [−.020, −.001]) EASE" in parse(page(tmp_path, metrics=metrics)).text


def test_the_page_asks_the_network_for_nothing(tmp_path):
    html = page(tmp_path)
    for tag, attributes in parse(html).found:
        assert tag not in {"link", "img", "iframe", "object", "embed", "base", "form"}
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith("#")
    assert "default-src 'none'" in html
    namespace = "http://www.w3.org/2000/svg"
    assert re.findall(r"https?://[^\s\"')]+", html) == [namespace]
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|WebSocket|import\(", html)


def test_titles_labels_and_reasons_are_escaped(tmp_path):
    html = page(tmp_path, title=HOSTILE, label=HOSTILE, reason=HOSTILE)
    elements = parse(html)
    assert not [tag for tag, _ in elements.found if tag == "img"]
    assert not [name for _, attributes in elements.found for name in attributes if name[:2] == "on"]
    assert elements.text.count(HOSTILE) >= 3
    data = re.search(r'id="map-data">(.*?)</script>', html, re.DOTALL)
    assert data
    embedded = json.loads(data[1])
    assert embedded["labels"]["0"] == HOSTILE
    assert embedded["points"][0][4] == f"{HOSTILE} (1994)"


def test_every_chapter_is_reachable_and_every_id_is_unique(tmp_path):
    elements = parse(page(tmp_path)).found
    ids = [attributes["id"] for _, attributes in elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [attributes["href"][1:] for tag, attributes in elements if tag == "a"]
    assert set(links) <= set(ids)
    labelled = [a["aria-labelledby"] for _, a in elements if "aria-labelledby" in a]
    assert set(labelled) <= set(ids)


def test_the_map_draws_the_layout_it_is_given(tmp_path):
    write_report_files(tmp_path)
    html = render_report(tmp_path, MANIFEST, {1: (0.25, -0.5)})
    points = json.loads(re.search(r'id="map-data">(.*?)</script>', html)[1])["points"]
    assert points == [[0, 30, 0.25, -0.5, "Pulp (1994)"]]


def test_a_run_that_was_not_evaluated_says_so(tmp_path):
    text = parse(page(tmp_path, metrics={**METRICS, "evaluation": None})).text
    assert "whylens train --evaluate" in text
    assert "How many stars?" not in text


@pytest.mark.parametrize(("n", "said"), [(7, "Judged on 7 of 9"), (9, "")])
def test_a_sample_of_viewers_is_disclosed(tmp_path, n, said):
    evaluation = {**METRICS["evaluation"], "n_viewers": n, "n_all_viewers": 9}
    text = parse(page(tmp_path, metrics={**METRICS, "evaluation": evaluation})).text
    assert said in text
    assert ("drawn at random" in text) == bool(said)
