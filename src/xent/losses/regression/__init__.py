"""Likelihoods of numbers and counts."""
