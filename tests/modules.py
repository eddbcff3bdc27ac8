"""The project's modules as text: where they are and what they import, without importing them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import resnet_viz

ROOT = Path(resnet_viz.__file__).parents[1]
SOURCES = sorted([*(ROOT / "resnet_viz").rglob("*.py"), *(ROOT / "pages").glob("*.py"), ROOT / "app.py"])


@cache
def tree(path: Path) -> ast.Module:
    """A file's syntax."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it. Names imported from a package count as modules too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path.name} has a relative import"
            yield str(node.module)
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def module_name(path: Path) -> str:
    """`resnet_viz.nets.__init__` of `resnet_viz/nets/__init__.py`."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def package(path: Path) -> str:
    """`resnet_viz.nets` of `resnet_viz/nets/__init__.py`: the name by which it is imported."""
    return module_name(path).removesuffix(".__init__")


def of_every(paths: Sequence[Path]) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """One test of what holds for each of many files, which names all in which it does not: a test a file would take longer."""
    assert paths

    def of_each(rule: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            broken = []
            for path in paths:
                try:
                    rule(path)
                except AssertionError as error:
                    broken.append(f"{path.relative_to(ROOT)}: {error}")
            assert not broken, "\n".join(broken)

        test.__name__, test.__doc__ = rule.__name__, rule.__doc__
        return test

    return of_each
