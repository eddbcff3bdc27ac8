"""The link: what goes in comes out, and a bad one opens the default."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz import ResNetSpec
from resnet_viz.jobs.limits import Limits
from resnet_viz.refused import Refused
from resnet_viz.ui.kit.url_state import PARAMS
from tests.conftest import specs


@given(st.sampled_from(sorted(PARAMS)), st.text(max_size=80))
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    try:
        value = PARAMS[name].parse(text)
    except Refused:
        return
    assert PARAMS[name].parse(PARAMS[name].dump(value)) == value


@given(specs())
def test_networks_travel(spec: ResNetSpec) -> None:
    for name in ("net", "vs"):
        assert PARAMS[name].parse(PARAMS[name].dump(spec)) == spec


@pytest.mark.parametrize(
    ("name", "text"),
    [("size", "7"), ("size", "513"), ("size", "²"), ("seed", "-1"), ("pick", "a b"), ("lang", "fr"), ("unfold", "stem")],
)
def test_values_out_of_bounds_are_quoted(name: str, text: str) -> None:
    with pytest.raises(ValueError) as caught:
        PARAMS[name].parse(text)
    assert repr(text) in str(caught.value)


SMALL = "basic-1.1.1-w8-cifar2-sA-c10"
DEEP = "basic-20.20.20-w8-cifar2-sA-c10"


@pytest.mark.parametrize("run", [f"{SMALL}~steps{Limits().steps + 1}", DEEP])
@pytest.mark.parametrize(("name", "frame"), [("exp", "{}"), ("runs", f"{SMALL}!{{}}"), ("sweep", "8!1!{}")])
def test_a_link_asks_for_no_more_than_is_trained_live(name: str, frame: str, run: str) -> None:
    if name == "sweep" and run == DEEP:
        return  # a sweep has depths of its own
    with pytest.raises(Refused) as caught:
        PARAMS[name].parse(frame.format(run))
    assert caught.value.code == "limits"
    assert f"{Limits().steps:,} steps and depth {Limits().depth}" in str(caught.value)
    assert PARAMS[name].parse(frame.format(f"{SMALL}~steps{Limits().steps}"))
