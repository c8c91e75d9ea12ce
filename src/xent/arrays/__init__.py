"""
Array libraries behind one namespace.

The only room that asks which library an array belongs to: the namespace of an array, its dtype and device,
whether its values can be inspected, and the checks of arguments that public functions share. Everything above
is written against the namespace that this room returns, so a new array library is a change here alone.

May import array-api-compat; never loads a framework that is not loaded already.
"""

from xent.arrays.array_parameters import plain_number, without_arrays
from xent.arrays.calls_by_keras import refuse_call_by_keras
from xent.arrays.checks import (
    check_dtype,
    check_shape,
    is_known_to_hold,
    is_number,
    is_traced,
    may_be_read,
)
from xent.arrays.class_axis import (
    accumulation_dtype,
    class_indices,
    class_numbers,
    entry_of_class,
    one_hot,
    unit_vectors,
)
from xent.arrays.constant import constant
from xent.arrays.coverage_level import check_level
from xent.arrays.derivatives import differentiable, differentiable_pair, in_row_blocks
from xent.arrays.formula import Formula
from xent.arrays.host_memory import from_host_memory, host_memory
from xent.arrays.namespace import (
    Array,
    Namespace,
    as_arrays,
    device_of,
    floats_beside,
    is_array,
    is_jax,
    namespace_of,
)
from xent.arrays.numpy_memory import check_unmasked, numpy_array, plain
from xent.arrays.real_arrays import BEYOND, real_numbers
from xent.arrays.row_sums import in_blocks, leading_digits, row_sum
from xent.arrays.torch_autocast import as_autocast_loss, without_autocast
from xent.arrays.torch_dtensors import RowsOfRank, is_distributed
from xent.arrays.torch_ranks import raised_together
from xent.arrays.torch_scripting import refuse_script
from xent.arrays.value_checks import are_known_to_be_finite, check_values, nan_where, valid_values
from xent.arrays.whole_numbers import checked_integer

__all__ = [
    "BEYOND",
    "Array",
    "Formula",
    "Namespace",
    "RowsOfRank",
    "accumulation_dtype",
    "are_known_to_be_finite",
    "as_arrays",
    "as_autocast_loss",
    "check_dtype",
    "check_level",
    "check_shape",
    "check_unmasked",
    "check_values",
    "checked_integer",
    "class_indices",
    "class_numbers",
    "constant",
    "device_of",
    "differentiable",
    "differentiable_pair",
    "entry_of_class",
    "floats_beside",
    "from_host_memory",
    "host_memory",
    "in_blocks",
    "in_row_blocks",
    "is_array",
    "is_distributed",
    "is_jax",
    "is_known_to_hold",
    "is_number",
    "is_traced",
    "leading_digits",
    "may_be_read",
    "namespace_of",
    "nan_where",
    "numpy_array",
    "one_hot",
    "plain",
    "plain_number",
    "raised_together",
    "real_numbers",
    "refuse_call_by_keras",
    "refuse_script",
    "row_sum",
    "unit_vectors",
    "valid_values",
    "without_arrays",
    "without_autocast",
]
