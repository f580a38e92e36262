"""What a provider's failure means: in plain words, and whether trying again can help.

=============================================  ==============================================
failure                                        trying again
=============================================  ==============================================
connection refused or cut, timeout, 5xx        may help
429                                            may help, when ``retry-after`` is over
malformed or truncated output, no object       may help, once
400, 401, 403, 404, 413, 422                   cannot: the same request fails the same way
=============================================  ==============================================
"""

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from agents.rate_limit import RateLimitReached

if TYPE_CHECKING:
    import groq

__all__ = ["Failure", "UnusableAnswer", "failure_of", "provider_errors"]

_HEALING: Final = frozenset({408, 409})
_MALFORMED: Final = frozenset({"json_validate_failed", "tool_use_failed"})
"""Codes with which Groq refuses, as a 400, what its own model has written."""
_NO_MODEL: Final = frozenset({"model_not_found", "model_decommissioned"})


class UnusableAnswer(ValueError):
    """The provider answered 200, but not with a complete object."""


class Failure(NamedTuple):
    """One failed request."""

    reason: str
    """In words fit for a reader: no addresses, no keys, no text of the server."""
    retry: Literal["never", "once", "while_there_is_time"]


def provider_errors() -> tuple[type[Exception], ...]:
    """Everything that a provider's answer can raise on its way to an object.

    Parser and JSON errors are ValueErrors, an answer of the wrong shape a TypeError or LookupError.
    Only who meets an error waits for the SDK: an ``except`` clause is looked at when one is raised.
    """
    import groq
    import httpx

    return (
        groq.GroqError,
        httpx.HTTPError,
        RateLimitReached,
        ValueError,
        TypeError,
        LookupError,
    )


def failure_of(error: Exception, model_name: str) -> Failure:
    """What one of `provider_errors` means."""
    import groq
    import httpx

    if isinstance(error, RateLimitReached):
        return Failure(str(error), "never")
    if isinstance(error, groq.APIStatusError):
        return _of_status(error, model_name)
    if isinstance(error, groq.APITimeoutError):
        return Failure("the provider did not answer in time", "while_there_is_time")
    if isinstance(error, groq.APIConnectionError | httpx.HTTPError):
        return Failure("the provider could not be reached", "while_there_is_time")
    if isinstance(error, UnusableAnswer):
        return Failure(str(error), "once")
    return Failure("the provider's answer could not be read", "once")


def _of_status(error: "groq.APIStatusError", model_name: str) -> Failure:
    code, status = _code(error.body), error.status_code
    if code in _NO_MODEL:
        return Failure(
            f"the provider has no model '{model_name}' (it may have been retired);"
            " choose another with GROQ_MODEL",
            "never",
        )
    if code in _MALFORMED:
        return Failure("the answer was not the JSON object that was asked for", "once")
    if status == 429:
        return Failure("the provider's rate limit is used up (429)", "while_there_is_time")
    if status >= 500 or status in _HEALING:
        return Failure(f"the provider answered with status {status}", "while_there_is_time")
    told = {
        401: "the provider refused the API key (401); check GROQ_API_KEY",
        403: "the provider refused the API key (403); check GROQ_API_KEY",
        404: "the provider answered 404; check GROQ_BASE_URL, which is a host without a path",
        413: "the request is larger than the provider's plan allows (413); ask for fewer films or"
        " lower WHYLENS_MAX_OUTPUT_TOKENS",
    }
    return Failure(told.get(status, f"the provider answered with status {status}"), "never")


def _code(body: Any) -> str | None:
    error = body.get("error") if isinstance(body, dict) else None
    code = error.get("code") if isinstance(error, dict) else None
    return code if isinstance(code, str) else None
