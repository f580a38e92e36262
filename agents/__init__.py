"""Turns measured evidence into plain language in which every claim is checked."""
