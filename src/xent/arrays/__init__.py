"""
Array libraries behind one namespace.

The only room that asks which library an array belongs to: the namespace of an array, its dtype and device,
whether its values can be inspected, and the checks of arguments that public functions share. Everything above
is written against the namespace that this room returns, so a new array library is a change here alone.

May import array-api-compat; never loads a framework that is not loaded already.
"""

from xent.arrays.checks import check_dtype, check_shape, check_values, is_known_to_hold
from xent.arrays.class_axis import class_indices, entry_of_class, one_hot, unit_vectors
from xent.arrays.constant import constant
from xent.arrays.derivatives import differentiable_gradient, differentiable_value
from xent.arrays.dtypes import accumulation_dtype, class_numbers
from xent.arrays.formula import Formula
from xent.arrays.library import device_of, is_array
from xent.arrays.namespace import Array, Namespace, as_arrays, floats_beside, namespace_of
from xent.arrays.numpy_memory import check_unmasked, numpy_array, plain
from xent.arrays.row_blocks import in_row_blocks
from xent.arrays.row_sums import in_blocks, leading_digits, row_sum

__all__ = [
    "Array",
    "Formula",
    "Namespace",
    "accumulation_dtype",
    "as_arrays",
    "check_dtype",
    "check_shape",
    "check_unmasked",
    "check_values",
    "class_indices",
    "class_numbers",
    "constant",
    "device_of",
    "differentiable_gradient",
    "differentiable_value",
    "entry_of_class",
    "floats_beside",
    "in_blocks",
    "in_row_blocks",
    "is_array",
    "is_known_to_hold",
    "leading_digits",
    "namespace_of",
    "numpy_array",
    "one_hot",
    "plain",
    "row_sum",
    "unit_vectors",
]
