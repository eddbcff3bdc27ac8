"""The link: what goes in comes out, and a bad one opens the default."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz import ResNetSpec
from resnet_viz.ui.state import PARAMS
from tests.conftest import specs


@given(st.sampled_from(sorted(PARAMS)), st.text(max_size=80))
def test_any_text_is_read_or_refused(name: str, text: str) -> None:
    try:
        value = PARAMS[name].parse(text)
    except ValueError:
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
