"""
From a table to a classifier
============================

A table with numbers, categories, gaps and one class to predict: reading, fitting, judging and predicting
take a few lines, and the fit comes with a proof that it is the optimum.
"""

# %%
# The table
# ---------
# Any CSV, Parquet or Feather file, or any DataFrame. Here rows are drawn from a known rule, so that the
# best possible loss is known.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

import xent

random = np.random.default_rng(7)
rows = 2_000
age = random.integers(18, 80, rows)
income = np.exp(random.normal(10, 0.5, rows))
city = random.choice(["Basel", "Bern", "Zug"], rows, p=[0.5, 0.3, 0.2])
logit = 0.06 * (age - 45) + 0.8 * np.log(income / 22_000) + np.where(city == "Zug", 1.0, 0.0)
bought = random.random(rows) < 1 / (1 + np.exp(-logit))
table = pd.DataFrame(
    {"age": age, "income": income.round(2), "city": city, "bought": np.where(bought, "yes", "no")}
)
table.loc[random.random(rows) < 0.05, "income"] = np.nan
table.head()

# %%
# The fit
# -------
# A fifth of the rows is held out. The loss is the mean surprisal of their true classes.

fitted = xent.fit(table, target="bought")
judged = fitted.findings.held_out
print(f"cross-entropy on held-out rows: {judged.cross_entropy.value:.3f} nats")
print(f"95 % interval: {judged.cross_entropy.low:.3f} to {judged.cross_entropy.high:.3f}")

# %%
# The rule by which the rows were drawn has a loss as well: no model can be expected to do better.

rule = 1 / (1 + np.exp(-logit))
print(f"loss of the true rule: {-np.log(np.where(bought, rule, 1 - rule)).mean():.3f} nats")

# %%
# New rows
# --------

new = pd.DataFrame({"age": [25, 70], "income": [18_000.0, np.nan], "city": ["Bern", "Zug"]})
xent.predict(fitted.model, new)

# %%
# The learned probability over the age, for each city at an income of 22,000, and the rule (dashed).

figure, axis = plt.subplots(figsize=(6, 3), layout="constrained")
ages = np.arange(18, 80)
for name, shift, colour in (("Bern", 0.0, "#1f5fa8"), ("Zug", 1.0, "#c2562b")):
    grid = pd.DataFrame({"age": ages, "income": 22_000.0, "city": name})
    learned = xent.predict(fitted.model, grid)["p_yes"]
    axis.plot(ages, np.asarray(learned), color=colour, label=name)
    axis.plot(ages, 1 / (1 + np.exp(-0.06 * (ages - 45) - shift)), "--", color=colour)
axis.set(xlabel="age", ylabel="probability of yes")
_ = axis.legend(frameon=False)
