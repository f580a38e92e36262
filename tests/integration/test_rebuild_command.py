import dataclasses
import json

from typer.testing import CliRunner

import whylens
from retrieval.build import build_retrieval
from retrieval.settings import RetrievalSettings


def run(home, *options):
    command = ["data", "rebuild", "--home", str(home), *options]
    return CliRunner().invoke(whylens.app, command)


def test_the_check_counts_finds_and_leaves_alone(tiny_home):
    room = build_retrieval(RetrievalSettings(home=tiny_home))
    room.profiles.record("demo", movie_id=6, kind="watch")
    good = run(tiny_home, "--check", "--json")
    assert good.exit_code == 0
    found = json.loads(good.output)
    assert (found["viewers"], found["same"], found["wrong"]) == (1, 1, [])
    assert found["events"] == len(room.store.load_viewer("demo").events)
    right = room.store.load_viewer("demo").profile
    state = dataclasses.replace(right.state, ema=right.state.ema * 2)
    room.store.save_profile("demo", dataclasses.replace(right, state=state))
    for _ in range(2):
        bad = run(tiny_home, "--check")
        assert bad.exit_code == 1
        assert "1 wrong" in bad.output
        assert "demo" in bad.output
    assert run(tiny_home).exit_code == 0
    assert run(tiny_home, "--check").exit_code == 0
    assert room.store.load_viewer("demo").profile.state.ema.tobytes() == right.state.ema.tobytes()
