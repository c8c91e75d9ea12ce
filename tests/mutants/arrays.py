from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

TESTS = "tests/arrays/"

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
        "else xp.asarray(_from_numbers(value, where).tolist(), device=device)",
        "else _from_numbers(value, where)",
        TESTS
        + "test_namespace.py::test_lists_beside_an_array_become_arrays_of_its_library[array-api-strict]",
    ),
)
