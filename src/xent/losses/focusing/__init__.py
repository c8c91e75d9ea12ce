"""Losses that weight an example by how probable the model finds its label."""
