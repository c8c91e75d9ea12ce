r"""
Cross-entropies of rows of logits whose classes lie in one place, or are sharded among the devices of a mesh.

A softmax over shards of classes is a softmax over the shards, whose logits are the log-normalisers
:math:`L_s` of their parts, times one within each shard. So for a label in shard :math:`s`

.. math:: -\log p_y = -\log \mathrm{softmax}(L)_s - \log \mathrm{softmax}(z_s)_y ,

where neither term is negative and nothing cancels; and for targets, which shard :math:`s` has in the sum
:math:`T_s`, the two cross-entropies add up in the same way. The entropy is that of the shards plus the mean
of those within them.

Source: Shannon, C. E. (1948). A mathematical theory of communication. Section 6, the third property of
entropy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import jax
import jax.numpy as jnp

from xent.arrays import Formula, differentiable
from xent.formulas.losses.entropy_of_softmax import EntropyOfSoftmax
from xent.formulas.losses.log_normaliser import LogNormaliser
from xent.formulas.losses.softmax_cross_entropy import softmax_cross_entropy
from xent.formulas.losses.softmax_cross_entropy_of_targets import softmax_cross_entropy_of_targets
from xent.kernels.xla.fused import fused_in_xla

__all__ = ["Classes", "Sharded", "Together", "value_of"]


class Classes(Protocol):
    """
    Quantities of rows of logits of shape (n, C), of which a device may have a part.

    Losses and entropies are in nats. Results have shape (n,) where nothing else is said. Labels are numbers
    among the classes of all devices, of shape (n,), or (n, k) in `own`; targets are those of this device's
    classes, (n, C).
    """

    def count(self, participates: Any) -> Any:
        """
        Number of participating classes of each row, (n, 1), from `participates`, (n, C): 1 for these,
        else 0.
        """

    def own(self, labels: Any, count: int) -> Any:
        """Labels as numbers of the `count` classes here; -1 for others."""

    def anywhere(self, values: Any) -> Any:
        """
        Sum over the devices of `values`, entry by entry; `values` themselves if one device has all
        classes.
        """

    def of_labels(self, logits: Any, labels: Any) -> Any:
        """Cross-entropy of labels; nan for one out of range."""

    def of_targets(self, logits: Any, targets: Any) -> Any:
        """Cross-entropy of targets, which need not sum to 1, over the classes of all devices."""

    def normalisers(self, logits: Any) -> Any:
        """
        Array of shape (n, s) whose log-normaliser by row is that of the logits of all devices.

        It has the logits themselves, or, of sharded classes, the log-normaliser of each device.
        """

    def entropy(self, logits: Any) -> Any:
        """Entropy of the softmax."""

    def tops(self, logits: Any, k: int) -> tuple[Any, Any]:
        """The k largest logits of each row, falling, and their numbers among all classes, (n, k) each."""


def value_of(formula: Formula, logits: Any, *data: Any) -> Any:
    """
    Value of a formula for each row of `logits`, with its closed derivatives, by a kernel where there is one.

    `data` are the other arrays of the formula, such as labels or targets.
    """
    return differentiable("value", fused_in_xla(formula, logits), logits, *data, xp=jnp)


@dataclass(frozen=True)
class Together:
    """
    All classes in one place: the `Classes` of logits, (n, C), that hold those of all classes.

    Losses and entropies are in nats. Results have shape (n,) where nothing else is said.
    """

    def count(self, participates: Any) -> Any:
        """
        Number of participating classes of each row, (n, 1), from `participates`, (n, C): 1 for these,
        else 0.
        """
        return jnp.sum(participates, axis=-1, keepdims=True)

    def own(self, labels: Any, count: int) -> Any:
        """The labels; -1 for those out of range."""
        return jnp.where((labels >= 0) & (labels < count), labels, -1)

    def anywhere(self, values: Any) -> Any:
        """The values themselves."""
        return values

    def of_labels(self, logits: Any, labels: Any) -> Any:
        """Cross-entropy of labels; nan for one out of range."""
        return value_of(softmax_cross_entropy, logits, labels)

    def of_targets(self, logits: Any, targets: Any) -> Any:
        """Cross-entropy of targets, which need not sum to 1."""
        return value_of(softmax_cross_entropy_of_targets, logits, targets)

    def normalisers(self, logits: Any) -> Any:
        """The logits themselves, (n, C)."""
        return logits

    def entropy(self, logits: Any) -> Any:
        """Entropy of the softmax."""
        return value_of(EntropyOfSoftmax(), logits, logits[:, 0])

    def tops(self, logits: Any, k: int) -> tuple[Any, Any]:
        """
        The `k` largest logits of each row, in falling order, and their classes, both of shape (rows, k).

        Of tied logits that of the smaller class comes first.
        """
        found: tuple[Any, Any] = jax.lax.top_k(logits, k)
        return found


@dataclass(frozen=True)
class Sharded:
    """
    Classes sharded over an axis of a mesh, of equal number on each device.

    Methods are called inside of `jax.shard_map`. Losses and entropies are in nats; results have shape (n,)
    where nothing else is said.

    Parameters
    ----------
    axis : str
        Name of the axis.
    """

    axis: str

    def count(self, participates: Any) -> Any:
        """
        Number of participating classes of each row on all devices, (n, 1), the same on all devices.

        `participates`, (n, C), is 1 for those of this device, else 0.
        """
        return self.anywhere(jnp.sum(participates, axis=-1, keepdims=True))

    def own(self, labels: Any, count: int) -> Any:
        """
        Labels as numbers of the `count` classes of this device, in the shape of `labels`; -1 for
        others.
        """
        here = labels - count * jax.lax.axis_index(self.axis)
        return jnp.where((here >= 0) & (here < count), here, -1)

    def anywhere(self, values: Any) -> Any:
        """Sum of `values` over the devices, entry by entry."""
        return jax.lax.psum(values, self.axis)

    def of_labels(self, logits: Any, labels: Any) -> Any:
        """
        Cross-entropy in nats of each row, (n,), of labels, (n,), that are numbers among the classes of all
        devices.

        `logits`, (n, C), are those of this device; the result is the same on all, nan for a label out of
        range.
        """
        classes = logits.shape[-1]
        own = self.own(labels, classes)
        within = value_of(softmax_cross_entropy, _readable(logits), jnp.maximum(own, 0))
        across = value_of(
            softmax_cross_entropy, self.normalisers(logits), jnp.where(labels < 0, -1, labels // classes)
        )
        # Every device computes the same program; that of the label's device counts.
        return across + self.anywhere(jnp.where(own >= 0, within, 0))

    def of_targets(self, logits: Any, targets: Any) -> Any:
        """
        Cross-entropy in nats of each row, (n,), over the classes of all devices; the same on all of them.

        `logits` and `targets`, both (n, C), are those of this device's classes; targets need not sum to 1
        over all. A masked class, of logit ``-inf``, costs nothing with target 0, else infinity.
        """
        within = value_of(softmax_cross_entropy_of_targets, _readable(logits), targets)
        masses = self._of_each_device(jnp.sum(targets, axis=-1))
        across = value_of(softmax_cross_entropy_of_targets, self.normalisers(logits), masses)
        return across + self.anywhere(within)

    def normalisers(self, logits: Any) -> Any:
        """Log-normaliser of each device, of shape (n, devices); ``-inf`` where all its classes are masked."""
        return self._of_each_device(self._own_normaliser(logits))

    def entropy(self, logits: Any) -> Any:
        """
        Entropy in nats of the softmax over the classes of all devices, (n,), the same on all devices.

        `logits`, (n, C), are those of this device.
        """
        normalisers = self.normalisers(logits)
        across = value_of(EntropyOfSoftmax(), normalisers, normalisers[:, 0])
        whole = value_of(LogNormaliser(), normalisers, normalisers[:, 0])
        # Probability of this device's classes together, at most 1.
        share = jnp.exp(self._own_normaliser(logits) - whole)
        readable = _readable(logits)
        return across + self.anywhere(share * value_of(EntropyOfSoftmax(), readable, readable[:, 0]))

    def tops(self, logits: Any, k: int) -> tuple[Any, Any]:
        """
        The `k` largest logits of each row over all devices, in falling order, and their numbers among all
        classes.

        Both have the shape (n, k); `k` is at most the number of all classes, and may exceed that of one
        device. Of tied logits that of the smaller number comes first.
        """
        # The k largest of all are among the k largest of each device, so k numbers a device are exchanged.
        values, classes = jax.lax.top_k(logits, min(k, logits.shape[-1]))
        classes = classes + logits.shape[-1] * jax.lax.axis_index(self.axis)
        all_values, all_classes = (
            self._of_each_device(part).reshape(len(part), -1) for part in (values, classes)
        )
        values, places = jax.lax.top_k(all_values, k)
        return values, jnp.take_along_axis(all_classes, places, axis=-1)

    def _own_normaliser(self, logits: Any) -> Any:
        """Log-normaliser of the classes of this device, (n,); ``-inf`` where all are masked."""
        found = value_of(LogNormaliser(), _readable(logits), logits[:, 0])
        return jnp.where(jnp.all(logits == -jnp.inf, axis=-1), -jnp.inf, found)

    def _of_each_device(self, values: Any) -> Any:
        """
        Values of each device along a new axis 1, (n, devices, ...), of `values`, (n, ...); the same on all
        devices.
        """
        # A sum, not a gathering: its result counts as the same on all devices when `shard_map` checks that.
        places = jnp.arange(jax.lax.axis_size(self.axis)) == jax.lax.axis_index(self.axis)
        places = places.reshape(1, -1, *(1,) * (values.ndim - 1))
        return self.anywhere(jnp.where(places, values[:, None], 0))


def _readable(logits: Any) -> Any:
    """Logits, 0 in a row of which this device has masked classes only: a softmax would be nan."""
    return jnp.where(jnp.all(logits == -jnp.inf, axis=-1, keepdims=True), 0, logits)
