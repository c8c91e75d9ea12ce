from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/arrays/"
NUMPY = TESTS + "test_numpy_memory.py::"

MUTANTS = (
    Mutant(
        "label -1 is the last class",
        "arrays/class_axis.py",
        "is_class = (labels >= 0) & (labels < array.shape[-1])",
        "is_class = labels < array.shape[-1]",
        TESTS + "test_class_axis.py::test_the_entry_at_the_label_is_found_and_that_of_no_class_is_nan[numpy]",
    ),
    Mutant(
        "row order, whatever the logits' order",
        "arrays/class_axis.py",
        "xp.zeros_like(like, dtype=classes.dtype) + classes",
        "xp.zeros(like.shape, dtype=classes.dtype) + classes",
        TESTS + "test_class_axis.py::test_what_is_made_lies_in_memory_as_the_logits_do",
    ),
    Mutant(
        "codes of another dtype",
        "arrays/class_axis.py",
        "labels[..., None], like.dtype)",
        "labels[..., None], xp.float64)",
        TESTS
        + "test_class_axis.py::"
        + "test_a_label_is_coded_in_the_dtype_of_the_logits_and_no_class_is_coded_by_zeros[numpy]",
    ),
    Mutant(
        "a constant that is none",
        "arrays/constant.py",
        "return array.detach()",
        "return array",
        TESTS + "test_constant.py::test_torch_sees_no_derivative",
    ),
    Mutant(
        "sums in half precision",
        "arrays/dtypes.py",
        "bits < 32",
        "bits < 16",
        TESTS + "test_dtypes.py::test_sums_are_formed_in_32_bits_or_more[numpy-float16-float32]",
    ),
    Mutant(
        "broadcast a shape",
        "arrays/checks.py",
        "if found == shape:",
        "if math.prod(found) == math.prod(shape):",
        TESTS + "test_checks.py::test_a_shape_is_exact_and_the_message_says_how_to_mend_it[numpy]",
    ),
    Mutant(
        "the last wrong value for the first",
        "arrays/checks.py",
        "flat = xp.astype(xp.reshape(wrong, (-1,)), xp.int8)",
        "flat = xp.cumulative_sum(xp.astype(xp.reshape(wrong, (-1,)), xp.int8))",
        TESTS + "test_checks.py::test_the_first_wrong_value_is_named_with_its_index[numpy]",
    ),
    Mutant(
        "look at no value",
        "arrays/checks.py",
        'return "cpu" in str(array_api_compat.device(array)).lower()',
        "return False",
        TESTS + "test_checks.py::test_the_first_wrong_value_is_named_with_its_index[numpy]",
    ),
    Mutant(
        "take any dtype",
        "arrays/checks.py",
        "if not xp.isdtype(array.dtype, kind):",
        "if not array.dtype:",
        TESTS + "test_checks.py::test_a_dtype_of_the_wrong_kind_is_named[numpy]",
    ),
    Mutant(
        "lists become arrays of NumPy beside any array",
        "arrays/namespace.py",
        "else xp.asarray(_as_numbers(value, where), device=device)",
        "else _from_numbers(value, where)",
        TESTS
        + "test_namespace.py::test_lists_beside_an_array_become_arrays_of_its_library[array-api-strict]",
    ),
    Mutant(
        "numbers in the dtype that the library takes by itself",
        "arrays/namespace.py",
        "xp.asarray(_as_numbers(value, where), dtype=dtype, device=device_of(like))",
        "xp.astype(xp.asarray(_as_numbers(value, where), device=device_of(like)), dtype)",
        TESTS + "test_namespace.py::"
        "test_numbers_beside_an_array_keep_the_digits_of_the_dtype_that_is_asked_for[torch-0.1_0]",
    ),
    Mutant(
        "numbers on the device of the host",
        "arrays/namespace.py",
        "dtype=dtype, device=device_of(like))",
        "dtype=dtype)",
        TESTS + "test_namespace.py::test_numbers_beside_an_array_lie_on_its_device",
    ),
    Mutant(
        "no library but those that are known by name",
        "arrays/library.py",
        "bool(array_api_compat.is_array_api_obj(value))",
        "False",
        TESTS + "test_library.py::test_arrays_of_every_library_are_arrays[array-api-strict]",
    ),
    Mutant(
        "a tensor without a device",
        "arrays/library.py",
        "return array.device if is_torch(array) else",
        "return None if is_torch(array) else",
        TESTS + "test_library.py::test_new_arrays_go_to_the_device_of_those_that_have_one",
    ),
    Mutant(
        "what cannot be seen holds",
        "arrays/checks.py",
        "hands out tensors that look concrete and refuse to be.\n        return False",
        "hands out tensors that look concrete and refuse to be.\n        return True",
        TESTS + "test_checks.py::test_a_condition_is_known_to_hold_only_where_it_can_be_seen[torch]",
    ),
    Mutant(
        "a foreign byte order",
        "arrays/numpy_memory.py",
        "if not base.dtype.isnative:",
        "if base.dtype.isnative and not base.flags.aligned:",
        NUMPY + "test_what_is_made_plain_is_native_aligned_and_of_the_base_class[big-endian]",
    ),
    Mutant(
        "numbers at addresses that are not theirs",
        "arrays/numpy_memory.py",
        "return base if base.flags.aligned else base.copy()",
        "return base",
        NUMPY + "test_what_is_made_plain_is_native_aligned_and_of_the_base_class[misaligned]",
    ),
    Mutant(
        "count what is masked",
        "arrays/numpy_memory.py",
        "or not np.ma.is_masked(values):",
        "or values.ndim == 1:",
        NUMPY + "test_masked_entries_in_a_sequence_of_arrays_are_refused",
    ),
    Mutant(
        "an unsigned label by its lowest bits",
        "arrays/dtypes.py",
        "return xp.where(wide < 0, xp.iinfo(counting).max, wide)",
        "return wide",
        TESTS + "test_dtypes.py::"
        "test_a_label_that_is_beyond_the_integers_of_the_library_is_no_other_label[numpy-uint64]",
    ),
    Mutant(
        "longer floats than the constants",
        "arrays/namespace.py",
        "array.dtype.itemsize > 8",
        "array.dtype.itemsize > 16",
        NUMPY + "test_floats_of_more_than_64_bits_are_refused",
    ),
)
