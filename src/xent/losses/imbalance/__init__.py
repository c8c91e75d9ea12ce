"""Losses and weights for rare classes."""
