import json
import random

import pytest

from retrieval.build import build_stores
from retrieval.domain.models import ViewerId
from retrieval.ports import DocumentStore
from retrieval.settings import RetrievalSettings

ANNA = ViewerId("anna")


@pytest.fixture
def documents(state_settings: RetrievalSettings) -> DocumentStore:
    return build_stores(state_settings)[1]


def incompressible(n_chars: int, seed: int) -> str:
    return json.dumps([random.Random(seed).randbytes(n_chars // 2).hex()])


def test_explanations_are_kept(documents):
    assert documents.load_explanation("x1") is None
    documents.save_explanation("x1", ANNA, '{"title": "Amélie 🎬"}')
    assert documents.load_explanation("x1") == '{"title": "Amélie 🎬"}'


def test_the_same_id_replaces_an_explanation(documents):
    for text in (incompressible(2_000_000, 1), incompressible(1_500_000, 2), '{"short": 1}'):
        documents.save_explanation("x1", ANNA, text)
        assert documents.load_explanation("x1") == text


def test_an_explanation_of_several_megabytes_survives(documents):
    long = incompressible(5_000_000, 3)
    documents.save_explanation("long", ANNA, long)
    documents.save_explanation("short", ANNA, "{}")
    assert documents.load_explanation("long") == long


def test_cached_texts_are_found_until_their_time_is_over(documents):
    assert documents.cached_text("movie:1|m|p") is None
    documents.cache_text("movie:1|m|p", "a slow film 🎬", ttl_s=3600)
    documents.cache_text("movie:2|m|p", "a quick film", ttl_s=-1)
    assert documents.cached_text("movie:1|m|p") == "a slow film 🎬"
    assert documents.cached_text("movie:2|m|p") is None
    documents.cache_text("movie:1|m|p", "another reading", ttl_s=3600)
    assert documents.cached_text("movie:1|m|p") == "another reading"


def test_explanations_and_cached_texts_do_not_meet(documents):
    documents.save_explanation("same", ANNA, "explanation")
    documents.cache_text("same", "cached", ttl_s=3600)
    assert documents.load_explanation("same") == "explanation"
    assert documents.cached_text("same") == "cached"
