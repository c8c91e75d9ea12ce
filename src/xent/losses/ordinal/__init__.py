"""Losses for classes with an order."""
