"""Losses that ask the label's cosine or logit for a margin."""
