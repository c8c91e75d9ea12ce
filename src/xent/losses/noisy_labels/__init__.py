"""Losses for noisy labels, of which some are wrong."""
