"""What a link carries: what goes in comes out, a bad one opens the default, and Back goes exactly where one was."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.presets import presets
from resnet_viz.probes.mixing import PRESETS
from resnet_viz.refused import MOST_QUOTED, Refused
from resnet_viz.studies.claims import CLAIMS
from resnet_viz.studies.race import DEPTHS
from resnet_viz.text import LANGUAGES, lesson, names
from resnet_viz.training.cost import cost
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui import lessons
from resnet_viz.ui.classroom.classroom import ALPHABET, HIDEABLE, LENGTH
from resnet_viz.ui.kit import shared_params as shared
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.shared_params import MAX_RUNS, SHARED
from resnet_viz.ui.kit.url_parsers import OneOf, Whole
from resnet_viz.ui.kit.url_state import MAX_LENGTH, Param
from resnet_viz.ui.lessons.block.params import BLOCK, FOLLOW
from resnet_viz.ui.lessons.build.params import VERSUS
from resnet_viz.ui.lessons.claims.params import MEASURED
from resnet_viz.ui.lessons.degradation.params import EXPERIMENT, SWEEP, SWEEP_DEPTHS
from resnet_viz.ui.lessons.gradients.params import DOT, SKIPS
from resnet_viz.ui.lessons.mixing.params import MIX
from resnet_viz.ui.lessons.shortcuts.params import LEFT, RIGHT
from resnet_viz.ui.lessons.transfer.params import BACKBONE, NEW
from resnet_viz.ui.lessons.why.params import DELETED
from tests.conftest import specs
from tests.ui.test_pages import go_back, link, open_page

OF_PAGE = {page: (*SHARED, *lessons.params(page)) for page in LESSONS}
FURTHER = [key.removeprefix("further_") for name in names() for key in lesson(name).labels if key.startswith("further_")]
"""The sections of all pages: older links may name any number of them on any page."""
EVERY = list(dict.fromkeys(chain.from_iterable(OF_PAGE.values())))


def number(low: int, high: int) -> st.SearchStrategy[str]:
    return st.integers(low, high).map(str)


def dotted(*parts: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(*parts).map(".".join)


block_names = st.lists(st.from_regex(r"[1-4]\.(0|[1-9][0-9]?)", fullmatch=True), min_size=1, max_size=9, unique=True).map(
    "_".join
)
module_names = st.from_regex(r"[a-z][a-z0-9_.-]{0,20}", fullmatch=True)
networks = st.one_of(specs().map(str), st.sampled_from(sorted(presets())))
raced = st.builds(
    lambda n, options: f"basic-{n}.{n}.{n}-w8-cifar2-sA-c10{options}",
    st.sampled_from([(depth - 2) // 6 for depth in DEPTHS if depth <= Limits().depth]),
    st.sampled_from(["", "-nobn", "-xavier", "-plain", "-nobn-plain"]),
)
fields = st.lists(
    st.one_of(
        number(1, Limits().steps).map("steps{}".format),
        number(2, 256).map("batch{}".format),
        st.sampled_from([0.001, 0.02, 0.3, 1.0]).map("lr{}".format),
        st.sampled_from(["scheduleconstant", "schedulecosine"]),
        number(0, 999_999).map("seed{}".format),
        st.sampled_from(["datashapes", "datashapes-noise", "datashapes-rotation-large"]),
    ),
    max_size=4,
    unique_by=lambda text: "".join(c for c in text[:5] if c.isalpha()),
)


def is_trained_live(text: str) -> bool:
    return cost(Experiment.parse(text)).macs <= Limits().macs


experiments = st.builds(lambda network, more: "~".join([network, *more]), raced, fields).filter(is_trained_live)
decimals = st.integers(-30, 30).map(lambda tenth: f"{tenth / 10:g}")
mixes = st.builds(
    lambda rows, options: "__".join([*rows, *options]),
    st.one_of(
        st.sampled_from([[name] for name in PRESETS]),
        st.lists(st.tuples(*[decimals] * 4).map("_".join), min_size=1, max_size=8),
    ),
    st.lists(st.sampled_from(["relu", "shift3", "shuffle", "row0", "grey"]), unique=True),
)
GRAMMAR: dict[Param[Any], st.SearchStrategy[str]] = {
    shared.NETWORK: networks,
    shared.PICK: module_names,
    shared.OPEN: module_names,
    shared.PICTURE: module_names,
    shared.FIGURE: module_names,
    shared.CLASS: st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH).map(str.lower),
    shared.HIDE: st.lists(st.sampled_from(HIDEABLE), min_size=1, unique=True).map(".".join),
    shared.UNFOLD: st.lists(number(1, 4).map("layer{}".format), min_size=1, max_size=4, unique=True).map(".".join),
    **{shared.further(page): st.lists(st.sampled_from(FURTHER), min_size=1, unique=True).map(".".join) for page in LESSONS},
    shared.RUNS: st.lists(experiments, min_size=1, max_size=MAX_RUNS).map("!".join),
    BLOCK: module_names,
    BACKBONE: module_names,
    NEW: module_names,
    FOLLOW: dotted(*[number(0, 9999)] * 3),
    VERSUS: st.one_of(st.sampled_from(["none", "twin"]), networks),
    MEASURED: st.lists(st.sampled_from(CLAIMS), min_size=1, unique=True).map(".".join),
    EXPERIMENT: experiments,
    SWEEP: st.builds(
        lambda depths, seeds, like: f"{'.'.join(map(str, sorted(depths)))}!{seeds}!{like}",
        st.sets(st.sampled_from(DEPTHS), min_size=1, max_size=5),
        st.integers(1, 4),
        experiments,
    ),
    SWEEP_DEPTHS: st.one_of(st.just("none"), st.sets(st.sampled_from(DEPTHS), min_size=1).map(lambda d: ".".join(map(str, d)))),
    SKIPS: st.one_of(st.sampled_from(["all", "none"]), block_names.map("cut{}".format)),
    DOT: dotted(number(0, 31), number(0, 31)),
    MIX: mixes,
    LEFT: dotted(number(1, 2048), number(1, 224), number(1, 224)),
    RIGHT: dotted(number(1, 2048), number(1, 224), number(1, 224)),
    DELETED: block_names,
}
"""Texts that a link may have, for each parameter whose parser does not say so itself."""


def grammar(param: Param[Any]) -> st.SearchStrategy[str]:
    """Texts as people and `dump` write them for this parameter; not all of them have to be accepted."""
    if isinstance(param.parser, Whole):
        return number(param.parser.low, param.parser.high)
    if isinstance(param.parser, OneOf):
        return st.sampled_from(sorted(param.parser.values))
    return GRAMMAR[param]


def of(param: Param[Any]) -> str:
    page = next((page for page, params in OF_PAGE.items() if param in params), "")
    return param.name if param in SHARED else f"{page}:{param.name}"


each = pytest.mark.parametrize("param", EVERY, ids=of)


@each
def test_what_its_own_grammar_says_is_read_and_comes_out_the_same(param: Param[Any]) -> None:
    accepted = []

    @given(grammar(param))
    def check(text: str) -> None:
        value = param.parse(text)
        written = param.dump(value)
        assert param.parse(written) == value
        assert param.dump(param.parse(written)) == written, "what is written is canonical"
        accepted.append(text)

    check()
    assert accepted


HUGE = (
    "9" * 5000,
    "0" * 5000,
    "1." * 3000,
    "-1",
    "1e9",
    "+1",
    " 1",
    "1_000",
    "²",
    "５",
    "nan",
    "inf",
    "\x00",
    "\n",
    "\ud83d\ude00",
)


@each
def test_garbage_is_refused_and_quoted_in_short(param: Param[Any]) -> None:
    @settings(max_examples=60)
    @given(st.one_of(st.text(max_size=80), grammar(param).map(lambda t: t[::-1]), st.sampled_from(HUGE), block_names))
    def check(text: str) -> None:
        try:
            value = param.parse(text)
        except Refused as error:
            problem = error
        else:
            assert param.parse(param.dump(value)) == value
            return
        assert text == text[:MOST_QUOTED] or all(text not in problem.said(language) for language in LANGUAGES)
        assert len(str(problem)) < 800

    check()
    with pytest.raises(Refused, match=f"{MAX_LENGTH:,}"):
        param.parse("1" * (MAX_LENGTH + 1))


@pytest.mark.parametrize("text", ["00000000199", "9" * 9, "1" * 5000, "0" * 9 + "10"])
def test_a_number_is_checked_whole(text: str) -> None:
    with pytest.raises(Refused) as caught:
        Whole(1, 9)(text)
    assert len(str(caught.value)) < 150
    assert Whole(1, 9)("0" * 5000 + "7") == 7


@pytest.mark.parametrize("page", OF_PAGE)
def test_names_on_a_page_are_unique_old_ones_too(page: str) -> None:
    names = [param.name for param in OF_PAGE[page]]
    assert len(names) == len(set(names))
    old = {name for param in OF_PAGE[page] for name in param.formerly}
    assert not old & set(names)


@pytest.mark.parametrize(
    ("name", "text"),
    [("size", "7"), ("size", "513"), ("size", "²"), ("seed", "-1"), ("pick", "a b"), ("lang", "fr"), ("unfold", "stem")],
)
def test_values_out_of_bounds_are_quoted(name: str, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        next(param for param in SHARED if param.name == name).parse(text)
    assert repr(text) in str(caught.value)


SMALL = "basic-1.1.1-w8-cifar2-sA-c10"
DEEP = "basic-20.20.20-w8-cifar2-sA-c10"


@pytest.mark.parametrize("run", [f"{SMALL}~steps{Limits().steps + 1}", DEEP])
@pytest.mark.parametrize(("param", "frame"), [(EXPERIMENT, "{}"), (shared.RUNS, f"{SMALL}!{{}}"), (SWEEP, "8!1!{}")])
def test_a_link_asks_for_no_more_than_is_trained_live(param: Param[Any], frame: str, run: str) -> None:
    if param is SWEEP and run == DEEP:
        return  # a sweep has depths of its own
    with pytest.raises(Refused) as caught:
        param.parse(frame.format(run))
    assert caught.value.code == "limits"
    assert param.parse(frame.format(f"{SMALL}~steps{Limits().steps}"))


# In a session


def garbage(param: Param[Any]) -> Iterator[str]:
    for text in ("x y", "9" * 5000, ":material/home: www.example.org $x$ `", "1" * (MAX_LENGTH + 1)):
        try:
            param.parse(text)
        except ValueError:
            yield text


@pytest.mark.parametrize("kind", range(3))
@pytest.mark.parametrize("page", OF_PAGE)
def test_a_page_opens_with_garbage_in_every_parameter_and_names_each_once(page: str, kind: int) -> None:
    bad = {param.name: list(garbage(param))[kind] for param in OF_PAGE[page]}
    at = open_page(page, **bad)
    for name in bad:
        assert sum(f"“{name}”" in warning.value for warning in at.warning) == 1, name
    assert not {*bad.items()} & {*link(at).items()}
    at.run()
    assert not [warning for warning in at.warning if "“" in warning.value]


OLD = {
    "vs": ("build", "resnet34", {"versus": "resnet34"}),
    "at": ("block", "1.2.3", {"follow": "1.2.3"}),
    "bc": ("bottleneck", "96", {"channels": "96"}),
    "bh": ("bottleneck", "7", {"height": "7"}),
    "bw": ("bottleneck", "8", {"width": "8"}),
    "exp": ("degradation", f"{SMALL}~steps7", {"experiment": f"{SMALL}~steps7"}),
    "board": ("degradation", "shapes", {"recorded": "shapes"}),
    "flow": ("gradients", "basic-3.3.3-w8-cifar2-sA-c10-nobn-cut2.1", {"depth": "20", "norm": "none", "skips": "cut2.1"}),
    "px": ("gradients", "32", {"pixels": "32"}),
    "past": ("gradients", "cifar-20", {"training": "cifar-20"}),
    "touch": ("gradients", "dot", {"change": "dot"}),
    "much": ("gradients", "3", {"amount": "3"}),
    "wound": ("why", "swap", {"deletion": "swap"}),
    "gone": ("why", "1.0_3.2", {"deleted": "1.0_3.2"}),
    "nt": ("why", "bell", {"target": "bell"}),
    "nd": ("why", "3", {"layers": "3"}),
    "nf": ("why", "7", {"family": "7"}),
    "ns": ("why", "yes", {"copy": "yes"}),
    "lp": ("why", "cifar-56", {"twins": "cifar-56"}),
    "lw": ("why", "untrained", {"surface": "untrained"}),
    "lv": ("why", "map", {"look": "map"}),
    "lh": ("why", "log", {"height": "log"}),
    "lr": ("why", "0.5", {"reach": "0.5"}),
    "lm": ("why", "7.17", {"plane": "7", "points": "17"}),
}


@pytest.mark.parametrize("name", OLD)
def test_older_links_open_what_they_meant(name: str) -> None:
    page, text, today = OLD[name]
    at = open_page(page, lang="en", **{name: text})
    assert not at.warning
    assert link(at) == {"lang": "en", **today}


def test_every_old_name_is_tried() -> None:
    assert {name for param in EVERY for name in param.formerly} == OLD.keys()


Back = Callable[..., None]


@pytest.fixture
def back(monkeypatch: pytest.MonkeyPatch) -> Back:
    return lambda *where: go_back(monkeypatch, *where)


def test_back_and_forward_go_exactly_where_one_was(back: Back) -> None:
    at = open_page("build", lang="en")
    views = [link(at)]
    for name in ("resnet50", "resnet34"):
        at.selectbox("w_net").select(name).run()
        views.append(link(at))
    at.segmented_control("w_lang").set_value("zh").run()
    views.append(link(at))
    for view in [*reversed(views[:-1]), *views[1:], views[1]]:
        back(at, view)
        assert link(at) == view
        assert at.selectbox("w_net").value == view.get("net", "resnet18"), "what the page opens with comes back too"
        assert at.title[0].value.endswith(lesson("build", view["lang"]).title)


def test_a_click_in_a_fragment_leaves_back_alone(back: Back) -> None:
    """Whatever callbacks have run before, a Back is a Back."""
    at = open_page("degradation", lang="en", further="glimpses")
    before = link(at)
    at.session_state["w_race_more"] = True
    at.run()
    at.segmented_control("w_recorded").set_value("shapes").run()
    at.select_slider("w_glimpse_recorded").set_value(at.select_slider("w_glimpse_recorded").options[0]).run()
    back(at, before)
    assert link(at) == before
    assert at.segmented_control("w_recorded").value == "cifar"


def test_the_values_of_a_lesson_wait_while_another_is_open(back: Back) -> None:
    at = open_page("bottleneck", lang="en", height="7")
    at.switch_page("../../pages/why.py")
    at.query_params.clear()
    at.run()
    assert "height" not in link(at), "Why has a height of its own"
    at.switch_page("../../pages/bottleneck.py")
    at.query_params.clear()
    at.run()
    assert link(at) == {"lang": "en", "height": "7"}
    back(at, {"lang": "en"}, "why")
    assert link(at) == {"lang": "en"}
    back(at, {"lang": "en"}, "bottleneck")
    assert at.select_slider("w_height").value == 56, "as the link that one went back to says"


def test_a_link_names_the_further_experiments_of_its_own_page(back: Back) -> None:
    at = open_page("gradients", lang="en", further="papers")
    back(at, {"lang": "en", "further": "cost"}, "mixing")
    assert link(at) == {"lang": "en", "further": "cost"}
    for page, own in (("gradients", "papers"), ("mixing", "cost"), ("build", "")):
        at.switch_page(f"../../pages/{page}.py")
        at.query_params.clear()
        at.run()
        assert link(at).get("further", "") == own, "what is open elsewhere waits there"


def test_an_older_link_may_name_the_sections_of_all_pages() -> None:
    written = ".".join(FURTHER)
    assert shared.further("mixing").parse(written) == tuple(dict.fromkeys(FURTHER))
    assert not open_page("mixing", further=written).warning


def test_an_address_without_values_keeps_what_the_session_has(back: Back) -> None:
    at = open_page("build", lang="zh", net="resnet34")
    back(at, {})
    assert link(at) == {"lang": "zh", "net": "resnet34"}


def test_a_link_inside_the_app_is_the_whole_view() -> None:
    at = open_page("build", lang="en", net="resnet34", size="64", seed="7")
    at.switch_page("../../pages/activations.py")
    at.query_params.clear()
    at.query_params["lang"], at.query_params["net"] = "en", "cifar_resnet20"
    at.run()
    assert link(at) == {"lang": "en", "net": "cifar_resnet20"}
