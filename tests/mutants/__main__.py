"""``python -m tests.mutants [STEM ...]``: try the mutants of tables and modules of these stems, or all."""

import sys

from tests.mutants.harness import all_mutants, mutants_of, verdicts

__all__ = ["main"]


def main(stems):
    """Print the mutants that do not die, and how many do; the exit status is 1 unless all do."""
    mutants = mutants_of(stems) if stems else all_mutants()
    if not mutants:
        sys.stderr.write(f"No mutants in tables or of modules named {', '.join(stems)}.\n")
        return 2
    alive = {mutant: verdict for mutant, verdict in verdicts(mutants).items() if not verdict.is_death}
    for mutant, verdict in alive.items():
        sys.stdout.write(
            f"{mutant}\n  {mutant.test}\n  unedited: {verdict.unedited}; edited: {verdict.edited}\n"
        )
    sys.stdout.write(f"{len(mutants) - len(alive)} of {len(mutants)} mutants die.\n")
    return int(bool(alive))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
