"""Distributions that the tests of codes share."""

import math

from hypothesis import strategies as st

__all__ = ["TABLE", "entropy", "weights"]

# Distribution, entropy, and expected lengths by Huffman, Shannon and Shannon-Fano-Elias, in bits.
TABLE = [
    ([0.25, 0.25, 0.2, 0.15, 0.15], 2.285475, 2.3, 2.5, 3.5),
    ([0.4, 0.2, 0.2, 0.1, 0.1], 2.121928, 2.2, 2.8, 3.8),
    ([1 / 3, 1 / 3, 1 / 4, 1 / 12], 1.855389, 2, 2.166667, 3.166667),
    ([1 / 2, 1 / 4, 1 / 8, 1 / 8], 1.75, 1.75, 1.75, 2.75),
]


def weights(most=8, least=1):
    """Lists of counts, some of them 0, not all."""
    return st.lists(st.integers(0, 1000), min_size=least, max_size=most).filter(any)


def entropy(p, radix=2):
    """By definition, in digits of the radix."""
    return math.fsum(-x * math.log(x, radix) for x in p if x > 0)
