from tests.mutants.harness import Mutant

__all__ = ["MUTANTS"]

FILE = "formulas/kl_divergence.py"
TESTS = "tests/formulas/test_kl_divergence.py::"
ORACLE = TESTS + "test_value_meets_the_oracle[numpy-5-float64]"

MUTANTS = (
    Mutant(
        "the usual form everywhere",
        FILE,
        "near = (p > 0) & (2 * q >= p) & (q <= 2 * p)",
        "near = (p > 0) & (p == q)",
        TESTS + "test_near_distributions_keep_their_digits[numpy]",
    ),
    Mutant("a series that is too short", FILE, "range(1, 17)", "range(1, 7)", ORACLE),
    Mutant("flip a sign of the series", FILE, "(q - p) - 2 * p", "(q - p) + 2 * p", ORACLE),
    Mutant("half of the series", FILE, "- 2 * p *", "- p *", ORACLE),
    Mutant("swap the distributions", FILE, "\n    s = (q - p)", "\n    s = (p - q)", ORACLE),
    Mutant(
        "drop q - p",
        FILE,
        "xp.where(near, q, 1.0)), q - p)",
        "xp.where(near, q, 1.0)), 0 * q)",
        TESTS + "test_value_meets_the_oracle[numpy-2-float64]",
    ),
    Mutant(
        "a finite price for what was impossible",
        FILE,
        "xp.where((p > 0) & (q == 0), xp.inf, terms)",
        "terms",
        TESTS + "test_zeros_follow_the_convention[numpy]",
    ),
    Mutant(
        "overflow beside a subnormal",
        FILE,
        "2.0**64, xp.ones_like(q)",
        "1.0, xp.ones_like(q)",
        TESTS + "test_value_meets_the_oracle[numpy-2-float64]",
    ),
)
