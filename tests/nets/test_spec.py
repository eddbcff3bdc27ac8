"""A spec is a value: frozen, hashable, picklable, and the same after a trip through text."""

from __future__ import annotations

import pickle
from contextlib import suppress
from dataclasses import FrozenInstanceError, fields, replace
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resnet_viz import ResNetSpec, parse_network, preset, presets
from resnet_viz.nets.presets import preset_name, short_name
from resnet_viz.nets.spec import BOUNDS, CHOICES, MAX_BLOCKS_PER_STAGE
from tests.conftest import specs


@given(specs())
def test_text_and_back(spec: ResNetSpec) -> None:
    assert ResNetSpec.parse(str(spec)) == spec
    assert parse_network(short_name(spec)) == spec
    assert quote(str(spec)) == str(spec), "nothing in it needs escaping in a URL"
    assert pickle.loads(pickle.dumps(spec)) == spec
    assert hash(ResNetSpec.parse(str(spec))) == hash(spec)


@given(specs())
def test_depth_counts_main_path_convolutions_and_the_last_layer(spec: ResNetSpec) -> None:
    per_block = {"basic": 2, "bottleneck": 3}[spec.block]
    assert spec.depth == 2 + per_block * len(spec.blocks)
    assert len(spec.blocks) == sum(spec.stages)


@given(specs(), st.data())
def test_one_skip_can_be_removed_and_restored(spec: ResNetSpec, data: st.DataObject) -> None:
    block = data.draw(st.sampled_from(spec.blocks))
    without = spec.with_skip(block, False)
    assert not without.has_skip(block)
    assert all(without.has_skip(b) == spec.has_skip(b) for b in spec.blocks if b != block)
    assert without.with_skip(block, True) == spec.with_skip(block, True)


def test_all_removed_is_plain_and_all_kept_is_residual() -> None:
    spec = preset("resnet18")
    assert replace(spec, skips=frozenset()) == spec.plain()
    assert replace(spec, skips=frozenset(spec.blocks)) == spec
    assert spec.plain().residual() == spec


def test_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        preset("resnet18").width = 3  # type: ignore[misc]


@pytest.mark.parametrize("field", CHOICES)
@pytest.mark.parametrize("value", ["", "other", 3, None])
def test_words_that_are_not_accepted(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field) as caught:
        ResNetSpec(**{field: value})
    assert repr(value) in str(caught.value)
    assert all(repr(word) in str(caught.value) for word in CHOICES[field])


@pytest.mark.parametrize("field", BOUNDS)
@pytest.mark.parametrize("value", [0, -1, 10**9, 1.5, True, "3", None])
def test_numbers_that_are_not_accepted(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field) as caught:
        ResNetSpec(**{"block": "bottleneck", field: value})
    assert repr(value) in str(caught.value)


@pytest.mark.parametrize(
    "stages", [(), (0,), (3, 0, 6), (1, 2, 3, 4, 5), (MAX_BLOCKS_PER_STAGE + 1,), ("2",), (1.0,), 3, None, (True,)]
)
def test_stages_that_are_not_accepted(stages: Any) -> None:
    with pytest.raises(ValueError, match="blocks per stage") as caught:
        ResNetSpec(stages=stages)
    assert repr(stages) in str(caught.value)


@pytest.mark.parametrize(
    ("wrong", "quoted"),
    [
        ({"groups": 2}, "not 2"),
        ({"stride_on": "1x1"}, "'1x1'"),
        ({"norm": "none", "zero_gamma": True}, "'none'"),
        ({"block": "bottleneck", "width": 1, "width_per_group": 1}, "below 1"),
        ({"skips": "some"}, "'some'"),
        ({"skips": {"layer9.0"}}, "'layer9.0'"),
        ({"skips": 5}, "5"),
        ({"skips": [["a"]]}, "[['a']]"),
        ({"skips": {3}}, "{3}"),
        ({"zero_gamma": 1}, "1"),
    ],
)
def test_combinations_that_are_no_network(wrong: dict[str, Any], quoted: str) -> None:
    with pytest.raises(ValueError) as caught:
        ResNetSpec(**wrong)
    assert quoted in str(caught.value)


@pytest.mark.parametrize(
    "text",
    ["", "resnet", "basic", "basic-", "basic-a.b", "basic-2.2-huge", "basic-2.2-w16-w8", "basic-2.2-plain-cut1.0",
     "basic-2.2-cut9.9", "basic-2.2-w", "basic-2.2-w99999999999", "basic-1.1.1.1.1", "basic-٢.٢", "basic-2.2-", "<script>"],
)  # fmt: skip
def test_text_that_is_no_network(text: str) -> None:
    with pytest.raises(ValueError):
        ResNetSpec.parse(text)


def test_blanks_around_a_pasted_text_do_no_harm() -> None:
    assert ResNetSpec.parse(" basic-2.2-w16\n").width == 16


@given(st.text(max_size=60))
def test_any_text_parses_or_raises_value_error(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse_network(text), ResNetSpec)


@pytest.mark.parametrize("text", ["resnet19", "", "50", 50])
def test_what_is_no_network_says_that_names_are_accepted_too(text: Any) -> None:
    with pytest.raises(ValueError, match="a name such as resnet50") as caught:
        parse_network(text)
    assert repr(text) in str(caught.value)


def test_every_preset_has_its_name_and_an_unknown_one_is_quoted() -> None:
    assert [preset_name(preset(name)) for name in presets()] == list(presets())
    with pytest.raises(ValueError, match="'resnet19'"):
        preset("resnet19")


def test_every_field_is_documented_in_the_text_form() -> None:
    """A field that str() forgot would make two different networks share a link."""
    other = {"block": "bottleneck", "stages": (1,), "width": 5, "widen": 1, "groups": 3, "width_per_group": 7, "stem": "cifar",
             "shortcut": "A", "order": "pre", "norm": "none", "stride_on": "1x1", "init": "xavier", "zero_gamma": True,
             "skips": "none", "in_channels": 1, "classes": 2}  # fmt: skip
    base = ResNetSpec(block="bottleneck", width=640)
    for field in fields(ResNetSpec):
        if field.name != "block":
            assert str(replace(base, **{field.name: other[field.name]})) != str(base), field.name


def test_without_widening_all_stages_are_equally_wide() -> None:
    spec = ResNetSpec.parse("bottleneck-2.2.2-w8-x1-cifar-c10")
    assert spec == replace(ResNetSpec.parse("bottleneck-2.2.2-w8-cifar-c10"), widen=1)
    assert {shape.out_channels for shape in spec.geometry()} == {32}
    assert [shape.stride for shape in spec.geometry() if shape.name.endswith(".0")] == [1, 2, 2]
    with pytest.raises(ValueError, match="widen"):
        ResNetSpec(widen=3)
