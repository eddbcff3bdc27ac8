"""`python -m benchmarks [NAME …]`: all benchmarks, or the named ones."""

from __future__ import annotations

import importlib
import pkgutil
import sys
import warnings

import benchmarks
from benchmarks import Amount, Row


def line(row: Row | Amount) -> str:
    if isinstance(row, Amount):
        return f"{row.what:<48} {row.given:>12}   {row.reach}".rstrip()
    ours, theirs = (f"{seconds * 1e3:,.2f} ms" for seconds in (row.ours, row.theirs))
    return f"{row.what:<48} {ours:>12}   {row.other:<24} {theirs:>12}   {row.ratio:>7,.2f}×   {row.reach}".rstrip()


def main() -> None:
    warnings.simplefilter("ignore")  # what other libraries deprecate is not measured here
    found = [module.name for module in pkgutil.iter_modules(benchmarks.__path__) if not module.name.startswith("_")]
    for name in sys.argv[1:] or found:
        module = importlib.import_module(f"benchmarks.{name}")
        if hasattr(module, "rows"):
            for row in module.rows():
                print(line(row), flush=True)


if __name__ == "__main__":
    main()
