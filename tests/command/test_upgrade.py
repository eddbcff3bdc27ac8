"""A folder that the version before has filled: its runs are there, its links find them, and its classes go on."""

from __future__ import annotations

import json
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.session import Run, Session
from resnet_viz.ui.classroom.route import TEACHER_COOKIE
from resnet_viz.ui.kit.visitor import COOKIE
from tests.jobs.test_store_file import VERSION_2
from tests.loops import run
from tests.servers import App, app

RUNS = {
    "basic-1.1.1-w8-cifar2-sA-c10~steps20": "19dc5c0faec9aa6e",
    "basic-3.3.3-w8-cifar2-sA-c10-plain~datashapes-noise~steps40~seed3": "42acd0ef5bf0468a",
}
"""Experiments as links and the store have them, with the names of their runs: neither may ever become another."""
UNKNOWN = "basic-3.3.3-w8-cifar2-sA-c10~steps20", "1f82f031fe2446b8"
CODE, KEY, DIGEST = "K39TA", "a-teachers-key", "9099a8af8e0e468d3ec9d1a3e8d23928"
PARTS = {
    "head": '{"teacher":"%s","opened":%f,"view":[1,"why","panel=small"],"hidden":["answers"],"runs":["%s"]}',
    "members": '{"5f2d":["block",1.0,false,0]}',
    "poll:block.block": '{"state":"asked","rounds":[{"5f2d":1},{}],"resets":0,"wording":["Why?",["yes","no"],null]}',
}


def fill(home: Path) -> None:
    """As that version wrote its two files: its tables, eight figures a step, a class in three rows."""
    home.mkdir()
    now = time.time()
    with closing(sqlite3.connect(home / "lab.sqlite")) as db:
        db.executescript(VERSION_2)
        for experiment, key in RUNS.items():
            steps = int(experiment.partition("~steps")[2].partition("~")[0])
            result = json.dumps({"error": 0.25, "test_error": 0.5})
            row = (key, experiment, "done", result, "0.1.0", now, now)
            db.execute(
                "insert into runs (key, experiment, status, result, code, created, seen) values (?, ?, ?, ?, ?, ?, ?)", row
            )
            records = [(key, n, json.dumps([n, 2.5, 0.9, 2.4, 0.8, 800.0, None, None])) for n in range(1, steps + 1)]
            db.executemany("insert into steps values (?, ?, ?)", records)
        db.commit()
    with closing(sqlite3.connect(home / "classes.sqlite")) as db:
        db.execute("create table parts (code text, part text, said text not null, primary key (code, part)) without rowid")
        head = PARTS["head"] % (DIGEST, now, next(iter(RUNS)))
        db.executemany(
            "insert into parts values (?, ?, ?)", [(CODE, part, said) for part, said in (PARTS | {"head": head}).items()]
        )
        db.commit()


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("upgraded")
    fill(folder / "home")
    metrics = {"RESNET_VIZ_METRICS": "1"}
    with app(folder, "--server.address", "127.0.0.1", "--server.headless", "true", environment=metrics) as started:
        yield started


def opened(server: App, page: str, query: str, cookie: str = "") -> Run:
    """A page by a link, for a browser that has only this cookie."""

    async def session() -> Run:
        async with Session(server.url, page, cookie=cookie).connected() as one:
            return await one.run(query)

    shown = run(session())
    assert shown.errors == []
    return shown


def test_runs_are_there_and_their_links_find_them(upgraded: App) -> None:
    shown = opened(upgraded, "degradation", f"lang=en&runs={'!'.join([*RUNS, UNKNOWN[0]])}")
    assert [key for key in shown.buttons if re.fullmatch(r"w_train_[0-9a-f]+", key)] == [f"w_train_{UNKNOWN[1]}"]
    source = json.loads(opened(upgraded, "degradation", f"lang=en&runs={'!'.join(RUNS)}").components["take_race"].json)["source"]
    assert source.startswith("trained here earlier")
    assert time.strftime("%Y-", time.localtime()) in source, "a run that does not say when it ended says when it began"
    assert 'resnet_viz_runs{status="done"} 2' in upgraded.ask("/metrics").body


def test_a_class_goes_on(upgraded: App) -> None:
    member = opened(upgraded, "block", f"lang=en&class={CODE}", f"{COOKIE}={'a' * 32}")
    assert json.loads(member.components["class_note"].json)["topic"] == f"class:{CODE}-block"
    teacher = opened(upgraded, "block", "lang=en", f"{TEACHER_COOKIE}={KEY}")
    votes = json.loads(teacher.components["class_bars_block"].json)["now"]["counts"]
    assert [sum(round_) for round_ in votes] == [1, 0], "one has voted, and the second round has begun"
    nobody = opened(upgraded, "block", "lang=en", f"{TEACHER_COOKIE}=another-key")
    assert "class_bars_block" not in nobody.components


def test_nothing_was_set_aside(upgraded: App) -> None:
    kept = {path.name for path in (upgraded.log.parent / "home").iterdir()}
    assert {"lab.sqlite", "classes.sqlite"} <= kept
    assert [name for name in kept if "unreadable" in name] == []
