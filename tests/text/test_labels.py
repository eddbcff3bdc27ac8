"""Every label is used by the lesson that has it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from resnet_viz.nets.spec import CHOICES
from resnet_viz.text import lesson, names
from tests.modules import SOURCES, imports, package, tree

FILES = {package(path): path for path in SOURCES}


class Strings(NamedTuple):
    """What a module says that may name labels."""

    whole: frozenset[str]
    ends: frozenset[tuple[str, str]]
    """The beginning and the end of names that are put together."""


@cache
def imported(module: str) -> frozenset[str]:
    return frozenset(imports(FILES[module])) & FILES.keys() - {"resnet_viz"}


def closure(modules: Iterable[str]) -> set[str]:
    """These modules and all that they need."""
    found, waiting = set[str](), list(modules)
    while waiting:
        if (module := waiting.pop()) not in found:
            found.add(module)
            waiting += imported(module)
    return found


def literal(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


@cache
def strings(module: str) -> Strings:
    """Of the Python file, and of the scripts beside it and of those that all components share."""
    nodes = list(ast.walk(tree(FILES[module])))
    ends = {(literal(node.values[0]), literal(node.values[-1])) for node in nodes if isinstance(node, ast.JoinedStr)}
    whole = {literal(node) for node in nodes if isinstance(node, ast.expr)}
    for script in scripts(FILES[module]):
        source = script.read_text(encoding="utf-8")
        whole |= set(re.findall(r"[\"'`.]([a-z]\w*)\b", source))
        ends |= {(beginning, "") for beginning in re.findall(r"`([a-z]\w*_)\$\{", source)}
    ends |= {(word, "") for word in whole if word.endswith("_")}  # a helper puts the rest behind it
    if ("", "_") in ends:
        ends |= {(f"{field}_", "") for field in CHOICES}
    return Strings(frozenset(whole), frozenset(pair for pair in ends if any(len(end) > 1 for end in pair)))


def scripts(path: Path) -> list[Path]:
    folder = path.parent
    if folder.parent.name != "components" or path.name != "__init__.py":
        return []
    return [*folder.glob("*.js"), *(folder.parent / "shared").glob("*.js")]


@cache
def opened_by(module: str) -> frozenset[str]:
    """The texts that a module opens: `text("network")`, `lesson("network", language)`."""
    calls = (node for node in ast.walk(tree(FILES[module])) if isinstance(node, ast.Call) and node.args)
    return frozenset(literal(call.args[0]) for call in calls if ast.unparse(call.func).rpartition(".")[2] in ("text", "lesson"))


@cache
def refused_by(module: str) -> frozenset[str]:
    """The texts of the kinds of refusal that a module defines: `words = "weights"`."""
    lines = (node for node in ast.walk(tree(FILES[module])) if isinstance(node, ast.Assign))
    return frozenset(literal(line.value) for line in lines if ast.unparse(line.targets[0]) == "words")


def users(name: str) -> set[str]:
    """Modules that may use the labels of a text.

    A page's: the page with all that it needs. A kind of refusal's: any module, for any may raise it. Any other's: the modules
    that open it with all that they need, and who imports one of these and asks it for a label.
    """
    if f"pages.{name}" in FILES:
        return closure([f"pages.{name}"])
    if any(name in refused_by(module) for module in FILES):
        return set(FILES)
    opening = {module for module in FILES if name in opened_by(module)}
    return closure(opening) | {module for module in FILES if imported(module) & opening}


def unused(name: str, labels: Iterable[str]) -> list[str]:
    said = [strings(module) for module in users(name)]
    whole = set[str]().union(*(one.whole for one in said))
    ends = set[tuple[str, str]]().union(*(one.ends for one in said))

    def is_used(key: str) -> bool:
        completed = (pair for pair in ends if key.startswith(pair[0]) and key.endswith(pair[1]))
        return key in whole or any(first or key.removesuffix(last) in whole for first, last in completed)

    return [key for key in labels if not is_used(key)]


@pytest.mark.parametrize("name", [name for name in names() if name != "glossary"])
def test_every_label_is_used_by_its_own_lesson(name: str) -> None:
    """In both languages, which have the same labels. A whole name in the code, or one end of it that the code completes."""
    assert not unused(name, lesson(name).labels)


def test_a_label_of_another_lesson_would_be_found() -> None:
    assert not unused("shortcuts", ["add_broadcast", "nav"])
    for name in ("home", "build", "degradation", "network", "server"):
        assert unused(name, ["add_broadcast", "nobody", "nobody_help"]) == ["add_broadcast", "nobody", "nobody_help"]
