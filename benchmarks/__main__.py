"""Run one benchmark: ``python -m benchmarks NAME``."""

import importlib
import sys
from pathlib import Path

NAMES = sorted(path.stem.removeprefix("bench_") for path in Path(__file__).parent.glob("bench_*.py"))


def main() -> None:
    """Run the benchmark that the command line names."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        raise SystemExit(f"usage: python -m benchmarks NAME, where NAME is one of: {', '.join(NAMES)}")
    importlib.import_module(f"benchmarks.bench_{sys.argv[1]}").main(sys.argv[2:])


if __name__ == "__main__":
    main()
