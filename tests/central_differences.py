"""Derivatives by differences, to check closed forms against something that shares nothing with them."""

import numpy as np

__all__ = ["central_gradient", "directional_derivative"]

_STEP = 1e-5


def directional_derivative(function, point, direction):
    """Derivative of `function` at `point` along `direction`, to about ten digits."""
    near = function(point + _STEP * direction) - function(point - _STEP * direction)
    far = function(point + 2 * _STEP * direction) - function(point - 2 * _STEP * direction)
    return (8 * near - far) / (12 * _STEP)


def central_gradient(function, point):
    """Gradient of a per-row `function` over the last axis of `point`."""
    units = np.eye(point.shape[-1])
    return np.stack([directional_derivative(function, point, unit) for unit in units], axis=-1)
