"""Explaining and chatting without an event loop leave Mangum able to answer in the same thread."""

import asyncio
import json
from pathlib import Path

import pytest
from mangum import Mangum

from agents.build import build_chat, build_explainer
from agents.settings import AgentSettings
from api.app import create_app
from api.build import services_over
from api.settings import ApiSettings

EVENTS = json.loads((Path(__file__).parent / "apigw_events.json").read_text(encoding="utf-8"))


@pytest.fixture
def _current_loop():
    """The loop that Mangum finds in the main thread of a Lambda."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(None)


@pytest.mark.usefixtures("_current_loop")
def test_mangum_answers_after_a_blocking_explanation_and_chat(retrieval, tiny_home):
    app = create_app(services_over(retrieval, home=tiny_home), ApiSettings())
    handler = Mangum(app, lifespan="off")
    settings = AgentSettings(provider="offline")
    explainer = build_explainer(retrieval, settings)
    chat = build_chat(retrieval, settings, home=tiny_home, explainer=explainer)
    explainer.explain("ml:1", n=3)
    assert handler(EVENTS["recommendations"], None)["statusCode"] == 200
    chat.ask_once("demo", "why the first one?")
    assert handler(EVENTS["recommendations"], None)["statusCode"] == 200
