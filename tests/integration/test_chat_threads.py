"""Threads: bounded, listed, deleted; in SQLite and in DynamoDB."""

import asyncio
import sqlite3
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from agents.build import build_chat
from agents.chat.schemas import StatusEvent
from agents.chat.state import MAX_TURNS
from agents.settings import AgentSettings
from retrieval.domain.errors import StateUnavailable, UnknownThread

TABLE = "whylens-threads"


@pytest.fixture
def dynamo_table(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A table on a real DynamoDB server on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    variables = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("dynamodb")
    client.create_table(
        TableName=TABLE,
        KeySchema=[
            {"AttributeName": "PK", "KeyType": "HASH"},
            {"AttributeName": "SK", "KeyType": "RANGE"},
        ],
        AttributeDefinitions=[
            {"AttributeName": "PK", "AttributeType": "S"},
            {"AttributeName": "SK", "AttributeType": "S"},
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    try:
        yield TABLE
    finally:
        client.delete_table(TableName=TABLE)
        server.stop()


@pytest.fixture(params=["sqlite", "dynamodb"])
def make_chat(request, retrieval, tiny_home):
    table = request.getfixturevalue("dynamo_table") if request.param == "dynamodb" else ""
    settings = AgentSettings(provider="offline", threads_table=table)
    return lambda: build_chat(retrieval, settings, home=tiny_home)


def test_threads_outlive_the_process_and_are_listed_and_deleted(make_chat, tiny_home, request):
    first = make_chat().ask_once("demo", "why the first one?")
    make_chat().ask_once("demo", "and the second?", thread_id=first.thread_id)
    other = make_chat().ask_once("demo", "hello")
    stranger = make_chat().ask_once("ml:1", "hello")
    chat = make_chat()
    listed = asyncio.run(chat.threads("demo"))
    assert [(t.thread_id, t.n_turns, t.first_question) for t in listed] == [
        (other.thread_id, 1, "hello"),
        (first.thread_id, 2, "why the first one?"),
    ]
    turns = asyncio.run(chat.turns("demo", first.thread_id))
    assert [turn.question for turn in turns] == ["why the first one?", "and the second?"]
    for action in (chat.turns, chat.delete_thread):
        with pytest.raises(UnknownThread):
            asyncio.run(action("demo", stranger.thread_id))
    asyncio.run(chat.delete_thread("demo", first.thread_id))
    assert [t.thread_id for t in asyncio.run(chat.threads("demo"))] == [other.thread_id]
    with pytest.raises(UnknownThread):
        asyncio.run(chat.turns("demo", first.thread_id))
    in_dynamo = "dynamodb" in request.node.name
    assert (tiny_home / "threads.sqlite3").exists() != in_dynamo


def test_a_proposal_waits_in_the_thread(make_chat, retrieval):
    proposed = make_chat().ask_once("demo", "forget Titanic")
    done = make_chat().ask_once("demo", "yes", thread_id=proposed.thread_id)
    assert done.intent == "confirm"
    assert 1721 not in {event.movie_id for event in retrieval.profiles.history("demo").events}


def test_a_long_thread_keeps_its_newest_turns_and_one_checkpoint(retrieval, tiny_home):
    chat = build_chat(retrieval, AgentSettings(provider="offline"), home=tiny_home)
    thread_id = None
    for number in range(MAX_TURNS + 3):
        answer = chat.ask_once("demo", f"thanks {number}", thread_id=thread_id)
        thread_id = answer.thread_id
    turns = asyncio.run(chat.turns("demo", thread_id))
    assert len(turns) == MAX_TURNS
    assert turns[-1].question == f"thanks {MAX_TURNS + 2}"
    (summary,) = asyncio.run(chat.threads("demo"))
    assert (summary.n_turns, summary.first_question) == (MAX_TURNS + 3, "thanks 0")
    with sqlite3.connect(tiny_home / "threads.sqlite3") as connection:
        (count,) = connection.execute("SELECT COUNT(*) FROM checkpoints").fetchone()
    connection.close()
    assert count == 1


def test_a_table_that_is_not_there_is_named(retrieval, tiny_home, dynamo_table):
    settings = AgentSettings(provider="offline", threads_table="no-such-table")
    chat = build_chat(retrieval, settings, home=tiny_home)
    with pytest.raises(StateUnavailable, match="no-such-table"):
        chat.ask_once("demo", "hello")
    assert dynamo_table == TABLE


async def test_a_cancelled_answer_changes_nothing_and_leaves_no_turn(make_chat):
    chat = make_chat()
    stream = chat.stream("demo", "why the first one?", thread_id="cancelled")
    async for event in stream:
        assert isinstance(event, StatusEvent)
        break
    await stream.aclose()
    assert await chat.threads("demo") == []
    with pytest.raises(UnknownThread):
        await chat.turns("demo", "cancelled")
