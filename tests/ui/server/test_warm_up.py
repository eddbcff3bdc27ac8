"""A load balancer that asks whether the app is ready makes it so."""

from __future__ import annotations

import ast
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from starlette.applications import Starlette

from resnet_viz import ui
from resnet_viz.samples import samples
from resnet_viz.ui.kit import image_input
from resnet_viz.ui.server import static_files, warm_up
from tests.loops import run
from tests.waiting import until


async def status_of(path: str) -> int:
    """What `Readiness` answers, with nothing behind it."""
    sent = list[dict[str, Any]]()

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "query_string": b"", "headers": []}
    await warm_up.Readiness(Starlette())(scope, receive, send)
    return int(sent[0]["status"])


def test_who_asks_waits_for_no_first_page(monkeypatch: pytest.MonkeyPatch) -> None:
    ready, may_end, warmed = threading.Event(), threading.Event(), list[str]()

    def warm() -> None:
        warmed.append("once")
        may_end.wait(20)
        ready.set()

    for name, value in {"ready": ready, "_warm_once": threading.Lock(), "warm_up": warm}.items():
        monkeypatch.setattr(warm_up, name, value)
    assert run(status_of("/else")) == 404
    assert not warmed, "another path is no question"
    assert run(status_of("/readyz")) == 503
    until(lambda: warmed, 20)
    assert run(status_of("/readyz")) == 503, "it is still at it"
    may_end.set()
    until(lambda: run(status_of("/readyz")) == 200, 20)
    assert warmed == ["once"]


def test_the_samples_are_drawn_before_anybody_opens_a_gallery(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = list[str]()

    def draw(code: str) -> Image.Image:
        drawn.append(code)
        return Image.new("RGB", (8, 8))

    ready = threading.Event()
    monkeypatch.setattr(warm_up, "ready", ready)
    monkeypatch.setattr(image_input, "samples", lambda: tuple(one._replace(load=partial(draw, one.code)) for one in samples()))
    image_input._samples.cache_clear()
    try:
        warm_up.warm_up()
        assert ready.is_set()
        assert drawn == [one.code for one in samples()]
        image_input.every()
        assert len(drawn) == len(samples()), "who comes draws nothing again"
    finally:
        image_input._samples.cache_clear()


def imported_by(script: Path) -> set[str]:
    """The modules of this package that a script names, as far as they are modules and not names in one."""
    names = set()
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("resnet_viz"):
            assert node.module
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    root = Path(ui.__file__).parents[2]
    return {name for name in names if any((root / name.replace(".", "/")).with_suffix(end).exists() for end in ("", ".py"))}


HEAVY = ("torch", "numpy", "pandas", "pyarrow")


def test_the_first_page_finds_imported_what_it_names_and_nothing_heavy() -> None:
    """Asked in a process of its own."""
    main = Path(ui.__file__).with_name("main.py")
    named = imported_by(main) | imported_by(main.parents[2] / "pages" / "home.py")
    assert "resnet_viz.ui.lessons.home.hero" in named
    do = "from resnet_viz.ui.server import warm_up\nwarm_up.import_what_the_first_visit_needs()"
    ask = f"{do}\nimport sys\nprint(*({{*{sorted(named)}, *{HEAVY}}} - sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True, cwd=main.parents[2])
    assert set(said.stdout.split()) == {*HEAVY}


def test_imports_wait_until_every_script_of_the_document_is_sent() -> None:
    sent = static_files.Sent()
    document = sorted(static_files.named_in_the_document())
    assert document
    for path in document:
        assert not sent.all.is_set()
        sent.add(path)
    assert sent.all.is_set()
