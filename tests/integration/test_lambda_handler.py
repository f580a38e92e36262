"""The Lambda entry point, in its own process, fed with recorded API Gateway events (v2)."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = """
import json, sys
from api.lambda_handler import handler
events = json.load(sys.stdin)
replies = [handler(event, None) for event in events]
banned = {"pyspark", "py4j", "training", "pandas", "langgraph", "langchain_core", "chromadb"}
json.dump({"replies": replies, "loaded": sorted(banned & set(sys.modules))}, sys.stdout)
"""
EVENTS = Path(__file__).parent / "apigw_events.json"


def _invoke(home: Path, events: list[dict]) -> dict:
    process = subprocess.run(
        [sys.executable, "-W", "error", "-c", RUN],
        input=json.dumps(events),
        env={**os.environ, "WHYLENS_HOME": str(home)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


@pytest.fixture(scope="module")
def recorded() -> dict[str, dict]:
    return json.loads(EVENTS.read_text(encoding="utf-8"))


@pytest.fixture
def outcome(tiny_home: Path, recorded: dict[str, dict]) -> dict:
    outcome = _invoke(tiny_home, list(recorded.values()))
    outcome["replies"] = dict(zip(recorded, outcome["replies"], strict=True))
    return outcome


def test_the_handler_answers_recorded_events(outcome: dict) -> None:
    replies = outcome["replies"]
    # Neither recommendations nor writes load the training room or the agents' framework.
    assert outcome["loaded"] == []
    assert {name: reply["statusCode"] for name, reply in replies.items()} == {
        "recommendations": 200,
        "unicode_query": 200,
        "unknown_path": 404,
        "base64_body": 403,
        "stylesheet": 200,
        "icon": 200,
    }
    # Whatever is text goes out as text, problems and drawings included.
    assert not any(reply["isBase64Encoded"] for reply in replies.values())
    for reply in replies.values():
        assert "default-src 'none'" in reply["headers"]["content-security-policy"]


def test_bodies_come_in_and_go_out_whole(outcome: dict) -> None:
    replies = outcome["replies"]
    titles = [movie["title"] for movie in json.loads(replies["unicode_query"]["body"])]
    assert len(titles) == 1
    assert "“Hi”" in titles[0]
    assert not titles[0].isascii()
    listed = json.loads(replies["recommendations"]["body"])
    assert len(listed["recommendations"]) == 3
    assert listed["writable"] is False
    # The body was base64 and was read: the refusal is about the viewer that it names.
    refusal = json.loads(replies["base64_body"]["body"])
    assert refusal["type"] == "/problems#read-only-viewer"
    missing = replies["unknown_path"]
    assert missing["headers"]["content-type"] == "application/problem+json"
    assert json.loads(missing["body"])["instance"] == "/api/nope"


def test_without_a_bundle_the_import_says_what_to_do(tmp_path: Path) -> None:
    process = subprocess.run(
        [sys.executable, "-c", "import api.lambda_handler"],
        env={**os.environ, "WHYLENS_HOME": str(tmp_path)},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert process.returncode != 0
    assert "run 'whylens train'" in process.stderr
