"""
Numbers with twice the digits of a word, and what is exact with them.

A value is kept as a rounded part and a low-order part whose sum has all digits: `exact_difference` and
`exact_product` make such pairs, `double_word` adds and multiplies them, `logarithm` and `exponential` are
functions of them, `exact_logits` carries them through a formula. May import `arrays`; no array library.
"""
