"""Cross-entropy and squared error as surfaces over truth and prediction."""

import matplotlib.pyplot as plt
import numpy as np

from xent.measures import binary_cross_entropy, binary_entropy

GRID = np.linspace(0.01, 0.99, 60)
truth, prediction = np.meshgrid(GRID, GRID, indexing="ij")

figure = plt.figure(figsize=(7.4, 3.4), layout="constrained")
surfaces = (
    ("cross-entropy, nats", binary_cross_entropy(truth, prediction), binary_entropy(GRID), "Greens_r"),
    ("squared error", (truth - prediction) ** 2, 0 * GRID, "Blues_r"),
)
for place, (title, height, valley, colours) in enumerate(surfaces, 1):
    axis = figure.add_subplot(1, 2, place, projection="3d", computed_zorder=False)
    axis.plot_surface(truth, prediction, height, cmap=colours, rcount=30, ccount=30, rasterized=True)
    axis.plot(GRID, GRID, valley, color="black", linewidth=1.5, zorder=5)
    axis.set(xlabel="truth p", ylabel="prediction q", title=title, zlim=(0, 4.6))
    axis.view_init(elev=24, azim=-58)
