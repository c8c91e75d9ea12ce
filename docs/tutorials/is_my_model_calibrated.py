"""
Is my model calibrated?
=======================

Predictions of any model can be judged: here a random forest, which is accurate and underconfident.
"""

# %%
# Predictions of someone else's model
# -----------------------------------

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

from xent.losses import softmax_cross_entropy
from xent.scoring import judge

X, y = load_digits(return_X_y=True)
X_train, X_rest, y_train, y_rest = train_test_split(X, y, test_size=0.5, random_state=0)
X_tune, X_test, y_tune, y_test = train_test_split(X_rest, y_rest, test_size=0.5, random_state=0)
CLASSES = [str(digit) for digit in range(10)]
forest = RandomForestClassifier(100, min_samples_leaf=3, random_state=0).fit(X_train, y_train)

# %%
# A forest can give a label the probability 0, whose loss is infinite, and rightly so: one such row would
# show that the forest should never have been certain. Mixing in a little of the uniform distribution makes
# every label possible.


def log_probabilities(rows):
    return np.log(0.999 * forest.predict_proba(rows) + 0.001 / 10)


judged = judge(log_probabilities(X_test), y_test, classes=CLASSES)
print(f"error {judged.error.value:.3f}, cross-entropy {judged.cross_entropy.value:.3f} nats")

# %%
# A temperature
# -------------
# One number, fitted on rows that neither the forest nor the judgement has seen.


def loss_at(temperature):
    return float(softmax_cross_entropy.mean(log_probabilities(X_tune), y_tune, temperature=temperature))


best = minimize_scalar(loss_at, bounds=(0.1, 3), method="bounded").x
calibrated = log_probabilities(X_test) / best
calibrated -= np.log(np.exp(calibrated).sum(axis=1, keepdims=True))
after = judge(calibrated, y_test, classes=CLASSES)
print(f"temperature {best:.2f}: below 1, so the forest was not sure enough")
print(f"error {after.error.value:.3f}, cross-entropy {after.cross_entropy.value:.3f} nats")

# %%
# The error has not moved and the loss has fallen: the decisions were right all along, the probabilities
# were not.

figure, axis = plt.subplots(figsize=(4, 4), layout="constrained")
axis.plot([0, 1], [0, 1], color="0.7")
for name, log_probs, marker in (("forest", log_probabilities(X_test), "s--"), ("after", calibrated, "o-")):
    confidence = np.exp(log_probs.max(axis=1))
    right = log_probs.argmax(axis=1) == y_test
    bins = np.array_split(np.argsort(confidence), 8)
    axis.plot([confidence[b].mean() for b in bins], [right[b].mean() for b in bins], marker, label=name)
axis.set(xlabel="confidence", ylabel="share that is right")
_ = axis.legend(frameon=False)
