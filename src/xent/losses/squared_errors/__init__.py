"""Squared errors of probabilities, for comparison with cross-entropy."""
