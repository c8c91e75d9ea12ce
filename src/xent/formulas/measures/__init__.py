"""
Formulas of information measures of distributions, as sums of terms that do not cancel.

May import the shared modules of `xent.formulas`, `formulas.losses`, `precision` and `arrays`.
"""
