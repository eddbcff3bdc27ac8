"""Lesions, held against networks that are built without the block."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz import ResNet, ResNetSpec, build, parse_network
from resnet_viz.probes.lesion import (
    LesionScore,
    choices,
    delete_random,
    lesion,
    lesion_blocks,
    skip_lesion,
    swap_blocks,
    swappable,
)
from resnet_viz.refused import Refused
from tests.conftest import specs


def settled(spec: ResNetSpec, seed: int = 0) -> ResNet:
    """A network whose BN statistics are not those it starts with."""
    model = build(spec, seed)
    with torch.no_grad():
        model(torch.randn(8, spec.in_channels, 16, 16, generator=torch.Generator().manual_seed(seed)))
    return model.eval()


def batch(spec: ResNetSpec, count: int = 6) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(count, spec.in_channels, 16, 16, generator=generator)
    return x, torch.randint(spec.classes, (count,), generator=generator)


def score(model: nn.Module, x: Tensor, y: Tensor) -> LesionScore:
    with torch.no_grad():
        logits = model(x)
    return LesionScore(F.cross_entropy(logits, y).item(), (logits.argmax(1) != y).float().mean().item())


def without(model: ResNet, block: str) -> ResNet:
    """A network that was never given this block, a stage one block shorter, with the weights of the others."""
    stage, index = int(block[5]), int(block.split(".")[1])
    stages = tuple(n - (i == stage) for i, n in enumerate(model.spec.stages, 1))

    def moved(name: str) -> str:
        """What a block is called in the shorter network."""
        s, i = int(name[5]), int(name.split(".")[1])
        return f"layer{s}.{i - 1}" if s == stage and i > index else name

    kept = [name for name in model.spec.blocks if name != block]
    skips = frozenset(moved(name) for name in kept if model.spec.has_skip(name))
    smaller = build(replace(model.spec, stages=stages, skips=skips)).eval()
    state = {}
    for key, value in model.state_dict().items():
        if not key.startswith(f"{block}."):
            parts = key.split(".")
            is_block = parts[0].startswith("layer")
            state[".".join([moved(".".join(parts[:2])), *parts[2:]]) if is_block else key] = value
    smaller.load_state_dict(state)
    return smaller


@settings(max_examples=30)
@given(specs(largest_stage=3, widths=(4,)), st.data())
def test_it_is_the_network_built_without_that_block(spec: ResNetSpec, data: st.DataObject) -> None:
    """Where a network without the block can be built: the block changes no shape, and is not the one that pre-activation begins
    with.
    """
    shapes = [s for s in spec.geometry() if s.stride == 1 and s.in_channels == s.out_channels]
    fit = [s.name for s in shapes if spec.stages[s.stage - 1] > 1 and s.shortcut in ("identity", "none")]
    fit = [name for name in fit if name != "layer1.0" or spec.order == "post"]
    assume(fit)
    model, block = settled(spec), data.draw(st.sampled_from(fit))
    x, y = batch(spec)
    found, wanted = lesion_blocks(model, x, y, (block,)), score(without(model, block), x, y)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-5, nan_ok=True)
    assert found.error == wanted.error


@pytest.mark.parametrize("name", ["basic-2.2-w4-cifar-c10", "basic-2.2-w4-cifar-sA-c10", "bottleneck-2.2-w4-cifar-pre-c10"])
def test_a_block_that_changes_the_shape_is_its_shortcut(name: str) -> None:
    """The same network with the branch's last operation made zero: then y = 0 + shortcut."""
    model = settled(parse_network(name))
    x, y = batch(model.spec)
    for block in ("layer1.0", "layer2.0"):
        silent = settled(model.spec)
        last = silent.get_submodule(f"{block}.{silent.get_submodule(block).branch[-1]}")
        with torch.no_grad():
            last.weight.zero_()
            if last.bias is not None:
                last.bias.zero_()
        assert lesion_blocks(model, x, y, (block,)).loss == pytest.approx(score(silent, x, y).loss, rel=1e-5)


@settings(max_examples=15, deadline=None)
@given(specs())
def test_a_removed_skip_is_the_network_built_without_it(spec: ResNetSpec) -> None:
    model, (x, y) = settled(spec), batch(spec)
    found = {each.block: each.score for each in skip_lesion(model, x, y)}
    assert [*found] == ["", *(name for name in spec.blocks if spec.has_skip(name))]
    for name in [*found][1:]:
        cut = build(spec.with_skip(name, False)).eval()
        own = cut.state_dict()
        cut.load_state_dict({key: value for key, value in model.state_dict().items() if key in own})
        assert found[name] == pytest.approx(score(cut, x, y), rel=1e-4, abs=1e-5)


def test_a_plain_block_that_changes_the_shape_leaves_strided_x_and_zero_channels() -> None:
    model = settled(parse_network("basic-2.2-w4-cifar-c10-plain"))
    x, y = batch(model.spec)

    class Pad(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return F.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2))  # (N, 8, H/2, W/2)

    blocks = [Pad() if name == "layer2.0" else model.get_submodule(name) for name in model.spec.blocks]
    rest = nn.Sequential(model.conv1, model.bn1, model.relu, *blocks, model.avgpool, model.flatten, model.fc).eval()
    assert lesion_blocks(model, x, y, ("layer2.0",)) == score(rest, x, y)


@settings(max_examples=15)
@given(specs(largest_stage=2, widths=(4,)))
def test_all_at_once_is_one_by_one_and_the_model_is_as_before(spec: ResNetSpec) -> None:
    model = settled(spec)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    x, y = batch(spec)
    found = list(lesion(model, x, y))
    assert [one.block for one in found] == ["", *spec.blocks]
    assert found[0].score.loss == pytest.approx(score(model, x, y).loss, nan_ok=True)
    for one in found[1:]:
        assert one.score.loss == pytest.approx(lesion_blocks(model, x, y, (one.block,)).loss, nan_ok=True)
    assert all(torch.equal(value, before[key]) for key, value in model.state_dict().items())


def test_deleting_every_residual_block_leaves_the_shortcuts() -> None:
    model = settled(parse_network("basic-2.2-w4-cifar-sA-c10"))
    x, y = batch(model.spec)
    padded = F.pad(torch.relu(model.bn1(model.conv1(x)))[:, :, ::2, ::2], (0, 0, 0, 0, 2, 2)).mean((2, 3))  # (N, 8)
    wanted = F.cross_entropy(model.fc(padded), y).item()
    assert lesion_blocks(model, x, y, model.spec.blocks).loss == pytest.approx(wanted)


def test_random_deletions_are_the_same_for_twins() -> None:
    spec = parse_network("basic-2.2-w4-cifar-sA-c10")
    found = [[draw.deleted for _, draw in delete_random(settled(s), *batch(s), [1, 3], draws=4)] for s in (spec, spec.plain())]
    assert found[0] == found[1]
    assert [len(names) for names in found[0]] == [1] * 4 + [3] * 4
    assert len(set(choices(spec.blocks, 2, 20, seed=0))) > 1


def test_swapping_is_the_network_with_the_modules_swapped() -> None:
    model = settled(parse_network("basic-3.2-w4-cifar-c10"))
    x, y = batch(model.spec)
    swapped = settled(model.spec)
    state = model.state_dict()
    for one, other in (("layer1.0", "layer1.2"), ("layer1.2", "layer1.0")):
        own = {key.removeprefix(f"{one}."): value for key, value in state.items() if key.startswith(f"{one}.")}
        swapped.get_submodule(other).load_state_dict(own)
    assert swap_blocks(model, x, y, "layer1.0", "layer1.2").loss == pytest.approx(score(swapped, x, y).loss)
    assert swap_blocks(model, x, y, "layer1.0", "layer1.2") != score(model, x, y)
    assert set(swappable(model.spec)) == {(f"layer1.{i}", f"layer1.{j}") for i in range(3) for j in range(i + 1, 3)}


def test_what_cannot_be_measured_is_said() -> None:
    model = settled(parse_network("basic-2.2-w4-cifar-c10"))
    x, y = batch(model.spec)
    with pytest.raises(ValueError, match=r"layer1\.7"):
        lesion_blocks(model, x, y, ("layer1.7",))
    with pytest.raises(ValueError, match=r"layer2\.0"):
        swap_blocks(model, x, y, "layer2.0", "layer2.1")
    with pytest.raises(ValueError, match="5"):
        choices(model.spec.blocks, 5, 1, 0)
    with pytest.raises(ValueError, match=r"\(5,\)"):
        lesion_blocks(model, x, y[:5], ("layer1.0",))


def test_what_is_not_a_number_is_no_error_of_the_network() -> None:
    model = settled(parse_network("basic-1.1-w4-cifar-c10"))
    x, y = batch(model.spec)
    x[0] = float("nan")
    with pytest.raises(Refused, match=f"fc puts out {10 * len(y)} numbers, of which 10 are"):
        lesion_blocks(model, x, y, ("layer1.0",))
    with pytest.raises(Refused, match="float32"):
        list(lesion(model, x, y))
