"""
Rules of the options that losses share: smoothing, means over a denominator, row weights, the softcap.

Losses for any array library, `xent.torch` and the host code of the kernels call these plain functions, so
that an option has the same meaning on every path. The functions take arrays of any library or plain numbers
and check only the names of rules, not values. May import `arrays`; no array library but NumPy.
"""
