"""Each claim's measurement by a second route, and verdicts that follow the numbers wherever they lead."""

from __future__ import annotations

import pickle
from dataclasses import replace
from fractions import Fraction
from math import comb
from statistics import median

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from resnet_viz import build, parse_network, plan, preset
from resnet_viz.nets.blockcost import block_plan
from resnet_viz.nets.weights import card, history, shipped_state, trained
from resnet_viz.probes.consumers import consumers
from resnet_viz.probes.gradients import gradient_norms
from resnet_viz.studies.claims import CLAIMS, Claim, Finding, measure
from resnet_viz.studies.claims import blocks as blocks_room
from resnet_viz.studies.claims import networks as networks_room
from resnet_viz.studies.claims.blocks import (
    PAPER_MACS_50,
    BlockCosts,
    Channels,
    Code,
    FirstBlock,
    Followed,
    Order,
    ShapeSums,
    Strides,
)
from resnet_viz.studies.claims.networks import Attention, Degradation, Ensemble, Gradients
from resnet_viz.studies.pretrained_pairs import subject_pictures, twins
from resnet_viz.studies.race import network
from resnet_viz.training.trainer import pictures


@pytest.fixture(scope="module")
def found() -> dict[str, Finding]:
    return {claim: measure(claim) for claim in CLAIMS}


def test_a_name_that_is_no_claims() -> None:
    with pytest.raises(ValueError, match="'cheese'"):
        measure("cheese")


def test_every_measurement_has_a_verdict_and_numbers(found: dict[str, Finding]) -> None:
    for finding in found.values():
        assert finding.verdict in ("holds", "corrected", "depends")
        assert finding.numbers
    assert {finding.verdict for finding in found.values()} == {"holds", "corrected", "depends"}, "not only corrections"


# Blocks


@pytest.mark.parametrize(("channels", "side"), [(16, 8), (64, 56)])
def test_cost_is_the_plans(channels: int, side: int) -> None:
    measured = blocks_room.cost(channels, side)
    assert measured.basic == block_plan("basic", channels, side, side).macs
    assert measured.bottleneck == block_plan("bottleneck", channels, side, side).macs
    assert measured.share == Fraction(1, 4) + Fraction(9, 16) + Fraction(1, 4)
    assert measured.numbers["basic_share"] == 2 * 9
    assert measured.verdict == "corrected"


def test_a_block_that_cost_what_is_claimed_would_hold() -> None:
    assert BlockCosts(4, 1, 1, 36, 12).verdict == "holds"
    assert BlockCosts(4, 1, 1, 36, 17).verdict == "corrected"


@pytest.mark.parametrize("name", ["resnet18", "resnet50"])
def test_first_blocks_are_the_plans(name: str) -> None:
    stages = plan(preset(name)).stages
    expected = [
        FirstBlock(b.name, b.in_shape, b.out_shape, b.shortcut == "projection") for b in (stage.blocks[0] for stage in stages)
    ]
    assert list(blocks_room.first_blocks(name)) == expected
    assert [block.stride for block in expected] == [stage.blocks[0].stride for stage in stages]


def test_three_of_four_halve(found: dict[str, Finding]) -> None:
    strides = found["strides"]
    assert isinstance(strides, Strides)
    assert (
        strides.numbers["resnet18"] == strides.numbers["resnet50"] == sum(b.stride == 2 for b in plan(preset("resnet18")).blocks)
    )
    assert not strides.small[0].projects
    assert strides.large[0].projects
    halving = tuple(block for block in strides.small if block.stride == 2)
    assert Strides(halving, halving).verdict == "holds"


def test_channels(found: dict[str, Finding]) -> None:
    channels = found["channels"]
    assert isinstance(channels, Channels)
    for name, given in (("resnet18", channels.small), ("resnet50", channels.large)):
        assert given == tuple(stage.out_shape[0] for stage in plan(preset(name)).stages)
    assert channels.verdict == "depends"
    assert replace(channels, large=channels.claimed).verdict == "holds"
    assert replace(channels, small=channels.large).verdict == "corrected"
    assert channels.small_in[0] == channels.small[0], "in stage 1 nothing doubles"
    assert all(out == 2 * into for into, out in zip(channels.small_in[1:], channels.small[1:], strict=True))
    assert channels.numbers["factor"] == preset("resnet50").expansion


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "cifar_resnet20", "basic-2.2-w4-cifar-pre-c10"])
def test_what_follows_a_convolution_is_what_the_plan_says_reads_it(name: str) -> None:
    spec = parse_network(name)
    p = plan(spec)
    kinds = {layer.name: layer.kind for layer in p.layers}
    read_by = {name: [layer.name for layer in p.layers if name in layer.inputs] for name in kinds}
    convolutions = [name for name, kind in kinds.items() if kind == "conv"]
    norms = [after for one in convolutions for after in read_by[one] if kinds[after] == "bn"]
    thirds = [kinds[after] for one in norms for after in read_by[one]]
    assert blocks_room.followed(spec) == Followed(len(convolutions), len(norms), thirds.count("relu"), thirds.count("add"))


def test_readers_sees_both_ways_into_an_addition() -> None:
    found = consumers(build(parse_network("basic-1.1-w4-cifar-c10")).eval(), torch.zeros(1, 3, 8, 8))
    assert found["relu"] == ("layer1.0.conv1", "layer1.0.add"), "an identity shortcut is looked through"
    assert found["layer2.0.downsample.1"] == ("layer2.0.add",)
    assert found["fc"] == ()


def test_order(found: dict[str, Finding]) -> None:
    order = found["order"]
    assert isinstance(order, Order)
    for name, one in (("resnet18", order.small), ("resnet50", order.large)):
        p = plan(preset(name))
        projections = sum(block.shortcut == "projection" for block in p.blocks)
        assert one.convolutions == p.depth - 1 + projections
        assert one.norm_add == len(p.blocks) + projections, "the last of each branch, and every projection"
        assert one.norm == one.norm_relu + one.norm_add == one.convolutions
    assert order.verdict == "corrected"
    every = Followed(5, 5, 5, 0)
    assert Order(every, every, order.pre).verdict == "holds"


def test_code(found: dict[str, Finding]) -> None:
    code = found["code"]
    assert isinstance(code, Code)
    spec = preset("resnet50")
    for where, macs in (("1x1", code.macs_1x1), ("3x3", code.macs_3x3)):
        assert macs == plan(replace(spec, stride_on=where)).macs
    assert code.norms == sum(layer.kind == "bn" for layer in plan(spec).layers) == code.convolutions
    projections = sum(block.shortcut == "projection" for block in plan(spec).blocks)
    assert code.norms_copied == projections + 1 == 5, "the projections' and the stem's"
    assert code.numbers["projections"] == projections
    assert code.paper_agrees
    assert abs(code.macs_1x1 - PAPER_MACS_50.value) < 1e8
    assert code.verdict == "corrected"
    assert replace(code, norms_copied=code.norms).verdict == "holds"


def test_shapes(found: dict[str, Finding]) -> None:
    shapes = found["shapes"]
    assert isinstance(shapes, ShapeSums)
    assert shapes.verdict == "holds"
    with pytest.raises(RuntimeError) as refused:
        torch.zeros(1, *shapes.f) + torch.zeros(1, *shapes.x)
    assert str(refused.value) == shapes.error
    assert replace(shapes, error="").verdict == "corrected"


# Networks


def test_degradation_is_what_the_histories_say(found: dict[str, Finding]) -> None:
    degradation = found["degradation"]
    assert isinstance(degradation, Degradation)
    ends = {
        (card(name).spec.depth, card(name).spec.skips): history(name).epochs[-1]["train_error"]
        for depth in degradation.depths
        for name in twins("cifar10", depth)
    }
    assert (degradation.plain_shallow[-1], degradation.plain_deep[-1]) == (ends[20, "none"], ends[56, "none"])
    assert (degradation.shallow[-1], degradation.deep[-1]) == (ends[20, "all"], ends[56, "all"])
    assert degradation.verdict == "holds"
    assert replace(degradation, plain_deep=degradation.deep).verdict == "corrected"


def test_gradients_are_autograds(found: dict[str, Finding]) -> None:
    gradients = found["gradients"]
    assert isinstance(gradients, Gradients)
    train, _ = pictures("shapes", 0)
    x, y = train.normalised(*train.mean_std())[:64], train.labels[:64]
    for plain, norms in ((True, gradients.plain), (False, gradients.residual)):
        model = build(network(56, plain=plain))
        weights = [module.weight for module in model.modules() if isinstance(module, nn.Conv2d)]
        expected = torch.autograd.grad(F.cross_entropy(model(x), y), weights)
        assert norms == pytest.approx([float(gradient.norm()) for gradient in expected], rel=1e-3)


def test_what_vanishes_decides(found: dict[str, Finding]) -> None:
    gradients = found["gradients"]
    assert isinstance(gradients, Gradients)
    assert gradients.verdict == "depends"
    assert gradients.exploded
    gone, fine = (1e-12, 1e-12), (1.0, 1.0)
    assert Gradients(fine, fine, gone, fine).verdict == "depends"
    assert Gradients(gone, fine, gone, fine).verdict == "holds", "what the sentence says"
    assert Gradients(gone, gone, gone, gone).verdict == "corrected"
    assert Gradients(fine, fine, fine, fine).verdict == "corrected"
    assert Gradients(fine, fine, gone, gone).verdict == "corrected", "skips would not help"


def test_a_1x1_is_one_matrix_and_a_gate_is_not(found: dict[str, Finding]) -> None:
    attention = found["attention"]
    assert isinstance(attention, Attention)
    weight = shipped_state(networks_room.MIXER)[f"{networks_room.LAYER}.weight"]
    assert weight.shape[:2] == (attention.channels, attention.channels), "it keeps the number of channels"
    a, b = torch.rand(2, 1, attention.channels, 5, 5, dtype=torch.float64) * torch.tensor([1.0, 3.0])[:, None, None, None, None]

    def mixed(x: torch.Tensor) -> torch.Tensor:
        return torch.einsum("kc,nchw->nkhw", weight[:, :, 0, 0].double(), x)

    assert torch.allclose(mixed(a + b), mixed(a) + mixed(b))
    assert attention.mixing_sum < 1e-5
    gate = networks_room.squeeze_excitation(attention.channels)
    scales = gate(a.float())
    assert scales.shape == (1, attention.channels, 1, 1)
    assert float(scales.detach().min()) > 0
    assert not torch.allclose(scales, gate(b.float())), "another picture, other factors"
    assert attention.gating_sum > 100 * attention.mixing_sum
    assert attention.verdict == "corrected"
    assert replace(attention, mixing=attention.gating).verdict == "holds"


def test_the_ensembles_lesions_by_taking_branches_out(found: dict[str, Finding]) -> None:
    ensemble = found["ensemble"]
    assert isinstance(ensemble, Ensemble)
    plain, residual = twins("shapes", 20)
    x, y = subject_pictures(residual, networks_room.COUNT)
    model = trained(residual)
    last = [f"{block}.bn2" for block in model.spec.blocks]
    errors = []
    for name in ("", *last):
        cut = trained(residual)
        if name:  # a branch whose last scale and shift are 0 adds nothing
            for parameter in cut.get_submodule(name).parameters():
                nn.init.zeros_(parameter)
        with torch.no_grad():
            errors.append(float((cut(x).argmax(1) != y).float().mean()))
    assert list(ensemble.shallow) == pytest.approx(errors)
    assert ensemble.numbers["cut_shallow"] == pytest.approx(median(errors[1:]))
    assert ensemble.paths == sum(comb(27, length) for length in range(28)) == 2**27
    assert ensemble.verdict == "depends"
    assert replace(ensemble, deep=ensemble.plain).verdict == "corrected"
    assert replace(ensemble, plain=ensemble.deep).verdict == "corrected"
    assert card(plain).spec.skips == "none"


def test_gradient_norms_leave_nothing_out(found: dict[str, Finding]) -> None:
    gradients = found["gradients"]
    assert isinstance(gradients, Gradients)
    assert len(gradients.plain) == len(gradients.residual_bare) == networks_room.DEPTH - 1, "all but the last, linear layer"
    x, y = torch.rand(4, 3, 16, 16), torch.arange(4)
    assert [layer.kind for layer in gradient_norms(build(network(8)), x, y).weights()].count("conv") == 7


def test_a_claim_is_a_study(found: dict[str, Finding]) -> None:
    for name in CLAIMS:
        claim = Claim(name)
        if name == "degradation":
            assert (claim.calls, claim.recorded()) == ([], found[name])
            continue
        with pytest.raises(KeyError, match=name):
            claim.recorded()
        (call,) = claim.calls
        assert claim.assemble([None]) is None
        result = pickle.loads(pickle.dumps(found[name]))  # as it comes from a worker
        assert claim.assemble([result]) == found[name]
        assert pickle.loads(pickle.dumps((call.function, call.arguments))) == (measure, (name,))
    assert len({call.key for name in CLAIMS for call in Claim(name).calls}) == len(CLAIMS) - 1
