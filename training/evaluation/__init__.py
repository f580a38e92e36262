"""Honest numbers: every model is fitted on a training part and judged on rows it never saw."""
