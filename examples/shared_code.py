"""
A shared code for two variants of an experiment.

Two variants of one experiment have the same six outcomes with different frequencies, and report the outcomes
through one channel whose messages hold 280 bits. Each variant has an optimal code of its own, but the
receiver can keep only one code. Run with ``python examples/shared_code.py``.
"""

from xent.measures.codes import account, best_shared_code, huffman_code

OUTCOMES = ("none", "weak", "fair", "good", "strong", "complete")
STEEP = (1 / 2, 1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 32)
EVEN = (1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 8, 1 / 8)
MESSAGE = 280


def main() -> None:
    """Print the three codes, the cost of each on each variant, and the reason."""
    mixture = [(a + b) / 2 for a, b in zip(STEEP, EVEN, strict=True)]
    codes = {name: huffman_code(p) for name, p in (("steep", STEEP), ("even", EVEN), ("mixed", mixture))}
    print("outcome   " + "".join(f"{name:>8}" for name in codes))
    for k, outcome in enumerate(OUTCOMES):
        print(f"{outcome:10}" + "".join(f"{code.codewords[k]:>8}" for code in codes.values()))

    found = best_shared_code(list(codes.values()), [STEEP, EVEN])
    print(f"\nBits per outcome, and outcomes in a message of {MESSAGE} bits:\n")
    print(f"{'code':8}{'on steep':>16}{'on even':>16}{'on both':>16}")
    for name, lengths, average in zip(codes, found.expected_lengths, found.averages, strict=True):
        cells = (f"{length:.5f} ({int(MESSAGE / length)})" for length in (*lengths, average))
        print(f"{name:8}" + "".join(f"{cell:>16}" for cell in cells))

    abroad = account(codes["steep"], built_for=STEEP, run_on=EVEN)
    away = account(codes["even"], built_for=EVEN, run_on=STEEP)
    print(f"\nThe steep code loses {abroad.divergence:.4f} bits on the even variant, KL(even || steep);")
    print(f"the even code loses {away.divergence:.4f} bits on the steep one, KL(steep || even).")
    print("The divergence is not symmetric: the cautious code is the cheaper one to be wrong with, and here")
    print("it is as short as the code made for the mixture, so no symbol code serves both better.")


if __name__ == "__main__":
    main()
