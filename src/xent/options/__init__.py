"""
Rules of the options that losses share: smoothing, means over a denominator, row weights, softcap, top k.

Losses for any array library, `xent.torch` and the host code of the kernels call these plain functions, so
that an option has the same meaning on every path. The functions take arrays of any library or plain numbers
and check only names of rules and `top_k`, no values of arrays. May import `arrays`; no array library but
NumPy.
"""
