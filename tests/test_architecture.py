"""The house rules: imports run one way, the entry is light, words live in Markdown."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import resnet_viz
from tests.modules import ROOT, SOURCES, imports, module_name, of_every, package, tree

FLOOR = {
    "nets": 0,
    "probes": 1,
    "training": 2,
    "jobs": 3,
    "studies": 4,
    "draw": 5,
    "recorder": 6,
    "ui": 6,
    "pages": 7,
    "command": 7,
}
"""A room may import from the rooms below it. What is not listed (text, pictures, samples) anybody may use, and uses no room."""


def room(module: str) -> str:
    """`nets` of `resnet_viz.nets.plan`, `pages` of `pages.build`; empty for anything else."""
    first, _, rest = module.partition(".")
    name = rest.partition(".")[0] if first == "resnet_viz" else first
    return name if name in FLOOR else ""


@of_every(SOURCES)
def test_imports_run_one_way(path: Path) -> None:
    here = room(module_name(path))
    if module_name(path) in ("app", "resnet_viz.__init__"):
        return  # the launcher starts the ui; the package's front offers the library's names
    for name in imports(path):
        there = room(name)
        if there and there != here:
            assert FLOOR.get(here, -1) > FLOOR[there], f"{module_name(path)} must not import {name}"


STOREYS = ("components", "kit", "lessons", "main")
"""Of the app's room, from below. What is not listed (server) anybody in it may use."""


def storey(module: str) -> str:
    """`kit` of `resnet_viz.ui.kit.votes`; empty outside of the app's room."""
    parts = module.split(".")
    return parts[2] if parts[:2] == ["resnet_viz", "ui"] and len(parts) > 2 and parts[2] in STOREYS else ""


@of_every([p for p in SOURCES if storey(module_name(p))])
def test_the_app_has_storeys(path: Path) -> None:
    """Lessons use the kit and never each other; the kit uses components and knows no lesson."""
    here = storey(module_name(path))
    own = ".".join(module_name(path).split(".")[:4])
    for name in imports(path):
        if there := storey(name):
            lower = STOREYS.index(there) < STOREYS.index(here)
            same = there == here and (here != "lessons" or f"{name}.".startswith(f"{own}.") or name == "resnet_viz.ui.lessons")
            assert lower or same, f"{module_name(path)} must not import {name}"


@of_every(sorted((ROOT / "pages").glob("*.py")))
def test_a_page_shows_its_own_lesson(path: Path) -> None:
    """What two pages show is in the kit."""
    own = f"resnet_viz.ui.lessons.{path.stem}"
    for name in imports(path):
        if name.startswith("resnet_viz.ui.lessons"):
            assert f"{name}.".startswith(f"{own}."), f"pages/{path.name} must not import {name}"


def imports_at_once(path: Path, modules: set[str]) -> set[str]:
    """The package's modules that this file needs before it is imported itself: those outside of functions and type checking."""
    found: set[str] = set()
    waiting: list[ast.AST] = [tree(path)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= names & modules or {str(node.module)}
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
        elif not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)
    return found & modules


def circles(graph: Mapping[str, set[str]]) -> list[set[str]]:
    """The strongly connected components of more than one node: what reaches each other."""
    reach = {start: set(ends) for start, ends in graph.items()}
    for middle, start in itertools.product(graph, graph):
        if middle in reach[start]:
            reach[start] |= reach[middle]
    found: list[set[str]] = []
    for node in graph:
        circle = {other for other in reach[node] if node in reach[other]}
        if circle and circle not in found:
            found.append(circle)
    return found


def test_no_import_goes_round_in_a_circle() -> None:
    modules = {package(path) for path in SOURCES}
    graph = {package(path): imports_at_once(path, modules) for path in SOURCES}
    assert sum(map(len, graph.values())) > len(graph), "imports are found"
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == [{"b", "c"}]
    assert not circles(graph)


def test_class_names_are_unique() -> None:
    """A name is found once; private ones may repeat."""
    found: dict[str, list[str]] = {}
    for path in SOURCES:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(module_name(path))
    assert len(found) > 100
    assert not {name: places for name, places in found.items() if len(places) > 1}


def test_files_are_read_in_one_sitting() -> None:
    lines = {module_name(path): path.read_text(encoding="utf-8").count("\n") for path in SOURCES}
    assert not {name: count for name, count in lines.items() if count > 350}


def test_the_apps_room_holds_folders() -> None:
    here = ROOT / "resnet_viz" / "ui"
    files = {path.name for path in here.iterdir() if path.is_file()}
    assert files == {"__init__.py", "main.py", "streamlit_internals.py", "streamlit_messages.py", "streamlit_uploads.py"}
    folders = {path.name for path in here.iterdir() if path.is_dir()} - {"__pycache__"}
    assert folders == {"components", "kit", "lessons", "classroom", "live", "server", "static"}


@of_every([p for p in SOURCES if room(module_name(p)) not in ("ui", "pages")])
def test_only_the_ui_knows_streamlit(path: Path) -> None:
    if path.name != "app.py":
        assert "streamlit" not in {name.partition(".")[0] for name in imports(path)}


@of_every([p for p in SOURCES if room(module_name(p)) in ("nets", "probes", "training", "jobs", "studies", "recorder")])
def test_the_library_draws_nothing(path: Path) -> None:
    assert not {"plotly", "altair", "matplotlib"} & {name.partition(".")[0] for name in imports(path)}


def test_importing_the_package_is_light() -> None:
    """A plan needs no tensor: torch, Streamlit and Plotly come when somebody uses them."""
    code = "import sys, resnet_viz as r; r.plan(r.preset('resnet50')); print(*{name.partition('.')[0] for name in sys.modules})"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert "resnet_viz" in found
    assert not {"torch", "torchvision", "streamlit", "plotly", "numpy", "pandas"} & set(found)


VALUES = (
    "training.experiment",
    "training.data.sources",
    "jobs.limits",
    "jobs.eta",
    "studies.race",
    "studies.depth_sweep",
    "studies.quiz",
)
"""Modules that say what is wanted, not how it is done."""
APP = [package(path) for path in SOURCES if storey(module_name(path)) not in ("", "main")]


@pytest.mark.parametrize("modules", [tuple(f"resnet_viz.{name}" for name in VALUES), tuple(APP)], ids=["values", "app"])
def test_torch_comes_when_something_is_computed(modules: tuple[str, ...]) -> None:
    """A link is read and the first page painted before torch is there."""
    code = f"import sys, {', '.join(modules)}; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert set(modules) <= set(found)
    assert not {"torch", "torchvision", "distributed"} & set(found)
    if set(modules).isdisjoint(APP):
        assert not {"numpy", "PIL"} & set(found), "a value is read before the first page is painted"


def test_every_public_name_can_be_had() -> None:
    for name in resnet_viz.__all__:
        thing = getattr(resnet_viz, name)
        assert thing.__name__ == name
        assert thing.__doc__, f"{name} has no docstring"
        assert getattr(importlib.import_module(thing.__module__), name) is thing
    with pytest.raises(AttributeError, match="nothing"):
        resnet_viz.nothing  # noqa: B018


def test_the_requirements_are_the_packages_own() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8").split() == project["dependencies"]
    development = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    assert {name for extra in project["optional-dependencies"].values() for name in extra} <= set(development)


def requirements(name: str) -> list[Requirement]:
    lines = (line.strip() for line in (ROOT / name).read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith(("#", "-"))]


def test_every_requirement_is_pinned_to_a_version_that_it_allows() -> None:
    pins = {canonicalize_name(pin.name): pin.specifier for pin in requirements("constraints.txt")}
    assert list(pins) == sorted(pins)
    assert len(pins) == len(requirements("constraints.txt"))
    for wanted in [*requirements("requirements.txt"), *requirements("requirements-dev.txt")]:
        (pin,) = pins[canonicalize_name(wanted.name)]
        assert pin.operator == "=="
        assert pin.version in wanted.specifier, wanted
    for wanted in requirements("requirements.txt"):
        assert {"<", ">="} == {one.operator for one in wanted.specifier}, f"{wanted} needs both ends"


def test_what_is_said_to_be_installed_can_be() -> None:
    """Files of this folder, or packages that the requirements name: nothing that a stranger could publish."""
    known = {canonicalize_name(one.name) for name in ("requirements.txt", "requirements-dev.txt") for one in requirements(name)}
    texts = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md"), ROOT / ".ci" / "run", *(ROOT / "resnet_viz").rglob("*.md"), *SOURCES]
    said = [words.split() for text in texts for words in re.findall(r"pip install ([^`&\n]*)", text.read_text(encoding="utf-8"))]
    assert len(said) > 5
    for words in said:
        for option, word in itertools.pairwise(["", *words]):
            name = word.strip(".,\"'()")
            if option in ("-r", "-c"):
                assert name.startswith("$") or (ROOT / name).is_file(), name
                assert "requirements" not in name or "-c" in words, f"{' '.join(words)}: which versions?"
            elif word != "." and not word.startswith("-") and option != "--upgrade-strategy":
                assert canonicalize_name(name) in known, name


def receiver(call: ast.Call) -> str:
    """`st` of `st.sidebar.button(…)`."""
    node: ast.expr = call.func
    while isinstance(node, ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


TALKING = [p for p in SOURCES if room(module_name(p)) in ("ui", "pages") and storey(module_name(p)) != "components"]


@of_every(TALKING)
def test_widgets_take_their_words_from_the_text_files(path: Path) -> None:
    """No sentence stands as a literal in a call of Streamlit's: it would never be translated."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and receiver(node) == "st":
            for said in [*node.args, *(keyword.value for keyword in node.keywords)]:
                if isinstance(said, ast.Constant) and isinstance(said.value, str):
                    assert not re.search(r"[^\W\d_]{2,} [^\W\d_]{2,}", said.value), f"{path.name}:{node.lineno}: {said.value!r}"


def given_keys(path: Path) -> set[str]:
    """The keys, as they stand in a file, of what Streamlit draws; other functions put something before what they are given."""
    calls = (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))
    own = ("control", "view")
    drawn = [call for call in calls if not (isinstance(call.func, ast.Attribute) and call.func.attr in own)]
    asked = [call for call in drawn if isinstance(call.func, ast.Attribute) or ast.unparse(call.func) in ("mount", "_component")]
    said = (keyword.value for call in asked for keyword in call.keywords if keyword.arg == "key")
    return {str(key.value) for key in said if isinstance(key, ast.Constant)}


def test_no_two_files_give_the_same_key() -> None:
    """Streamlit draws nothing more of a page on which a key stands twice, and a page has parts that come from many files."""
    where: dict[str, list[str]] = {}
    for path in SOURCES:
        for key in given_keys(path):
            where.setdefault(key, []).append(module_name(path))
    assert {"live", "head"} <= where.keys()
    assert not {key: files for key, files in where.items() if len(files) > 1}


@of_every(TALKING)
def test_a_place_for_files_says_how_large_they_may_be(path: Path) -> None:
    """The server's own limit is that of weights, twelve times a picture's."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            said = {keyword.arg for keyword in node.keywords}
            takes_files = node.func.attr == "file_uploader" or (node.func.attr == "chat_input" and "accept_file" in said)
            assert not takes_files or "max_upload_size" in said, f"line {node.lineno}"


def test_csv_is_written_in_one_place() -> None:
    assert [module_name(path) for path in SOURCES if "csv" in imports(path)] == ["resnet_viz.csv_table"]


GUARDED = (
    "resnet_viz.torch_internals",
    "resnet_viz.ui.streamlit_internals",
    "resnet_viz.ui.streamlit_messages",
    "resnet_viz.ui.streamlit_uploads",
)
"""The files where what is not public may be used; each use has a test."""
THEIRS = ("torch", "torchvision", "streamlit", "starlette", "distributed", "dask", "pooch", "plotly", "safetensors")
PUBLIC_OF_STREAMLIT = {"streamlit"}
PUBLIC_THOUGH_UNDERSCORED = {"_replace", "_asdict", "_fields", "_make", "_exit"}
"""Of named tuples and of `os`."""


def private_uses(path: Path) -> Iterator[str]:
    """Private names that a file takes from others: attributes that it does not define itself, and parts of a module's path."""
    nodes = list(ast.walk(tree(path)))
    own = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    own |= {node.attr for node in nodes if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        if not isinstance(node, ast.Attribute) or node.attr in own | PUBLIC_THOUGH_UNDERSCORED:
            continue
        if re.match(r"_[a-z]", node.attr):
            yield f"{ast.unparse(node)} (line {node.lineno})"
    for name in imports(path):
        if name.partition(".")[0] in THEIRS and re.search(r"\._[a-z]", name):
            yield name


@of_every([p for p in SOURCES if module_name(p) not in GUARDED])
def test_only_guarded_files_use_what_is_not_public(path: Path) -> None:
    assert not list(private_uses(path))
    source = path.read_text(encoding="utf-8")
    assert not re.search(r"momentum_buffer|\b_metrics\b|/_stcore/(?!health)|streamlit\.(emojis|material_icon|web)", source)
    of_streamlit = {name for name in imports(path) if name.partition(".")[0] == "streamlit"}
    assert of_streamlit <= PUBLIC_OF_STREAMLIT


def test_a_private_name_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "uses.py"
    file.write_text("import torch\nfrom torch._inductor import config\nsizes = torch._foreach_norm([])\nself._own = 1\nself._own")
    assert list(private_uses(file)) == ["torch._foreach_norm (line 3)", "torch._inductor", "torch._inductor.config"]


PAUSES = re.compile(r"\bsleep\(|wait_for_timeout|Event\(\)\.wait\([^)]|setTimeout")
"""What waits for a time: also inside a program that a test runs, or a script that it gives to a browser."""
WAITS = ("waiting.py", "test_architecture.py")
"""The one place that pauses between two looks at a condition, and this file."""


@of_every([p for p in sorted((ROOT / "tests").rglob("*.[pj][ys]")) if p.name not in WAITS])
def test_tests_wait_for_conditions_and_never_for_a_time(path: Path) -> None:
    assert not PAUSES.findall(path.read_text(encoding="utf-8")), "use tests.waiting.until, or an event that the test sets"


def test_no_page_looks_again_by_a_clock() -> None:
    """What changes while somebody looks is told by the live channel."""
    for path in [*(ROOT / "resnet_viz" / "ui").rglob("*.py"), *(ROOT / "pages").glob("*.py")]:
        assert "run_every" not in path.read_text(encoding="utf-8"), path.name


@of_every(TALKING)
def test_sentences_are_joined_as_a_language_joins_them(path: Path) -> None:
    """`Lesson.joined` puts no space between Chinese ones; a space that stands in the code is in both."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant):
            assert not (node.left.value == " " and ".say(" in ast.unparse(node.right)), f"line {node.lineno}"
