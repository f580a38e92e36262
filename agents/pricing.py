"""What tokens cost."""

from typing import Final, NamedTuple

__all__ = ["PRICES", "Price", "cost_usd"]


class Price(NamedTuple):
    """US dollars for a million tokens."""

    input: float
    output: float


PRICES: Final = {
    "openai/gpt-oss-120b": Price(0.15, 0.60),
    "openai/gpt-oss-20b": Price(0.075, 0.30),
}
"""Groq's list prices as last known (late 2025). Cached input, batches and other hosts differ."""

_GROQ_HOST: Final = "https://api.groq.com"


def cost_usd(
    *, provider: str, model: str, base_url: str, input_tokens: int, output_tokens: int
) -> float | None:
    """Cost of an answer; None when the price is not known, 0 when nothing was bought."""
    if provider == "offline" or input_tokens + output_tokens == 0:
        return 0.0
    price = PRICES.get(model) if base_url == _GROQ_HOST else None
    if price is None:
        return None
    return round((input_tokens * price.input + output_tokens * price.output) / 1e6, 8)
