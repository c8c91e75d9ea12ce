"""
A shared code for two variants of an experiment.

Two variants of one experiment, K1 and K2, have the same six outcomes with different frequencies, and report
the outcomes through one channel whose messages hold 280 bits. The receiver can keep only one code. The
probabilities are chosen so that the ideal codes of K1 and K2 need 2.622 and 2.693 bits per outcome: both are
longer than the code of the uniform distribution, which knows nothing of the variants, and the code of their
mixture is the shortest. Run with ``python examples/shared_code.py``.

>>> main()
Bits per outcome in ideal codes, and outcomes in a message of 280 bits:
<BLANKLINE>
code of         on K1     on K2   average  outcomes
K1             2.3660    2.8783    2.6221       106
K2             2.9198    2.4660    2.6929       103
mixture        2.4626    2.5898    2.5262       110
uniform        2.5850    2.5850    2.5850       108
<BLANKLINE>
The same in Huffman codes, whose codewords have whole bits:
<BLANKLINE>
code of         on K1     on K2   average  outcomes
K1             2.4000    2.8000    2.6000       107
K2             2.8500    2.5500    2.7000       103
mixture        2.5500    2.5500    2.5500       109
uniform        2.8500    2.6500    2.7500       101
<BLANKLINE>
On K2 the code of K1 adds KL(K2 || K1) = 0.4123 bits; on K1 that of K2 adds KL(K1 || K2) = 0.5538:
the divergence is not symmetric. The code of the mixture adds 0.1102 bits on average, the
Jensen-Shannon divergence, and no shared code adds less.
"""

from collections.abc import Callable
from typing import Any

from xent import measures
from xent.measures.codes import best_shared_code, huffman_code

K1 = (0.30, 0.25, 0.20, 0.10, 0.10, 0.05)
K2 = (0.05, 0.20, 0.25, 0.15, 0.20, 0.15)
MODELS = {
    "K1": K1,
    "K2": K2,
    "mixture": tuple((a + b) / 2 for a, b in zip(K1, K2, strict=True)),
    "uniform": (1 / 6,) * 6,
}
MESSAGE = 280


def main() -> None:
    """Print the lengths of the ideal codes and of Huffman codes, and the divergences."""
    print(f"Bits per outcome in ideal codes, and outcomes in a message of {MESSAGE} bits:\n")
    compare(lambda model: model)
    print("\nThe same in Huffman codes, whose codewords have whole bits:\n")
    compare(huffman_code)
    there, back = (measures.kl_divergence(p, q, base=2) for p, q in ((K2, K1), (K1, K2)))
    shared = measures.js_divergence(K1, K2, base=2)
    print(f"\nOn K2 the code of K1 adds KL(K2 || K1) = {there:.4f} bits; on K1 that of K2 adds ", end="")
    print(f"KL(K1 || K2) = {back:.4f}:")
    print(f"the divergence is not symmetric. The code of the mixture adds {shared:.4f} bits on average, the")
    print("Jensen-Shannon divergence, and no shared code adds less.")


def compare(make: Callable[[Any], Any]) -> None:
    """Print the expected length of each model's code on both variants."""
    found = best_shared_code([make(model) for model in MODELS.values()], [K1, K2])
    print(f"{'code of':12}{'on K1':>9}{'on K2':>10}{'average':>10}{'outcomes':>10}")
    for name, lengths, average in zip(MODELS, found.expected_lengths, found.averages, strict=True):
        cells = "".join(f"{length:10.4f}" for length in (*lengths, average))
        print(f"{name:11}{cells}{int(MESSAGE / average):10}")


if __name__ == "__main__":
    main()
