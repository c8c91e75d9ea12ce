"""
Softmax collapse
================

In 32 bits the usual cross-entropy of a row is exactly 0 once its label leads by 17. Its
gradient is then 0 as well. This is a small view of it; in :doc:`the full experiment </softmax_collapse>` a
network loses what it had learnt.
"""

import matplotlib.pyplot as plt
import torch

import xent.torch

# %%
# One row
# -------

lead = torch.linspace(0, 40, 161)
logits = torch.stack([lead, torch.zeros_like(lead)], dim=1)
label = torch.zeros(len(lead), dtype=torch.long)


def loss_and_slope(function):
    leaf = logits.clone().requires_grad_()
    loss = function(leaf, label, reduction="none")
    loss.sum().backward()
    return loss.detach(), -leaf.grad[:, 0]


usual, usual_slope = loss_and_slope(torch.nn.functional.cross_entropy)
exact, exact_slope = loss_and_slope(xent.torch.cross_entropy)
print(f"PyTorch's loss is 0 from a lead of {float(lead[usual == 0][0]):.2f} on")
print(f"the exact loss there: {float(exact[usual == 0][0]):.3g}")

# %%
# Training
# --------
# A network that separates its rows raises all leads. Share of rows whose loss is exactly 0, for two classes
# of points:

torch.manual_seed(0)
points = torch.randn(200, 2) + torch.tensor([[4.0, 0.0]]) * (torch.arange(200) % 2 * 2 - 1)[:, None]
classes = torch.arange(200) % 2
weight = torch.zeros(2, 2, requires_grad=True)
optimizer = torch.optim.Adam([weight], lr=0.5)
shares = {"PyTorch": [], "xent": []}
for _ in range(300):
    optimizer.zero_grad()
    loss = xent.torch.cross_entropy(points @ weight, classes, reduction="none")
    loss.mean().backward()
    optimizer.step()
    with torch.no_grad():
        theirs = torch.nn.functional.cross_entropy(points @ weight, classes, reduction="none")
    shares["PyTorch"].append(float((theirs == 0).float().mean()))
    shares["xent"].append(float((loss == 0).float().mean()))

figure, (left, right) = plt.subplots(1, 2, figsize=(7.5, 3), layout="constrained")
left.semilogy(lead, exact_slope, label="xent")
left.semilogy(lead[usual_slope > 0], usual_slope[usual_slope > 0], "--", label="PyTorch, then 0")
left.set(xlabel="lead of the label", ylabel="slope at the label")
for (name, share), dash in zip(shares.items(), ("--", "-"), strict=True):
    right.plot(share, dash, label=name)
right.set(xlabel="step", ylabel="share of losses that are exactly 0")
for axis in (left, right):
    axis.legend(frameon=False)
