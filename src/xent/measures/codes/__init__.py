"""
Codes: distributions turned into codewords, and what a code costs where it is used.

Symbol codes (`shannon_code`, `shannon_fano_elias_code`, `huffman_code`, `canonical_code`) give a frozen
`Code`; `account` splits the length of a code built for one distribution and run on another into what the
source needs, what the wrong model adds, and what whole digits add; `best_shared_code` compares codes on a
mixture of sources. `encode` and `decode` write real bytes with a range coder, whose count meets the
cross-entropy.

Code lengths are decided in exact rational arithmetic, never by a rounded logarithm. Probabilities here are
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
