"""Losses of a Dirichlet distribution whose evidence is the logits."""
