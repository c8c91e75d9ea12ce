"""
Which code to share
===================

Two variants of an experiment have the same six outcomes with other frequencies. One code has to serve both.
"""

import matplotlib.pyplot as plt
import numpy as np

from xent import measures
from xent.measures.codes import best_shared_code, huffman_code

K1 = np.array([0.30, 0.25, 0.20, 0.10, 0.10, 0.05])
K2 = np.array([0.05, 0.20, 0.25, 0.15, 0.20, 0.15])
candidates = {"K1": K1, "K2": K2, "mixture": (K1 + K2) / 2, "uniform": np.full(6, 1 / 6)}

# %%
# Ideal lengths
# -------------
# The mean length of the ideal code of `q` on the source `p` is the cross-entropy of `p` and `q`.

lengths = {name: [measures.cross_entropy(p, q, base=2) for p in (K1, K2)] for name, q in candidates.items()}
for name, (first, second) in lengths.items():
    mean = (first + second) / 2
    print(
        f"{name:8} on K1 {first:.3f}  on K2 {second:.3f}  mean {mean:.3f} bits, {int(280 / mean)} in 280 bits"
    )

# %%
# Both specialists lose to the code that assumes nothing, because each pays more abroad than it saves at home.

figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
places = np.arange(len(lengths))
for shift, (source, colour) in enumerate((("K1", "#1f5fa8"), ("K2", "#c2562b"))):
    values = [pair[shift] for pair in lengths.values()]
    axis.bar(places + 0.35 * shift, values, width=0.35, color=colour, label=f"on {source}")
axis.set_xticks(places + 0.175, lengths)
axis.set(ylabel="bits per outcome", xlabel="code of", ylim=(2, 3))
_ = axis.legend(frameon=False)

# %%
# Whole digits
# ------------
# A code with one word for each outcome rounds. Huffman's codes, compared on the mixture of both sources:

codes = [huffman_code(q) for q in candidates.values()]
found = best_shared_code(codes, [K1, K2])
for name, average in zip(candidates, found.averages, strict=True):
    print(f"{name:8} {float(average):.3f} bits")
