"""Formulas of losses of evidence: a network's outputs are the parameters of a Dirichlet distribution."""
