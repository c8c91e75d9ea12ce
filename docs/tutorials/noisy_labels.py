"""
Noisy labels
============

A third of the labels is wrong. Cross-entropy fits every label; robust losses give little weight to labels
that the rest of the data contradicts.
"""

# %%
# Digits with a third of the labels replaced
# ------------------------------------------

import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from xent.losses import GeneralizedCrossEntropy, softmax_cross_entropy

X, y = load_digits(return_X_y=True)
X_train, X_test, y_train, y_test = train_test_split(X / 16, y, test_size=0.4, random_state=0)
random = np.random.default_rng(0)
noisy = np.where(random.random(len(y_train)) < 0.35, random.integers(0, 10, len(y_train)), y_train)
print(f"{(noisy != y_train).mean():.0%} of the labels are wrong")

# %%
# One network, two losses
# -----------------------


def accuracy_curve(loss):
    torch.manual_seed(0)
    network = torch.nn.Sequential(torch.nn.Linear(64, 128), torch.nn.ReLU(), torch.nn.Linear(128, 10))
    optimizer = torch.optim.Adam(network.parameters(), lr=0.01)
    inputs, labels = torch.tensor(X_train, dtype=torch.float32), torch.tensor(noisy)
    test = torch.tensor(X_test, dtype=torch.float32)
    curve = []
    for _ in range(200):
        optimizer.zero_grad()
        loss(network(inputs), labels).mean().backward()
        optimizer.step()
        with torch.no_grad():
            curve.append(float((network(test).argmax(dim=1).numpy() == y_test).mean()))
    return curve


curves = {
    "cross-entropy": accuracy_curve(softmax_cross_entropy),
    "generalized cross-entropy, q = 0.7": accuracy_curve(GeneralizedCrossEntropy(q=0.7)),
}
for name, curve in curves.items():
    print(f"{name}: best {max(curve):.3f}, at the end {curve[-1]:.3f}")

# %%
# Cross-entropy learns the digits first and the errors later; its accuracy on clean rows falls while its
# training loss still falls.

figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
for (name, curve), dash in zip(curves.items(), ("--", "-"), strict=True):
    axis.plot(curve, dash, label=name)
axis.set(xlabel="step", ylabel="accuracy on clean rows", ylim=(0.5, 1))
_ = axis.legend(frameon=False)
