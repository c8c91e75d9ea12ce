"""Losses whose probabilities can be exactly 0."""
