"""Losses that weight an example by the probability of its label under the model."""
