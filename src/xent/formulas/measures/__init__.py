"""
Formulas of information measures of distributions, as sums of terms that do not cancel.

They may import the shared pieces above this folder, `formulas.losses`, `precision` and `arrays`.
"""
