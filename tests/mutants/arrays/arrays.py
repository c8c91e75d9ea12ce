from tests.mutants.harness import Mutant
from tests.mutants.mutators import always, drop_call, drop_left, never

__all__ = ["MUTANTS"]

TESTS = "tests/arrays/"
NUMPY = TESTS + "test_numpy_memory.py::"

MUTANTS = (
    Mutant(
        "label -1 is the last class",
        "class_axis:entry_of_class",
        "(labels >= 0) & (labels < array.shape[-1])",
        drop_left,
        TESTS + "test_class_axis.py::test_the_entry_at_the_label_is_found_and_that_of_no_class_is_nan[numpy]",
    ),
    Mutant(
        "row order, whatever the logits' order",
        "class_axis:class_indices",
        "xp.zeros_like(like, dtype=classes.dtype)",
        "xp.zeros(like.shape, dtype=classes.dtype)",
        TESTS + "test_class_axis.py::test_what_is_made_lies_in_memory_as_the_logits_do",
    ),
    Mutant(
        "codes of another dtype",
        "class_axis:one_hot",
        "xp.astype(class_indices(like, xp=xp) == labels[..., None], like.dtype)",
        "xp.astype(class_indices(like, xp=xp) == labels[..., None], xp.float64)",
        TESTS
        + "test_class_axis.py::"
        + "test_a_label_is_coded_in_the_dtype_of_the_logits_and_no_class_is_coded_by_zeros[numpy]",
    ),
    Mutant(
        "a constant that is none",
        "constant:constant",
        "array.detach()",
        "array",
        TESTS + "test_constant.py::test_torch_sees_no_derivative",
    ),
    Mutant(
        "sums in half precision",
        "class_axis:accumulation_dtype",
        "xp.finfo(dtype).bits < 32",
        "xp.finfo(dtype).bits < 16",
        TESTS + "test_dtypes.py::test_sums_are_formed_in_32_bits_or_more[numpy-float16-float32]",
    ),
    Mutant(
        "broadcast a shape",
        "checks:check_shape",
        "found == shape",
        "sum(found) == sum(shape)",
        TESTS + "test_checks.py::test_a_shape_is_exact_and_the_message_says_how_to_mend_it[numpy]",
    ),
    Mutant(
        "the last wrong value for the first",
        "value_checks:_error_of",
        "xp.astype(xp.reshape(wrong, (-1,)), xp.int8)",
        "xp.cumulative_sum(xp.astype(xp.reshape(wrong, (-1,)), xp.int8))",
        TESTS + "test_checks.py::test_the_first_wrong_value_is_named_with_its_index[numpy]",
    ),
    Mutant(
        "look at no value",
        "checks:_is_on_host",
        '"cpu" in str(array_api_compat.device(array)).lower()',
        "False",
        TESTS + "test_checks.py::test_the_first_wrong_value_is_named_with_its_index[numpy]",
    ),
    Mutant(
        "take any dtype",
        "checks:check_dtype",
        "xp.isdtype(array.dtype, kind)",
        drop_call,
        TESTS + "test_checks.py::test_a_dtype_of_the_wrong_kind_is_named[numpy]",
    ),
    Mutant(
        "call every argument arrays",
        "namespace:as_arrays",
        "names or ('arrays',) * len(values)",
        "('arrays',) * len(values)",
        TESTS + "test_namespace.py::test_values_are_called_by_the_names_of_their_arguments",
    ),
    Mutant(
        "take truth values for integers",
        "whole_numbers:_is_one_number",
        'isinstance(value, bool) or (dtype is not None and "bool" in str(dtype))',
        'dtype is not None and "bool" in str(dtype)',
        TESTS + "test_whole_numbers.py::test_other_values_are_named[True-True]",
    ),
    Mutant(
        "lists become arrays of NumPy beside any array",
        "namespace:as_arrays",
        "_array_of(v, given[0], where, name, device=device, xp=xp)",
        "_from_numbers(v, where, name)",
        TESTS
        + "test_namespace.py::test_lists_beside_an_array_become_arrays_of_its_library[array-api-strict]",
    ),
    Mutant(
        "numbers in the dtype that the library takes by itself",
        "namespace:floats_beside",
        "xp.asarray(numbers, dtype=dtype, device=device_of(like))",
        "xp.astype(xp.asarray(numbers, device=device_of(like)), dtype)",
        TESTS + "test_namespace.py::"
        "test_numbers_beside_an_array_keep_the_digits_of_the_dtype_that_is_asked_for[torch-0.1_0]",
    ),
    Mutant(
        "numbers on the device of the host",
        "namespace:floats_beside",
        "xp.asarray(numbers, dtype=dtype, device=device_of(like))",
        "xp.asarray(numbers, dtype=dtype)",
        TESTS + "test_namespace.py::test_numbers_beside_an_array_lie_on_its_device",
    ),
    Mutant(
        "no library but those that are known by name",
        "namespace:is_array",
        "bool(array_api_compat.is_array_api_obj(value))",
        "False",
        TESTS + "test_library.py::test_arrays_of_every_library_are_arrays[array-api-strict]",
    ),
    Mutant(
        "a tensor without a device",
        "namespace:device_of",
        "array.device if is_torch(array) else array_api_compat.device(array)",
        "None if is_torch(array) else array_api_compat.device(array)",
        TESTS + "test_library.py::test_new_arrays_go_to_the_device_of_those_that_have_one",
    ),
    Mutant(
        "unread values as they are",
        "value_checks:valid_values",
        "nan_where(wrong, array, xp=xp)",
        "array",
        "tests/losses/test_unread_values.py::test_the_gradient_in_an_invalid_target_is_nan_too",
    ),
    Mutant(
        "a selection whose derivative is 0",
        "value_checks:nan_where",
        "array * xp.where(wrong, xp.nan, xp.ones_like(wrong, dtype=array.dtype))",
        "xp.where(wrong, xp.nan, array)",
        "tests/losses/test_unread_values.py::test_the_gradient_in_an_invalid_target_is_nan_too",
    ),
    Mutant(
        "what cannot be seen holds",
        "checks:truth_value",
        """
            try:
                ...
            except RuntimeError:
                return None
        """,
        """
            try:
                ...
            except RuntimeError:
                return True
        """,
        TESTS + "test_checks.py::test_a_condition_is_known_to_hold_only_where_it_can_be_seen[torch]",
    ),
    Mutant(
        "a foreign byte order",
        "numpy_memory:plain",
        "not base.dtype.isnative",
        "base.dtype.isnative and not base.flags.aligned",
        NUMPY + "test_what_is_made_plain_is_native_aligned_and_of_the_base_class[big-endian]",
    ),
    Mutant(
        "numbers at addresses that are not theirs",
        "numpy_memory:plain",
        "base if base.flags.aligned else base.copy()",
        always,
        NUMPY + "test_what_is_made_plain_is_native_aligned_and_of_the_base_class[misaligned]",
    ),
    Mutant(
        "count what is masked",
        "numpy_memory:check_unmasked",
        "not np.ma.is_masked(values)",
        "values.ndim == 1",
        NUMPY + "test_masked_entries_in_a_sequence_of_arrays_are_refused",
    ),
    Mutant(
        "an unsigned label by its lowest bits",
        "class_axis:class_numbers",
        "xp.where(wide < 0, xp.iinfo(counting).max, wide)",
        never,
        TESTS + "test_dtypes.py::"
        "test_a_label_that_is_beyond_the_integers_of_the_library_is_no_other_label[numpy-uint64]",
    ),
    Mutant(
        "longer floats than the constants",
        "namespace:_plain_of_64_bits",
        "array.dtype.itemsize > 8",
        "array.dtype.itemsize > 16",
        NUMPY + "test_floats_of_more_than_64_bits_are_refused",
    ),
)
