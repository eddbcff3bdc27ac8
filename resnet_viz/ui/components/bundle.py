"""A component's script: its module and those that it imports, as one text.

Streamlit loads a component's script from a `blob:` address, from which `../shared/report.js` leads nowhere. So the modules that
a script imports are put before it, each in a function of its own that returns what the module exports: no name of one module can
meet a name of another. Descriptions stay behind, for the text travels with the component's data. Every file is a whole ES module
by itself, for the type checker, the linter and the unit tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FOLDER = Path(__file__).parent

_IMPORT = re.compile(r'^import \{([^}]*)\} from "([^"]+)"$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|const|class) (\w+))", re.MULTILINE)
_DESCRIPTION = re.compile(r"^[ \t]*/\*\*(?:(?!\*/).)*\*/[ \t]*\n", re.MULTILINE | re.DOTALL)
_OTHER = re.compile(r"^(?:import|export)\b(?! default function).*$", re.MULTILINE)


class BundleError(ValueError):
    """A script cannot be bundled: `file` and what is wrong in it."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file.relative_to(FOLDER).as_posix() if file.is_relative_to(FOLDER) else file}: {problem}")


@lru_cache
def script(name: str, folder: Path = FOLDER) -> str:
    """The module `name` of `folder` with everything that it imports, in the order of dependence. Raises `BundleError`."""
    *before, main = _in_order((folder / name).resolve(), ())
    return "\n".join([*(_wrapped(path) for path in before), _body(main)])  # for Streamlit a text in one line may be a path


def exports(path: Path) -> list[str]:
    """The names that a module offers."""
    return _EXPORT.findall(path.read_text(encoding="utf-8"))


def _in_order(path: Path, above: tuple[Path, ...]) -> list[Path]:
    """The module and all that it imports, each after those that it needs itself."""
    if path in above:
        raise BundleError(path, f"imports itself by way of {above[-1].name}")
    if not path.is_file():
        raise BundleError(above[-1] if above else path, f"there is no {path.name}")
    found: list[Path] = []
    for _, needed in _imports(path):
        found += [each for each in _in_order(needed, (*above, path)) if each not in found]
    return [*found, path]


def _imports(path: Path) -> Iterator[tuple[list[str], Path]]:
    """(names, file) of each import of a module."""
    for names, source in _IMPORT.findall(path.read_text(encoding="utf-8")):
        if not source.startswith("."):
            raise BundleError(path, f"imports {source!r}, which is not a file beside it")
        yield [name.strip() for name in names.split(",") if name.strip()], (path.parent / source).resolve()


def _variable(path: Path) -> str:
    """What stands in the bundle for a module."""
    return "$" + re.sub(r"\W", "_", f"{path.parent.name}_{path.stem}")


def _body(path: Path) -> str:
    """A module's text without its descriptions, its imports taken from the functions before it."""
    text = path.read_text(encoding="utf-8")
    for names, needed in _imports(path):
        if unknown := [name for name in names if not re.fullmatch(r"\w+", name) or name not in exports(needed)]:
            raise BundleError(path, f"{needed.name} exports no {unknown[0]!r}")

    def taken(found: re.Match[str]) -> str:
        return f"const {{ {' '.join(found[1].split())} }} = {_variable((path.parent / found[2]).resolve())}"

    text = _EXPORT.sub("", _IMPORT.sub(taken, _DESCRIPTION.sub("", text)))
    if left := _OTHER.search(text):
        raise BundleError(path, f"cannot be bundled: {left[0]!r}")
    return text


def _wrapped(path: Path) -> str:
    body = _body(path)
    if "\nexport default" in f"\n{body}":
        raise BundleError(path, "has a default export, but another module imports it")
    return f"const {_variable(path)} = (() => {{\n{body}\nreturn {{ {', '.join(exports(path))} }}\n}})()"
