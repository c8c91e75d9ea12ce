from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

REFUSED = (
    "tests/losses/test_parameters.py::test_a_keyword_that_is_no_parameter_is_refused_with_its_near_names[{}]"
)

MUTANTS = (
    Mutant(
        "no look at the names",
        "parameters:check_names",
        "keywords.items()",
        "{}.items()",
        REFUSED.format("number"),
    ),
    Mutant(
        "an array in a message",
        "parameters:_refuse",
        "isinstance(value, _PLAIN)",
        "True",
        REFUSED.format("array"),
    ),
    Mutant(
        "keywords of every call for those of the mean",
        "parameters:check_names",
        "caller.partition('.')[2] or '__call__'",
        "'__call__'",
        REFUSED.format("mean"),
    ),
    Mutant(
        "no keyword of the call among the near names",
        "parameters:_refuse",
        "[*(each.name for each in _parameters(loss)), *options]",
        "[each.name for each in _parameters(loss)]",
        REFUSED.format("keyword"),
    ),
    Mutant(
        "no look at the names given to the class",
        "parameters:check_names_of_class",
        "keywords.items()",
        "{}.items()",
        "tests/losses/test_parameters.py::test_the_refusal_is_an_error_of_ours",
    ),
)
