"""
Rules behind options of a loss, each written once: smoothing, means over a denominator, row weights, softcap.

Losses for any array library, `xent.torch` and the host code of the kernels call these plain functions, so
that an option means the same on every path. They take arrays of any library or plain numbers and check
nothing but the words of an option. May import `arrays`; no array library but NumPy.
"""
