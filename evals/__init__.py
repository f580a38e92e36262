"""Measures whether explanations tell the truth, and says so with an interval and a verdict."""
