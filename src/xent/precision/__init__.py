"""
Double-word arithmetic: error-free transformations of floats, and functions of pairs of floats.

A number is kept as a rounded part and a low-order part, whose unevaluated sum has twice the digits of one
float. `exact_difference` and `exact_product` compute such pairs, `double_word` adds and multiplies them,
`logarithm` and `exponential` are functions of them, and `exact_logits` carries them through a formula.

May import `arrays`; no array library.
"""
