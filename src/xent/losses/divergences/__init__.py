"""Divergences from a target distribution, and distillation."""
