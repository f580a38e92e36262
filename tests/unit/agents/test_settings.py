"""Settings of the agents room."""

import pytest
from pydantic import ValidationError

from agents.settings import AgentSettings


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch):
    for name in ("GROQ_API_KEY", "GROQ_MODEL", "GROQ_BASE_URL", "WHYLENS_PROVIDER"):
        monkeypatch.delenv(name, raising=False)


def test_auto_is_offline_without_a_key_and_groq_with_one(monkeypatch):
    assert AgentSettings().active_provider == "offline"
    monkeypatch.setenv("GROQ_API_KEY", "gsk-secret")
    assert AgentSettings().active_provider == "groq"
    monkeypatch.setenv("WHYLENS_PROVIDER", "offline")
    assert AgentSettings().active_provider == "offline"


def test_an_empty_key_is_no_key(monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", "")
    assert AgentSettings().active_provider == "offline"


def test_groq_without_a_key_is_refused_with_advice():
    with pytest.raises(ValidationError, match="GROQ_API_KEY"):
        AgentSettings(provider="groq")


def test_the_usual_groq_variables_are_understood(monkeypatch):
    monkeypatch.setenv("GROQ_MODEL", "openai/gpt-oss-20b")
    monkeypatch.setenv("GROQ_BASE_URL", "http://127.0.0.1:9/openai/v1/")
    settings = AgentSettings()
    assert settings.groq_model == "openai/gpt-oss-20b"
    assert settings.groq_base_url == "http://127.0.0.1:9"


def test_the_key_is_never_printed(monkeypatch):
    monkeypatch.setenv("GROQ_API_KEY", "gsk-secret")
    settings = AgentSettings()
    assert "gsk-secret" not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        AgentSettings().provider = "groq"
