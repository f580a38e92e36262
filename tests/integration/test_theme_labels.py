"""Theme labels written over real HTTP by a server that speaks Groq's protocol."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agents.asking import ProviderFailed
from agents.chat_models import build_chat_model
from agents.evidence_block import read_block
from agents.settings import AgentSettings
from agents.theme_labels import label_problem, write_theme_labels
from retrieval.bundle import load_bundle
from tests.support.groq_server import GroqServer, Reply, Request, groq_server
from training.errors import TrainingError
from training.relabel import NewLabel, publish_labels
from whylens import app

SUMMARY = "Films that share a mood and a manner of telling, such as the first two named here."
WORDS = "amber birch cedar delta ember fjord".split()


def good_label(theme_id: int) -> str:
    return f"Quiet {WORDS[theme_id]} dramas"


def answer(request: Request, labels: dict[int, str] | None = None) -> Reply:
    task = read_block(request.prompt)["task"]
    rows = [
        {
            "theme_id": theme["theme_id"],
            "label": (labels or {}).get(theme["theme_id"], good_label(theme["theme_id"])),
            "summary": SUMMARY,
        }
        for theme in task["themes"]
    ]
    return Reply(json.dumps({"themes": rows}))


def settings(server: GroqServer) -> AgentSettings:
    return AgentSettings(
        provider="groq", groq_api_key="gsk-test-not-a-key", groq_base_url=server.url
    )


def run(home: Path, server: GroqServer):
    notes: list[str] = []
    return write_theme_labels(
        load_bundle(home / "bundles"),
        build_chat_model(settings(server)),
        settings(server),
        cache=home / "cache" / "theme_labels.jsonl",
        note=notes.append,
    )


def asked_for(server: GroqServer) -> list[list[int]]:
    return [
        [theme["theme_id"] for theme in read_block(request.prompt)["task"]["themes"]]
        for request in server.requests
    ]


def test_themes_are_asked_for_in_batches_under_a_strict_schema(tiny_home):
    with groq_server(answer) as server:
        found = run(tiny_home, server)
    assert asked_for(server) == [[0, 1, 2, 3, 4], [5]]
    schema = server.requests[0].body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["additionalProperties"] is False
    assert [found.labels[i].label for i in range(6)] == [good_label(i) for i in range(6)]
    assert not found.refused
    task = read_block(server.requests[0].prompt)["task"]
    assert "(19" in task["themes"][0]["exemplars"][0]  # titles with their years
    assert read_block(server.requests[1].prompt)["task"]["taken"] == [
        good_label(i) for i in range(5)
    ]


def test_a_second_run_asks_nothing(tiny_home):
    with groq_server(answer) as server:
        first = run(tiny_home, server)
        second = run(tiny_home, server)
    assert len(server.requests) == 2
    assert second.from_cache == 6
    assert second.labels == first.labels


def test_an_interrupted_run_resumes_with_what_is_missing(tiny_home):
    with groq_server(answer) as server:
        server.script.extend([answer_later := Reply(status=401)])
        with pytest.raises(ProviderFailed, match="refused the API key"):
            run(tiny_home, server)
        assert answer_later.status == 401
        calls: list[Request] = []

        def first_batch_only(request: Request) -> Reply:
            calls.append(request)
            return answer(request) if len(calls) == 1 else Reply(status=401)

        server.answer = first_batch_only
        with pytest.raises(ProviderFailed):
            run(tiny_home, server)
        cache = tiny_home / "cache" / "theme_labels.jsonl"
        cache.write_bytes(cache.read_bytes()[:-20])  # killed while it wrote the last line
        server.answer = answer
        server.requests.clear()
        found = run(tiny_home, server)
        assert asked_for(server) == [[4, 5]]
        assert found.from_cache == 4
        server.requests.clear()
        assert run(tiny_home, server).from_cache == 6
        assert server.requests == []


def test_a_rate_limit_is_waited_out_and_broken_answers_are_asked_for_again(tiny_home):
    with groq_server(answer) as server:
        server.script.extend(
            [
                Reply(status=429, headers={"retry-after": "0.05"}),
                Reply('{"themes": [{"theme_id": 0, "la'),
            ]
        )
        found = run(tiny_home, server)
    assert len(server.requests) == 4
    assert len(found.labels) == 6


def test_what_never_answers_well_ends_the_run_and_keeps_the_cache(tiny_home):
    with groq_server(lambda request: Reply("not json")) as server:
        with pytest.raises(ProviderFailed, match="JSON"):
            run(tiny_home, server)
        assert len(server.requests) == 2
    assert not (tiny_home / "cache" / "theme_labels.jsonl").exists()


@pytest.mark.parametrize(
    ("label", "reason"),
    [
        ("Dramas", "2 to 6 words"),
        ("Drama films", "name of a genre"),
        ("Crime: the best of it", "punctuation"),
        ("Quiet birch dramas", "another theme"),
        ("Quiet dramas about very many other things", "2 to 6 words"),
        ("Crime and drama 7", "number"),
    ],
)
def test_a_label_that_breaks_a_rule_is_asked_for_again_with_the_reason(tiny_home, label, reason):
    def once(request: Request) -> Reply:
        is_second = "problems" in read_block(request.prompt)["task"]["themes"][0]
        return answer(request, {2: "Quiet cedar dramas" if is_second else label})

    with groq_server(once) as server:
        found = run(tiny_home, server)
    assert asked_for(server) == [[0, 1, 2, 3, 4], [2], [5]]
    assert reason in read_block(server.requests[1].prompt)["task"]["themes"][0]["problems"]
    assert found.labels[2].label == "Quiet cedar dramas"


def test_a_theme_whose_label_never_keeps_the_rules_keeps_its_own(tiny_home):
    before = load_bundle(tiny_home / "bundles").themes[2].label
    with groq_server(lambda request: answer(request, {2: "Drama films"})) as server:
        found = run(tiny_home, server)
    assert set(found.refused) == {2}
    assert asked_for(server).count([2]) == 2
    publish_labels(tiny_home, {}, keep=3)
    assert load_bundle(tiny_home / "bundles").themes[2].label == before


def test_the_command_publishes_a_new_version_and_leaves_the_old_one(tiny_home, monkeypatch):
    old = load_bundle(tiny_home / "bundles")
    with groq_server(answer) as server:
        monkeypatch.setenv("GROQ_API_KEY", "gsk-test-not-a-key")
        monkeypatch.setenv("GROQ_BASE_URL", server.url)
        outcome = CliRunner().invoke(app, ["themes", "--relabel", "--home", str(tiny_home)])
    assert outcome.exit_code == 0, outcome.output
    new = load_bundle(tiny_home / "bundles")
    assert new.version != old.version
    assert old.path.is_dir()
    assert [theme.label for theme in new.themes.values()] == [good_label(i) for i in range(6)]
    assert {theme.labelled_by for theme in new.themes.values()} == {"openai/gpt-oss-120b"}
    assert good_label(0) in (new.path / "data.js").read_text(encoding="utf-8")
    assert new.manifest["relabelled_from"] == old.version
    assert "themes.json" in new.manifest["files"]


def test_without_a_key_the_command_says_what_to_do(tiny_home, monkeypatch):
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    outcome = CliRunner().invoke(app, ["themes", "--relabel", "--home", str(tiny_home)])
    assert outcome.exit_code == 1
    assert "GROQ_API_KEY" in outcome.stderr


def test_new_labels_are_measured_on_the_held_out_films(tiny_home):
    path = load_bundle(tiny_home / "bundles").path
    themes = json.loads((path / "themes.json").read_text())
    movies = json.loads((path / "movies.json").read_text())
    for theme in themes:
        members = [m["movie_id"] for m in movies if m["theme_id"] == theme["theme_id"]]
        theme["held_out_movie_ids"] = members[-2:]
    (path / "themes.json").write_text(json.dumps(themes))
    genres = {t["theme_id"]: _common_genres(movies, t["theme_id"]) for t in themes}
    telling = {i: f"Films of {' and '.join(g)} {i}" for i, g in genres.items()}
    assert _mean_quality(tiny_home, telling) > 3 / 6
    silent = {i: f"Things like {WORDS[i]}" for i in genres}
    assert _mean_quality(tiny_home, silent) == pytest.approx(1 / 6, abs=1e-3)


def _mean_quality(home: Path, labels: dict[int, str]) -> float:
    summary = "They share what they share, and that is all there is to say of them here."
    publish_labels(home, {i: NewLabel(text, summary, "m") for i, text in labels.items()}, keep=3)
    themes = load_bundle(home / "bundles").themes.values()
    return sum(theme.label_quality for theme in themes) / len(themes)


def _common_genres(movies, theme_id):
    lists = [set(m["genres"]) for m in movies if m["theme_id"] == theme_id]
    return sorted(set.intersection(*lists)) or sorted(lists[0])


def test_equal_labels_change_nothing(tiny_home):
    before = (tiny_home / "bundles" / "CURRENT").read_text()
    with pytest.raises(TrainingError, match="same label"):
        publish_labels(tiny_home, {i: NewLabel("Twice", SUMMARY, "m") for i in (0, 1)}, keep=3)
    assert (tiny_home / "bundles" / "CURRENT").read_text() == before


def test_an_empty_home_says_what_to_do(tmp_path):
    with pytest.raises(TrainingError, match="whylens train"):
        publish_labels(tmp_path, {}, keep=3)


def test_a_summary_is_one_whole_sentence():
    assert label_problem("Quiet dramas", "Too short.", ()) is not None
    assert label_problem("Quiet dramas", SUMMARY.rstrip("."), ()) is not None
    assert label_problem("Quiet dramas", SUMMARY, ("Loud dramas",)) is None
