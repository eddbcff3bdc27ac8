"""What a browser reports of a component: anything may come, and only what is of the stated form is taken."""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz.probes.mixing import LIMIT, MAX_ROWS, MAX_SHIFT, Mix, parse_mix
from resnet_viz.ui.components import reports
from resnet_viz.ui.components.block_areas import FAIR, read_channels, read_fair
from resnet_viz.ui.components.clickable_svg import read_cut, read_toggle
from resnet_viz.ui.components.gallery import read_pasted
from resnet_viz.ui.components.mixer import read_mix
from resnet_viz.ui.components.pixel_picker import read_at
from resnet_viz.ui.components.reports import LONGEST_QUEUE, MOST_CALLS, NAME, Report, Trigger, flag, mount, read_queue
from resnet_viz.ui.components.stepper import read_place, read_step
from resnet_viz.ui.kit import hand_over
from resnet_viz.ui.kit.shared_params import PICK
from resnet_viz.ui.kit.url_state import Param
from resnet_viz.ui.lessons.block.params import FOLLOW, STEP
from resnet_viz.ui.lessons.bottleneck.params import FAIR as FAIR_LINK
from resnet_viz.ui.lessons.gradients.params import DOT
from resnet_viz.ui.lessons.mixing.params import MIX

LEAVES = st.none() | st.booleans() | st.integers() | st.integers(-(10**400), 10**400) | st.floats() | st.text()
JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(max_size=8), inner, max_size=8), max_leaves=40
)
"""Whatever a browser can send."""

NUMBERS = st.integers(-3, 3) | st.floats(-LIMIT, LIMIT)
GOOD: dict[str, tuple[Callable[[Any], Any], st.SearchStrategy[Any]]] = {
    "flag": (flag, st.booleans()),
    "name": (NAME, st.from_regex(r"[\w.-]{0,60}", fullmatch=True, alphabet=st.characters(max_codepoint=126))),
    "toggle": (read_toggle, st.builds("{}:layer{}.{}".format, st.just("plain"), st.integers(1, 4), st.integers(0, 99))),
    "cut": (
        read_cut,
        st.fixed_dictionaries(
            {
                "base": st.just("basic-2.2.2-w16"),
                "blocks": st.lists(st.builds("layer{}.{}".format, st.integers(1, 4), st.integers(0, 499)), max_size=30),
            }
        ),
    ),
    "pasted": (read_pasted, st.binary(max_size=80).map(lambda data: base64.b64encode(data).decode())),
    "at": (read_at, st.lists(st.integers(0, 31), min_size=2, max_size=2)),
    "step": (read_step, st.integers(0, 20)),
    "fair": (read_fair, st.sampled_from(FAIR)),
    "channels": (read_channels([16, 64, 50]), st.sampled_from([16, 64, 50])),
    "place": (read_place, st.lists(st.integers(0, 99_999), min_size=3, max_size=3)),
    "mix": (
        read_mix,
        st.fixed_dictionaries(
            {
                "rows": st.lists(st.lists(NUMBERS, min_size=4, max_size=4), min_size=1, max_size=MAX_ROWS),
                "relu": st.booleans(),
                "shift": st.integers(0, MAX_SHIFT),
                "shuffle": st.booleans(),
                "row": st.just(0),
                "grey": st.booleans(),
            }
        ),
    ),
}
"""Every reader with what it takes."""
IN_LINKS: dict[str, Param[Any]] = {"at": DOT, "step": STEP, "place": FOLLOW, "mix": MIX, "name": PICK, "fair": FAIR_LINK}
"""Readers whose values go into the link, with their parameters."""
LARGEST = 400
"""Characters of one value in a link."""


def size(value: object) -> int:
    """How many numbers, characters and items a value has."""
    if isinstance(value, Mix):
        return size(value.rows)
    if isinstance(value, tuple | list):
        return len(value) + sum(map(size, value))
    return len(value) if isinstance(value, str) else 1


@pytest.mark.parametrize("name", GOOD)
@given(st.data())
def test_what_a_component_sends_is_taken(name: str, data: st.DataObject) -> None:
    read, good = GOOD[name]
    value = read(data.draw(good))
    assert value is not None
    if name in IN_LINKS and not (name == "at" and max(value) > 31):
        param = IN_LINKS[name]
        written = param.dump(value)
        assert len(written) <= LARGEST
        if written or name != "name":
            assert param.parse(written) == value


@pytest.mark.parametrize("name", GOOD)
@given(st.data())
def test_anything_else_is_left_out_in_silence(name: str, data: st.DataObject) -> None:
    """Anything at all, or something good with one part of it replaced by anything."""
    read, good = GOOD[name]
    sent = data.draw(good)
    place = data.draw(st.sampled_from([None, *_places(sent)]))
    sent = _with(sent, place, data.draw(JSON))
    value = read(sent)
    assert value is None or isinstance(value, bytes) or size(value) <= 5_000
    if name in IN_LINKS and value is not None:
        assert len(IN_LINKS[name].dump(value)) <= LARGEST


def _places(value: object, above: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to each part of a value."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, part in inside for way in ((*above, key), *_places(part, (*above, key)))]


def _with(value: Any, way: tuple[Any, ...] | None, other: object) -> Any:
    if not way:
        return other
    first, *rest = way
    changed = _with(value[first], tuple(rest) or None, other)
    if isinstance(value, dict):
        return {**value, first: changed}
    return [*value[:first], changed, *value[first + 1 :]]


@pytest.mark.parametrize(
    ("read", "sent"),
    [
        (read_mix, {"rows": [[1, 2, -1, 0]], "relu": 10**7, "shift": 0, "shuffle": False, "row": 0, "grey": False}),
        (read_mix, {"rows": [[1, 2, -1, 0]] * 9, "relu": True, "shift": 0, "shuffle": False, "row": 0, "grey": False}),
        (read_mix, {"rows": [[1, 2, -1, math.nan]], "relu": True, "shift": 0, "shuffle": False, "row": 0, "grey": False}),
        (read_mix, {"rows": [[1, 2, -1, 0]], "relu": True, "shift": 0, "shuffle": False, "row": 1, "grey": False}),
        (read_mix, {"rows": [[1, 2, -1, 0]], "relu": True, "shift": -1, "shuffle": False, "row": 0, "grey": False}),
        (read_at, [-1, 0]),
        (read_at, [0, math.inf]),
        (read_at, [0] * 10**6),
        (read_place, [0, 0, -1]),
        (read_place, [0, 10**30, 0]),
        (read_step, math.nan),
        (read_step, -1),
        (read_step, True),
        (read_cut, {"base": "b", "blocks": ["layer1.0"] * 10**5}),
        (read_cut, {"base": "b" * 10**6, "blocks": []}),
        (read_cut, {"base": "b", "blocks": ["layer٣.0"]}),
        (NAME, "x" * 61),
        (NAME, "<b>"),
        (flag, 1),
        (flag, None),
    ],
)
def test_these_are_refused(read: Callable[[object], object], sent: object) -> None:
    assert read(sent) is None


@given(st.lists(st.tuples(st.integers(1, 2**53), JSON).map(list), max_size=LONGEST_QUEUE))
def test_a_queue_is_read_whole(queue: list[list[Any]]) -> None:
    assert [number for number, _ in read_queue(queue)] == [number for number, _ in queue]


@given(JSON)
def test_any_queue_is_read_or_refused(sent: object) -> None:
    assert len(read_queue(sent)) <= LONGEST_QUEUE
    assert read_queue([[1, sent]] * (LONGEST_QUEUE + 1)) == []
    assert read_queue([[1, sent], sent]) == ([] if not _is_entry(sent) else read_queue([[1, sent]]) + read_queue([sent]))


def _is_entry(sent: object) -> bool:
    return bool(read_queue([sent]))


# What `mount` makes of it


class Page:
    """A component on a page without Streamlit: what it was given, and what it reports."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, answer: bool = True, **taken: Report[Any] | Trigger[Any]) -> None:
        self.state: dict[str, Any] = {}
        self.data: Mapping[str, object] = {}
        self._callbacks: dict[str, Callable[[], None]] = {}
        monkeypatch.setattr(reports.st, "session_state", self.state)
        monkeypatch.setattr(hand_over.st, "session_state", self.state)
        self._answer, self._taken = answer, taken
        self.run()

    def run(self) -> None:
        mount(self._component, "it", {}, answer=self._answer, **self._taken)

    def _component(self, *, key: str, data: Mapping[str, object], **callbacks: Callable[[], None]) -> None:
        self.data, self._callbacks = data, callbacks
        self.state.setdefault(key, {})

    def call(self, name: str) -> None:
        self._callbacks[f"on_{name}_change"]()

    def report(self, name: str, sent: object) -> None:
        """A run that answers a report. Like Streamlit, it calls nobody where the value is the same as before."""
        if self.state["it"].get(name) != sent:
            self.state["it"] = {**self.state["it"], name: sent}
            self.call(name)
        self.run()


def test_the_same_value_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    page = Page(monkeypatch, chosen=Report(NAME, taken.append))
    page.report("chosen", [[7, "rocket"]])
    assert page.data["heard"] == 7
    page.report("chosen", [[8, "rocket"]])
    assert taken == ["rocket", "rocket"]
    assert page.data["heard"] == 8


def test_each_event_counts_once_however_many_come_together(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    page = Page(monkeypatch, toggle=Report(NAME, taken.append))
    page.report("toggle", [[1, "a"]])
    page.report("toggle", [[1, "a"], [2, "b"], [3, "a"]])  # the run that answered the second was overtaken
    page.report("toggle", [[3, "a"], [4, "c"]])
    assert taken == ["a", "b", "a", "c"]


def test_a_clock_that_was_set_back_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    page = Page(monkeypatch, toggle=Report(NAME, taken.append))
    page.report("toggle", [[1000, "a"]])
    page.report("toggle", [[10, "b"]])
    assert taken == ["a", "b"]


def test_what_is_refused_is_heard_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the browser would wait for an answer."""
    taken: list[str] = []
    page = Page(monkeypatch, chosen=Report(NAME, taken.append))
    page.report("chosen", [[3, {"no": "name"}]])
    assert taken == []
    assert page.data["heard"] == 3


@given(JSON)
def test_nothing_that_is_sent_breaks_a_run(sent: object) -> None:
    with pytest.MonkeyPatch.context() as patch:
        taken: list[object] = []
        page = Page(patch, mix=Report(read_mix, taken.append), pasted=Trigger(read_pasted, taken.append))
        page.report("mix", sent)
        page.report("mix", [[1, sent]])
        page.report("pasted", sent)
        page.state["it"] = sent
        page.run()
        for value in taken:
            assert isinstance(value, bytes) or parse_mix(str(value)) == value


def test_a_message_of_very_many_events_is_read_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit calls once for each."""
    chosen: list[str] = []
    pasted: list[bytes] = []
    page = Page(monkeypatch, chosen=Report(NAME, chosen.append), pasted=Trigger(read_pasted, pasted.append))
    page.state["it"] = {"chosen": [[1, "cat"]], "pasted": "AAAA"}
    read: list[str] = []
    sent = reports._sent
    monkeypatch.setattr(reports, "_sent", lambda key, name: (read.append(name), sent(key, name))[1])
    for _ in range(10_000):
        page.call("chosen")
        page.call("pasted")
    assert (chosen, pasted) == (["cat"], [base64.b64decode("AAAA")])
    assert len(read) <= 2 * MOST_CALLS
    page.run()
    page.report("pasted", "BBBB")
    assert pasted == [base64.b64decode(sent) for sent in ("AAAA", "BBBB")]


def test_a_component_that_keeps_its_own_state_gets_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch, answer=False, step=Report(read_step, lambda _: None))
    page.report("step", [[5, 3]])
    assert page.data == {}


# What a component keeps itself


def test_what_was_reported_is_not_handed_over_again(monkeypatch: pytest.MonkeyPatch) -> None:
    page = Page(monkeypatch)
    assert hand_over.hand_over("it", 0) == (0, 0)
    hand_over.reported("it", 6)
    assert hand_over.hand_over("it", 6) == (0, 0), "nothing new travels"
    assert hand_over.hand_over("it", 2) == (2, 1), "a link does"
    hand_over.reported("it", 5)
    assert hand_over.hand_over("it", 2) == (2, 2), "and so does the browser's Back to it"
    hand_over.reported("it", 7)
    del page.state["it"]  # the component has left the page
    assert hand_over.hand_over("it", 7) == (7, 2), "it opens again where it was"
