"""A component's script with what it imports is one module, and is what the files say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from resnet_viz.ui.components.bundle import FOLDER, BundleError, exports, script

USES_A = 'import { a } from "./base.js"\n'
TESTS = Path(__file__).parents[1] / "js"
ENTRIES = sorted(path for path in FOLDER.glob("*/*.js") if path.stem == path.parent.name)
needs_node = pytest.mark.skipif(not shutil.which("node"), reason="no node")


def write(folder: Path, **modules: str) -> None:
    for name, text in modules.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")


def run(code: str, folder: Path) -> object:
    """What a module's default export returns."""
    (folder / "bundle.mjs").write_text(code, encoding="utf-8")
    program = 'import("./bundle.mjs").then(m => console.log(JSON.stringify(m.default())))'
    return json.loads(subprocess.run(["node", "-e", program], cwd=folder, capture_output=True, text=True, check=True).stdout)


@needs_node
def test_modules_keep_their_names_apart(tmp_path: Path) -> None:
    write(
        tmp_path,
        base="const hidden = 1\nexport const one = () => hidden\n",
        other='import { one } from "./base.js"\n/** Two. */\nconst hidden = 2\n'
        "export function both() {\n  return [one(), hidden]\n}\n",
        main='import { one } from "./base.js"\nimport {\n  both,\n} from "./other.js"\n\nconst hidden = 3\n'
        "export default function () {\n  return [one(), ...both(), hidden]\n}\n",
    )
    code = script("main.js", tmp_path)
    assert run(code, tmp_path) == [1, 1, 2, 3]
    assert code.count("const hidden = 1") == 1, "a module that two others import is there once"
    assert "Two." not in code


@pytest.mark.parametrize(
    ("modules", "problem"),
    [
        ({"main": 'import { no } from "./base.js"\n', "base": "export const yes = 1\n"}, "main.js: base.js exports no 'no'"),
        ({"main": 'import { a as b } from "./base.js"\n', "base": "export const a = 1\n"}, "base.js exports no 'a as b'"),
        ({"main": 'import { a } from "./gone.js"\n'}, "main.js: there is no gone.js"),
        ({"main": 'import { a } from "far"\n'}, "imports 'far', which is not a file beside it"),
        ({"main": 'import * as all from "./base.js"\n', "base": ""}, r"cannot be bundled: 'import \* as all"),
        ({"main": "export let a = 1\n"}, "cannot be bundled: 'export let a"),
        (
            {"main": 'import { a } from "./base.js"\n', "base": 'import { b } from "./main.js"\nexport const a = 1\n'},
            "imports itself",
        ),
        ({"main": USES_A, "base": "export const a = 1\nexport default function () {}\n"}, "default"),
    ],
)
def test_what_cannot_be_bundled_is_named(tmp_path: Path, modules: dict[str, str], problem: str) -> None:
    write(tmp_path, **modules)
    with pytest.raises(BundleError, match=problem):
        script("main.js", tmp_path)


@pytest.mark.parametrize("path", ENTRIES, ids=lambda path: path.stem)
def test_every_component_is_one_module(path: Path) -> None:
    code = script(path.relative_to(FOLDER).as_posix())
    assert len(re.findall(r"^export ", code, re.MULTILINE)) == 1
    assert not re.search(r"^import ", code, re.MULTILINE)
    if node := shutil.which("node"):
        subprocess.run([node, "--input-type=module", "--check"], input=code, text=True, check=True, capture_output=True)


def test_what_is_shared_is_used() -> None:
    """Every name that a module exports is imported by another, or by a test of it."""
    texts = {path: path.read_text(encoding="utf-8") for path in [*FOLDER.glob("*/*.js"), *TESTS.glob("*.js")]}
    for path in FOLDER.glob("*/*.js"):
        for name in exports(path):
            users = [other for other, text in texts.items() if other != path and re.search(rf"\b{name}\b", text)]
            assert users, f"nobody uses {name} of {path.name}"


def test_values_go_to_the_server_by_one_way() -> None:
    """Only the helper that numbers reports sets a component's state; only the clipboard's picture, once sent, is a trigger."""
    for path in FOLDER.glob("*/*.js"):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert ("setStateValue(" in text) == (path.name == "report.js"), path.name
        assert ("setTriggerValue(" in text) == (path.name == "gallery.js"), path.name
    for path in FOLDER.parent.rglob("*.py"):
        code = path.read_text(encoding="utf-8")
        assert not re.search(r"on_\w+_change=", code) or path.name == "reports.py", (
            f"{path.name} reads what a browser sends itself"
        )


def test_no_overtaken_draw_ends_what_came_after_it() -> None:
    """What a draw returns for its end Streamlit calls too late where the draw was overtaken: `ending.js` says when."""
    for path in FOLDER.glob("*/*.js"):
        body = re.search(r"^export default function.*?^}", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
        ends = re.findall(r"^  return (\w*)", body[0], re.MULTILINE) if body else []
        assert {*ends} <= {"ending", "listen", "drawn"}, path.name


def test_who_listens_to_arrow_keys_leaves_the_browser_its_own() -> None:
    """Alt and an arrow is Back."""
    keys = [path for path in FOLDER.glob("**/*.js") if "ArrowLeft" in path.read_text("utf-8")]
    assert len(keys) > 8
    assert [path.name for path in keys if "isBrowsers(event)" not in path.read_text("utf-8")] == []


def test_what_a_figure_shows_is_an_element() -> None:
    """A figure is taken element by element: what a style sheet adds before or behind one would be missing in the file."""
    sheets = [*FOLDER.glob("*/*.css"), *(FOLDER.parents[1] / "draw").glob("*.css")]
    assert not [sheet.name for sheet in sheets if re.search(r"::(?:before|after)", sheet.read_text(encoding="utf-8"))]
