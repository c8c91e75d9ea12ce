"""The number of a class as target, and a probability for each class, on the same points."""

import numpy as np

from docs.figures.style import CROSS_ENTROPY, MUTED, SQUARED_ERROR, THIRD, panels
from xent import LogisticRegression

random = np.random.default_rng(0)
CENTRES = {1: -3.0, 3: 0.0, 2: 3.0}
x = np.concatenate([random.normal(centre, 0.6, 40) for centre in CENTRES.values()])
number = np.repeat(list(CENTRES), 40)
grid = np.linspace(-5, 5, 201)

_, (left, right) = panels(2, width=3.6)
line = np.polyfit(x, number, 1)
left.plot(x, number, ".", color=MUTED, alpha=0.6)
left.plot(grid, np.polyval(line, grid), color=SQUARED_ERROR, label="fitted number")
left.set(
    xlabel="feature", ylabel="number of the class", yticks=[1, 2, 3], title="squared error of the number"
)
left.legend(frameon=False, fontsize=8)

model = LogisticRegression(C=10.0).fit(x[:, None], number)
probabilities = model.predict_proba(grid[:, None])
for name, column, dash, colour in zip(
    model.classes_, probabilities.T, ("-", "--", ":"), (CROSS_ENTROPY, SQUARED_ERROR, THIRD), strict=True
):
    right.plot(grid, column, dash, color=colour, label=f"class {name}")
right.set(xlabel="feature", ylabel="probability", title="softmax and cross-entropy")
right.legend(frameon=False, fontsize=8)
