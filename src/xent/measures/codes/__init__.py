"""
Codes: codewords for a distribution, and expected lengths of a code on a source.

Symbol codes (`shannon_code`, `shannon_fano_elias_code`, `huffman_code`, `canonical_code`) return a frozen
`Code`. `account` splits the expected length of a code built for one distribution and run on another into the
entropy of the source, the divergence of the model, and the cost of whole digits. `best_shared_code` compares
codes on a mixture of sources. `encode` and `decode` convert symbols to bytes and back with a range coder,
whose messages are about as long as the cross-entropy.

Code lengths are computed in exact rational arithmetic, never from a rounded logarithm. Probabilities here are
sequences or arrays on the host. May import `formulas`, `arrays`, `errors` and NumPy; constriction, an
optional library, inside the functions of `range_coding` alone.
"""

from xent.measures.codes.best_shared_code import SharedCode, best_shared_code
from xent.measures.codes.code import Code, canonical_code
from xent.measures.codes.code_account import CodeAccount, account
from xent.measures.codes.huffman_code import huffman_code
from xent.measures.codes.range_coding import decode, encode
from xent.measures.codes.shannon_code import shannon_code
from xent.measures.codes.shannon_fano_elias_code import shannon_fano_elias_code

__all__ = [
    "Code",
    "CodeAccount",
    "SharedCode",
    "account",
    "best_shared_code",
    "canonical_code",
    "decode",
    "encode",
    "huffman_code",
    "shannon_code",
    "shannon_fano_elias_code",
]
