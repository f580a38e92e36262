"""What is particular to state in DynamoDB: how it is laid out, and how it fails."""

import threading
import time
import zlib

import boto3
import numpy as np
import pytest
from typer.testing import CliRunner

import whylens
from retrieval.build import build_retrieval, build_stores
from retrieval.domain.errors import StateUnavailable
from retrieval.domain.models import EventId, Interaction, MovieId, ViewerId
from retrieval.domain.profile import WHYLENS, initial_state
from retrieval.dynamodb_table import DynamoTable, binary, compress
from retrieval.ports import LogChange, StoredProfile
from retrieval.settings import RetrievalSettings
from tests.support.dynamodb_proxy import Proxy, dynamodb_proxy
from tests.support.state_backends import aws_variables, create_table

ANNA = ViewerId("anna")


def clicked(event_id: str, at_ms: int = 10) -> Interaction:
    return Interaction(
        event_id=EventId(event_id), movie_id=MovieId(1), kind="click", timestamp_ms=at_ms
    )


def state_at(version: int) -> StoredProfile:
    return StoredProfile(initial_state(np.full(3, version / 3), WHYLENS), version, "b1")


@pytest.fixture
def settings(tiny_home, moto_endpoint, monkeypatch) -> RetrievalSettings:
    for name, value in aws_variables(moto_endpoint).items():
        monkeypatch.setenv(name, value)
    return RetrievalSettings(home=tiny_home, state_table=create_table())


@pytest.fixture
def proxy(settings, moto_endpoint, monkeypatch):
    with dynamodb_proxy(moto_endpoint) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{server.server_port}")
        yield server


def items_of(settings: RetrievalSettings, viewer_id: str = ANNA) -> list[dict]:
    return DynamoTable(settings.state_table).query(f"viewer#{viewer_id}")


def everything_in(items: list[dict]) -> str:
    """All texts of some items, compressed ones included."""
    packed = [zlib.decompress(item["events"]["B"]).decode() for item in items if "events" in item]
    return "\n".join([str(items), *packed]).replace("\\", "")


def test_a_segment_that_no_head_names_is_no_part_of_the_log_and_is_cleared(settings):
    store = build_stores(settings)[0]
    store.create_viewer(ANNA, [clicked(f"e{i}") for i in range(40)], created_ms=0)
    # What a writer leaves that is killed between its two steps.
    left = {"events": binary(compress("[" + clicked("ghost").model_dump_json() + "]"))}
    DynamoTable(settings.state_table).put(f"viewer#{ANNA}", "log#0000000001-ghost", left)
    assert len(store.load_viewer(ANNA).events) == 40
    store.commit(ANNA, LogChange(removed=EventId("e0")), state_at(1))
    assert len(store.load_viewer(ANNA).events) == 39
    assert "log#0000000001-ghost" not in [item["SK"]["S"] for item in items_of(settings)]


@pytest.mark.parametrize("which", ["e5", "e99"], ids=["in a segment", "in the head"])
def test_a_forgotten_event_leaves_no_trace_in_the_table(settings, which):
    store = build_stores(settings)[0]
    store.create_viewer(ANNA, [clicked(f"e{i}") for i in range(100)], created_ms=0)
    assert f'"{which}"' in everything_in(items_of(settings))
    store.commit(ANNA, LogChange(removed=EventId(which)), state_at(1))
    assert f'"{which}"' not in everything_in(items_of(settings))


def test_segments_stay_few_and_items_far_below_the_limit(settings):
    store = build_stores(settings)[0]
    events = [clicked(f"ev-{i:020d}", 1_700_000_000_000 + i) for i in range(2_500)]
    store.create_viewer(ANNA, events, created_ms=0)
    for i in range(35):
        store.commit(ANNA, LogChange(added=clicked(f"then {i}")), state_at(i + 1))
    head, *segments = items_of(settings)
    assert len(head["recent_events"]["L"]) <= 32
    assert len(segments) <= 4
    assert max(len(item["events"]["B"]) for item in segments) < 50_000
    assert len(store.load_viewer(ANNA).events) == 2_535


def test_readers_see_whole_logs_while_segments_are_replaced(racing_settings):
    store = build_stores(racing_settings)[0]
    store.create_viewer(ANNA, [clicked(f"e{i:03d}") for i in range(60)], created_ms=0)
    done = threading.Event()

    def forget_all() -> None:
        for i in range(60):
            store.commit(ANNA, LogChange(removed=EventId(f"e{i:03d}")), state_at(i + 1))
        done.set()

    writer = threading.Thread(target=forget_all)
    writer.start()
    n_reads = 0
    while not done.is_set():
        viewer = store.load_viewer(ANNA)
        left = {f"e{i:03d}" for i in range(viewer.version, 60)}
        assert {event.event_id for event in viewer.events} == left
        assert viewer.profile is None or viewer.profile.version == viewer.version
        n_reads += 1
    writer.join()
    assert n_reads > 1
    assert store.load_viewer(ANNA).events == []


def test_an_answer_that_was_lost_is_no_conflict(settings, proxy: Proxy):
    profiles = build_retrieval(settings).profiles
    profiles.history("demo")
    proxy.lose_answer_to = "UpdateItem"
    _, result = profiles.record("demo", movie_id=6, kind="watch", event_id=EventId("once"))
    assert (result.duplicate, result.version) == (False, 1)
    proxy.lose_answer_to = "UpdateItem"
    assert profiles.forget("demo", EventId("once")).version == 2
    assert proxy.calls.count("UpdateItem") >= 4  # each was sent twice


def test_a_throttled_table_says_so(settings, proxy: Proxy):
    profiles = build_retrieval(settings).profiles
    profiles.history("demo")
    proxy.refuse_with = "ProvisionedThroughputExceededException"
    with pytest.raises(StateUnavailable, match=r"overloaded.*try again"):
        profiles.record("demo", movie_id=6, kind="watch")
    proxy.refuse_with = ""
    assert profiles.record("demo", movie_id=6, kind="watch")[1].version == 1


def test_missing_permission_says_so(settings, proxy: Proxy):
    proxy.refuse_with = "AccessDeniedException"
    with pytest.raises(StateUnavailable, match="policy"):
        build_retrieval(settings).profiles.history("demo")


def test_an_endpoint_that_cannot_be_reached_says_what_to_check(settings, monkeypatch):
    with dynamodb_proxy("") as closed:
        endpoint = f"http://127.0.0.1:{closed.server_port}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
    started = time.monotonic()
    with pytest.raises(StateUnavailable, match=r"cannot be reached.*AWS_ENDPOINT_URL_DYNAMODB"):
        build_retrieval(settings).profiles.history("demo")
    assert time.monotonic() - started < 20


def test_a_missing_table_says_how_to_make_one(settings):
    elsewhere = settings.model_copy(update={"state_table": "whylens-nowhere"})
    with pytest.raises(StateUnavailable, match="create-table"):
        build_retrieval(elsewhere).profiles.history("demo")


def test_a_missing_region_says_what_to_set(settings, monkeypatch, tmp_path):
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    with pytest.raises(StateUnavailable, match="AWS_REGION"):
        build_stores(settings)


def test_a_damaged_item_says_so(settings):
    store, documents = build_stores(settings)
    table = DynamoTable(settings.state_table)
    store.create_viewer(ANNA, [clicked(f"e{i}") for i in range(40)], created_ms=0)
    segment = items_of(settings)[1]["SK"]["S"]
    table.put(f"viewer#{ANNA}", segment, {"events": binary(b"garbage")})
    with pytest.raises(StateUnavailable, match="damaged"):
        store.load_viewer(ANNA)
    table.clear(f"viewer#{ANNA}", [segment])
    with pytest.raises(StateUnavailable, match="backup"):
        store.load_viewer(ANNA)
    documents.save_explanation("x", ANNA, "{}")
    head = table.get("explanation#x")
    table.put("explanation#x", "head", head | {"document": binary(compress("[]"))})
    with pytest.raises(StateUnavailable, match="damaged"):
        documents.load_explanation("x")


def test_the_command_makes_a_table_that_expires_what_it_caches(settings):
    result = CliRunner().invoke(whylens.app, ["data", "create-table", "films-of-anna"])
    assert (result.exit_code, "is ready" in result.output) == (0, True)
    again = CliRunner().invoke(whylens.app, ["data", "create-table", "films-of-anna"])
    assert "was there already" in again.output
    client = boto3.client("dynamodb")
    expiry = client.describe_time_to_live(TableName="films-of-anna")["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_s"}
    documents = build_stores(settings.model_copy(update={"state_table": "films-of-anna"}))[1]
    documents.cache_text("k", "text", ttl_s=60)
    expires_s = int(DynamoTable("films-of-anna").get("cache#k")["expires_s"]["N"])
    assert 50 < expires_s - time.time() < 61
