import pytest
from pydantic import ValidationError

from api.settings import ApiSettings, ServeSettings, SharedRetrievalSettings
from retrieval.settings import RetrievalSettings


def test_a_loopback_server_answers_to_loopback_names_alone() -> None:
    assert ServeSettings().accepted_hosts == {"127.0.0.1", "localhost", "::1"}
    assert ServeSettings(host="0.0.0.0").accepted_hosts == frozenset()


def test_configured_names_win_and_ignore_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHYLENS_ALLOWED_HOSTS", "Films.example, www.films.example")
    assert ServeSettings().accepted_hosts == {"films.example", "www.films.example"}
    assert ApiSettings().accepted_hosts == {"films.example", "www.films.example"}


def test_the_demo_viewer_is_writable_at_home_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert RetrievalSettings().demo_writable
    assert not SharedRetrievalSettings().demo_writable
    monkeypatch.setenv("WHYLENS_DEMO_WRITABLE", "true")
    assert SharedRetrievalSettings().demo_writable


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ValidationError):
        ApiSettings(max_body_bytes=0)
    with pytest.raises(ValidationError):
        ServeSettings(port=70_000)


def test_arguments_go_before_variables_and_an_empty_variable_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WHYLENS_WRITE_ATTEMPTS", "7")
    monkeypatch.setenv("WHYLENS_STATE_TABLE", "")
    assert RetrievalSettings().write_attempts == 7
    assert RetrievalSettings(write_attempts=3).write_attempts == 3
    assert RetrievalSettings().state_table == ""
    monkeypatch.setenv("WHYLENS_WRITE_ATTEMPTS", "")
    assert RetrievalSettings().write_attempts == 20


def test_a_variable_that_is_none_of_its_kind_is_refused_without_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WHYLENS_WRITE_ATTEMPTS", "hidden")
    with pytest.raises(ValidationError, match="write_attempts") as refusal:
        RetrievalSettings()
    assert "hidden" not in str(refusal.value)
