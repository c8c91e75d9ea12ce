"""
A language model's last layer, without its logits
=================================================

The logits of a large vocabulary are the largest array of a training step. ``linear_cross_entropy`` computes
the loss and its gradients a few rows at a time. :doc:`Measured on a small transformer </language_model>`:
the same curve in a fifth of the memory.
"""

import matplotlib.pyplot as plt
import torch

import xent.torch

# %%
# The same loss, the same gradients
# ---------------------------------
# 512 places of text, hidden states of width 64, a vocabulary of 8,000 words.

torch.manual_seed(0)
hidden = torch.randn(512, 64, requires_grad=True)
weight = (torch.randn(8_000, 64) / 8).requires_grad_()
words = torch.randint(8_000, (512,))

usual = torch.nn.functional.cross_entropy(hidden @ weight.T, words)
theirs = torch.autograd.grad(usual, (hidden, weight))
loss = xent.torch.linear_cross_entropy(hidden, weight, words)
ours = torch.autograd.grad(loss, (hidden, weight))

print(f"loss {float(usual.detach()):.6f} and {float(loss.detach()):.6f}")
for name, a, b in zip(("hidden", "weight"), theirs, ours, strict=True):
    print(f"largest difference of the gradient of {name}: {float((a - b).abs().max() / a.abs().max()):.1e}")

# %%
# The arrays that are never made
# ------------------------------

logits = 512 * 8_000 * 4
print(f"logits: {logits / 2**20:.1f} MiB; their gradient and log-probabilities as much again, each")

# %%
# The way that was taken
# ----------------------

print(xent.torch.explain(xent.torch.linear_cross_entropy, hidden, weight, words))

# %%
# Growth with the vocabulary
# --------------------------
# The logits grow with rows times vocabulary; the gradients that both ways return grow with the vocabulary
# alone.

sizes = [8_000, 32_000, 128_000, 256_000]
figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
axis.loglog(sizes, [8_192 * n * 4 / 2**30 for n in sizes], "o--", label="logits of 8,192 rows")
axis.loglog(sizes, [n * 512 * 4 / 2**30 for n in sizes], "o-", label="gradient of the weights, width 512")
axis.set(xlabel="vocabulary", ylabel="GiB, float32")
_ = axis.legend(frameon=False)
