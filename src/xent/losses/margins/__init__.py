"""Losses with a margin at the cosine or logit of the label."""
