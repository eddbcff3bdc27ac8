"""Values that no script of ours would send, over a real WebSocket: only who sends them may notice, and not much at that."""

from __future__ import annotations

import itertools
import json
import math
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import psutil
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.session import Run, Session, press_of, state_of, trigger_of
from resnet_viz.jobs.run_state import key_of
from resnet_viz.studies.race import network
from resnet_viz.text import lesson
from resnet_viz.training.experiment import Experiment
from tests.loops import run as in_a_loop

RUN = Experiment(network(8), steps=2_000, seed=31)
VIEWS = {
    "": "tour=1",
    "build": "net=resnet18",
    "activations": "",
    "block": "net=cifar_resnet20",
    "mixing": "",
    "transfer": "set=own",
    "gradients": "change=dot",
    "degradation": "recorded=cifar",
    "degradation ": f"runs={quote(str(RUN))}",
    "why": "panel=ensemble&pair=shapes-20",
    "why ": "panel=surface",
    "shortcuts": "",
    "bottleneck": "",
}
"""A link to each page on which there are components; a page twice where another panel has others."""
OF_A_CLASS = ("class_note", "remote")
"""Components that report, and stand only in a class; each reads one whole number."""
NAMES = (
    "cut",
    "selected",
    "toggle",
    "narrow",
    "chosen",
    "pasted",
    "at",
    "step",
    "place",
    "mix",
    "picked",
    "turn",
    "lost",
    "value",
)
"""All names under which components report, and two more."""
MIX = {"rows": [[1, 2, -1, 0]], "relu": False, "shift": 0, "shuffle": False, "row": 0, "grey": False}
VALUES: dict[str, Any] = {
    "none": None,
    "true": True,
    "negative": -1,
    "huge": 10**400,
    "nan": math.nan,
    "long": "x" * 20_000,
    "markup": "<script>[a](javascript:b) :red[c]",
    "foreign name": "layer4.499",
    "foreign place": [7, 999, 999],
    "negative place": [-1, -1],
    "infinite place": [math.inf, 0, 0],
    "long list": [0] * 5_000,
    "empty": {},
    "deep": {"rows": [[[[{"a": [{}]}]]]]},
    "relu": MIX | {"relu": 10**7},
    "shuffle": MIX | {"shuffle": 10**8, "grey": 10**8},
    "rows": MIX | {"rows": [[1, 2, 3, 4]] * 1_000},
    "row": MIX | {"row": 5},
    "other network": {"base": "no-network", "blocks": ["layer1.0"]},
    "foreign blocks": {"base": "basic-2.2.2.2", "blocks": ["layer9.9", "", "layer1.0", None]},
}
OF_THE_MIXER = ("relu", "shuffle", "rows", "row")
OF_ANY_FORM = ("build", "mixing")
"""Pages whose components are sent what is no object at all, which one reader refuses for all components."""
TEXTS = ("null", "[]", '"text"', "NaN", "1e999")
"""Instead of an object."""
NO_JSON = ("", "no JSON", '{"mix": {"value": [[[', "[" * 100_000, "1" * 5_000)
"""What Streamlit itself cannot read. The sender's own page fails, with a sentence; reloading it helps."""
FLOOD = 1_000
"""Events of every name in one message: read once for each event, they would take hours."""
LINK = 2_000
"""Characters that no link of the app needs."""
GROWTH = 300 * 2**20
"""Bytes that the server may need at most above what it needs for these pages, whatever is sent."""

numbers = itertools.count(1)


def forged(session: Session, value: Any) -> list[WidgetState]:
    """Every component reports one value under every name: as a report, bare, and as a trigger."""
    queue = [[next(numbers), value]]
    state = json.dumps({name: value if name == "value" else queue for name in NAMES})
    trigger = json.dumps([{"event": name, "value": value} for name in NAMES])
    return [send for each in session.components.values() for send in (state_of(each, state), trigger_of(each, trigger))]


def everywhere(session: Session, text: str) -> list[WidgetState]:
    """Every component sends this text, as its state and as a trigger."""
    return [send(component, text) for component in session.components.values() for send in (state_of, trigger_of)]


def _listening(process: psutil.Process) -> set[int]:
    """The ports on which a process takes connections."""
    return {c.laddr.port for c in process.net_connections() if c.status == psutil.CONN_LISTEN}


class Server:
    """The process behind an address."""

    def __init__(self, url: str) -> None:
        port = urlsplit(url).port
        self._pid = next(p.pid for p in psutil.Process().children(recursive=True) if port in _listening(p))

    def forget_peak(self) -> None:
        Path(f"/proc/{self._pid}/clear_refs").write_text("5", encoding="ascii")

    def peak(self) -> int:
        """The most memory since then, in bytes."""
        status = Path(f"/proc/{self._pid}/status").read_text(encoding="ascii")
        return 1024 * next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


async def _arrive(session: Session, query: str) -> Run:
    """The page once the app has answered every question, so that everything is drawn."""
    run = await session.run(query)
    asks = [press_of(button) for key, button in run.buttons.items() if key.startswith("w_predict_") and key.endswith("_show")]
    return await session.run(widgets=asks) if asks else run


async def _attack(url: str, page: str, query: str) -> set[str]:
    """Sends everything there is from one session, while another looks on. The names of the components that were there."""
    attacker, other = (Session(url, page.strip()) for _ in range(2))
    async with attacker.connected(), other.connected():
        first = await _arrive(other, query)
        expected = await _arrive(attacker, query)
        assert expected.errors == first.errors
        assert bool(first.errors) == (page == "shortcuts"), "it quotes an error of PyTorch's, on purpose"
        assert not first.failures
        for name, value in VALUES.items():
            if name in OF_THE_MIXER and "mixer" not in attacker.components:
                continue  # elsewhere one more object of the wrong form
            run = await attacker.run(widgets=forged(attacker, value))
            assert run.errors == first.errors, f"{page}: {name}"
            assert len(attacker.query) < LINK, f"{page}: {name}"
        for text in TEXTS if page in OF_ANY_FORM else ():
            run = await attacker.run(widgets=everywhere(attacker, text))
            assert run.errors == first.errors, f"{page}: {text}"
        flood = json.dumps([{"event": name} for name in NAMES] * FLOOD)
        assert (await attacker.run(widgets=[trigger_of(c, flood) for c in attacker.components.values()])).errors == first.errors
        left = parse_qs(attacker.query)
        assert (await attacker.run()).errors == first.errors
        again = await other.run()
        assert again.errors == first.errors
        assert again.components.keys() == first.components.keys()
        assert parse_qs(other.query).keys() <= left.keys() | parse_qs(query).keys() | {"lang"}
    return {component.component_name for component in attacker.components.values()}


async def _fail_alone(url: str, page: str, text: str) -> None:
    sender, other = (Session(url, page) for _ in range(2))
    async with sender.connected(), other.connected():
        await sender.run("")
        await other.run("")
        run = await sender.run(widgets=everywhere(sender, text))
        assert set(run.errors) <= {lesson("common").labels["failure"]}, "no traceback"
        assert run.failures == run.errors
        assert (await other.run()).errors == []
    again = Session(url, page)
    async with again.connected():
        assert (await again.run("")).errors == []


@pytest.mark.parametrize("text", NO_JSON, ids=lambda text: text[:12])
def test_who_sends_no_json_fails_alone(server: str, text: str) -> None:
    in_a_loop(_fail_alone(server, "mixing", text))


async def _stopped(url: str) -> None:
    """Start a run and stop it, so that its page listens for as long as it may go on."""
    session = Session(url, "degradation")
    async with session.connected():
        run = await session.run(VIEWS["degradation "])
        for press in ("w_train_", "w_stop_"):
            run = await session.run(widgets=[press_of(run.buttons[f"{press}{key_of(RUN)}"])])
        while f"line_{key_of(RUN)}" in run.components:
            run = await session.run()


@pytest.mark.endurance
@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is read from /proc")
def test_forged_reports_harm_nobody(server: str) -> None:
    async def visit_all() -> None:
        for page, query in VIEWS.items():
            session = Session(server, page.strip())
            async with session.connected():
                await _arrive(session, query)

    in_a_loop(_stopped(server))
    in_a_loop(visit_all())
    process = Server(server)
    process.forget_peak()
    before = process.peak()
    met: set[str] = set()
    for page, query in VIEWS.items():
        met |= in_a_loop(_attack(server, page, query))
    assert process.peak() - before < GROWTH
    folders = Path(__file__).parents[2] / "resnet_viz" / "ui" / "components"
    texts = [path.read_text(encoding="utf-8") for path in folders.glob("*/__init__.py") if path.parent.name not in OF_A_CLASS]
    there = {name for text in texts if "Report(" in text for name in re.findall(r'component\(\s*"(\w+)"', text)}
    assert there
    assert there - met == set()


def test_who_sends_reports_by_hand_can_use_the_page(server: str) -> None:
    """What is of the right form does what a click does: the forgeries above reach the same code."""

    async def use() -> None:
        session = Session(server, "mixing")
        async with session.connected():
            await session.run("")
            mix = {"mix": [[next(numbers), MIX | {"relu": True}]]}
            await session.run(widgets=[state_of(session.components["mixer"], mix)])
            assert parse_qs(session.query)["mix"] == ["note__relu"]
        session = Session(server, "build")
        async with session.connected():
            await session.run("net=resnet18")
            diagram = session.components["diagram_build"]
            for toggles in (["layer1.0"], ["layer1.0", "layer2.0"], ["layer2.0"]):
                await session.run(widgets=[state_of(diagram, {"toggle": [[next(numbers), name] for name in toggles]})])
            assert "open" not in parse_qs(session.query), "opened, closed and another opened, closed"

    in_a_loop(use())
