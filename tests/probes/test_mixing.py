"""Channel mixing: every claim of the lesson, by two routes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from resnet_viz import parse_network, plan, trained
from resnet_viz.probes import learned_matrix, mixing, same_layer
from resnet_viz.probes.mixing import PRESETS, ConvolutionCost, Mix, parse_mix

numbers = st.floats(-3, 3, allow_nan=False).map(lambda v: round(v, 4))
rows = st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=1, max_size=8).map(tuple)


@st.composite
def mixes(draw: st.DrawFn) -> Mix:
    chosen = draw(st.one_of(rows, st.sampled_from(list(PRESETS.values()))))
    return Mix(
        chosen,
        relu=draw(st.booleans()),
        shift=draw(st.integers(0, 8)),
        shuffle=draw(st.booleans()),
        row=draw(st.integers(0, len(chosen) - 1)),
        grey=draw(st.booleans()),
    )


def random(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def picture(side: int = 16, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).random((3, side, side), dtype=np.float32)


# Links


@given(mixes())
def test_a_mix_comes_back_from_its_text(mix: Mix) -> None:
    assert parse_mix(str(mix)) == mix
    assert set(str(mix)) <= set("abcdefghijklmnopqrstuvwxyz0123456789_-.")


def test_the_notes_example_is_a_word() -> None:
    assert str(Mix(((1, 2, -1, 0),))) == "note"


@pytest.mark.parametrize(
    "text",
    [
        *("", "1_2_3", "1_2_3_x", "1_2_3_4", "nan_0_0_0", "relu", "note__row1", "note__shift9", "note__note", "1e9_0_0_0"),
        "x" * 900,
        "__".join(["1_0_0_0"] * 9),
    ],
)
def test_what_is_no_mix_is_quoted(text: str) -> None:
    with pytest.raises(ValueError, match=", not ") as caught:
        parse_mix(text)
    assert len(str(caught.value)) < 200


# A matrix at every pixel


@given(st.integers(1, 8), st.integers(1, 8), st.integers(0, 99))
def test_convolution_linear_layer_and_einsum_agree(c: int, k: int, seed: int) -> None:
    found = same_layer.three_ways(random(2, c, 5, 4, seed=seed), random(k, c, seed=seed + 1), random(k, seed=seed + 2))
    assert found.compared == 2 * k * 5 * 4
    assert found.largest <= 1e-5


@given(mixes())
def test_what_the_page_mixes_is_the_downloaded_layer(mix: Mix) -> None:
    x = picture()
    scope: dict[str, object] = {}
    exec(mixing.to_python(mix), scope)
    layer = scope["layer"]
    assert isinstance(layer, nn.Module)
    given_x = mixing.shuffled(x) if mix.shuffle else x
    with torch.no_grad():
        expected = layer(torch.from_numpy(np.ascontiguousarray(given_x))[None])[0].numpy()
    np.testing.assert_allclose(mixing.mixed(mix, x), expected, atol=1e-5)


def test_the_presets_are_what_they_are_called() -> None:
    x = picture()
    np.testing.assert_array_equal(mixing.mixed(Mix(PRESETS["identity"]), x), x)
    r, g, b = x
    np.testing.assert_allclose(mixing.mixed(Mix(PRESETS["note"]), x)[0], r + 2 * g - b, atol=1e-6)
    grey = np.broadcast_to(r, x.shape)
    luminance, *opponents = mixing.mixed(Mix(PRESETS["opponent"]), grey)
    np.testing.assert_allclose(luminance, r, atol=1e-6)
    for channel in opponents:
        np.testing.assert_allclose(channel, 0, atol=1e-6, err_msg="grey has no hue")
    luma = [mixing.mixed(Mix(PRESETS[name]), x)[0] for name in ("luminance", "opponent")]
    np.testing.assert_allclose(luma[0], luma[1], atol=1e-6)


def test_the_learned_preset_is_in_the_shipped_weights() -> None:
    corner = mixing.LEARNED
    weight = trained(corner.net).get_submodule(corner.layer).weight.detach()[:, :, 0, 0]  # (K, C)
    assert weight.shape[1] == corner.all_inputs
    inputs = weight.norm(dim=0).topk(3).indices.sort().values
    outputs = weight[:, inputs].norm(dim=1).topk(3).indices.sort().values
    assert (tuple(outputs.tolist()), tuple(inputs.tolist())) == (corner.outputs, corner.inputs)
    mix = Mix(PRESETS["learned"])
    np.testing.assert_allclose(mix.weight, weight[outputs][:, inputs], atol=5e-5)
    assert not mix.bias.any()


def test_two_in_a_row_are_one_until_a_relu_stands_between() -> None:
    x, a, b = random(1, 3, 6, 6), random(5, 3, seed=1), random(4, 5, seed=2)

    def conv(x: torch.Tensor, w: torch.Tensor) -> torch.Tensor:
        return F.conv2d(x, w[:, :, None, None])

    torch.testing.assert_close(conv(conv(x, a), b), conv(x, b @ a), atol=1e-5, rtol=1e-5)
    bent = conv(F.relu(conv(x, a)), b)
    assert (bent - conv(x, b @ a)).abs().max() > 0.1
    added = conv(F.relu(conv(x + x, a)), b)  # positive scaling passes a ReLU, sums do not
    torch.testing.assert_close(added, 2 * bent, atol=1e-5, rtol=1e-5)
    y = random(1, 3, 6, 6, seed=3)
    assert (conv(F.relu(conv(x + y, a)), b) - bent - conv(F.relu(conv(y, a)), b)).abs().max() > 0.1


# Neighbours


@given(mixes())
def test_shuffling_commutes_exactly_unless_a_neighbour_is_subtracted(mix: Mix) -> None:
    x = picture()
    assert mixing.shuffle_difference(replace(mix, shift=0), x) == 0
    moving = Mix(PRESETS["note"], shift=max(1, mix.shift))
    assert mixing.shuffle_difference(moving, x) > 0.1


def test_the_shuffle_is_a_permutation_that_can_be_undone() -> None:
    assert np.array_equal(np.sort(mixing.permutation(512 * 512)), np.arange(512 * 512))
    assert (mixing.permutation(4096) == np.arange(4096)).mean() < 0.01
    x = picture()
    np.testing.assert_array_equal(mixing.put_back(mixing.shuffled(x)), x)


@given(st.sampled_from([1, 3, 5]), st.sampled_from([1, 3]), st.integers(0, 99))
def test_a_larger_convolution_is_shifted_mixes(height: int, width: int, seed: int) -> None:
    x, weight = random(2, 3, 7, 6, seed=seed), random(4, 3, height, width, seed=seed + 1)
    parts = same_layer.as_shifted_mixes(weight)
    assert len(parts) == height * width
    expected = F.conv2d(x, weight, padding=(height // 2, width // 2))
    torch.testing.assert_close(same_layer.mix_shifted(x, parts), expected, atol=1e-5, rtol=1e-5)
    assert same_layer.nine_ways(x, weight) < 1e-4


def test_an_even_kernel_has_no_middle() -> None:
    with pytest.raises(ValueError, match="2×3"):
        same_layer.as_shifted_mixes(torch.zeros(1, 1, 2, 3))


def test_with_a_neighbour_flat_areas_vanish_and_an_edge_stays() -> None:
    x = np.zeros((3, 8, 8), dtype=np.float32)
    x[:, :, 4:] = 1
    edges = mixing.mixed(Mix(PRESETS["note"], shift=1), x)[0]
    assert np.array_equal(np.flatnonzero(np.abs(edges).max(0)), [4])
    turned = mixing.mixed(Mix(PRESETS["note"], shift=1), x.transpose(0, 2, 1))[0]
    assert not turned[:, 1:].any(), "a level edge is not seen by a neighbour beside it"


def test_a_changed_pixel_changes_one_place_but_all_of_attention() -> None:
    """A 1×1's matrix is fixed; attention's weights are computed from the input."""
    x = random(1, 8, 4, 4)
    other = x.clone()
    other[0, :, 0, 0] += 1
    conv = nn.Conv2d(8, 8, 1)
    attention = nn.MultiheadAttention(8, 1, batch_first=True)
    tokens, others = (t.flatten(2).transpose(1, 2) for t in (x, other))  # (1, 16, 8)
    with torch.no_grad():
        changed = (conv(x) != conv(other)).any(1)[0]  # (4, 4)
        y, weights = attention(tokens, tokens, tokens)
        z, reweighted = attention(others, others, others)
    assert changed.sum() == 1
    assert changed[0, 0]
    assert (y != z).any(-1).all()
    assert not torch.equal(weights, reweighted)


def test_squeeze_and_excitation_scales_by_what_it_sees() -> None:
    """Channel attention (Hu et al. 2017, §3): the factor of a channel depends on the picture, so doubling x does not double y."""

    def excite(x: torch.Tensor) -> torch.Tensor:
        return x * torch.sigmoid(x.mean((2, 3), keepdim=True))

    x = random(1, 4, 3, 3) + 1
    conv = nn.Conv2d(4, 4, 1, bias=False)
    with torch.no_grad():
        torch.testing.assert_close(conv(2 * x), 2 * conv(x))
    assert (excite(2 * x) - 2 * excite(x)).abs().max() > 0.05


# Costs and ranks


@pytest.mark.parametrize(("c_in", "c_out"), [(256, 64), (64, 256), (256, 256)])
@pytest.mark.parametrize("kernel", [1, 3])
def test_costs_are_what_torch_counts(c_in: int, c_out: int, kernel: int) -> None:
    cost = ConvolutionCost(c_in, c_out, 32, kernel)
    with torch.device("meta"):
        conv = nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2, bias=False)
        counter = FlopCounterMode(display=False)
        with counter:
            y = conv(torch.empty(1, c_in, 32, 32))
    assert y.shape == (1, c_out, 32, 32)
    assert sum(p.numel() for p in conv.parameters()) == cost.weights
    assert counter.get_total_flops() == 2 * cost.macs
    assert ConvolutionCost(c_in, c_out, 32, 3).macs == 9 * ConvolutionCost(c_in, c_out, 32, 1).macs


def test_the_plan_counts_the_same() -> None:
    p = plan(parse_network("resnet50"), 224)
    for layer in p.layers:
        if layer.kind == "conv" and layer.kernel == 1 and layer.stride == 1:
            cost = ConvolutionCost(layer.in_shape[0], layer.out_shape[0], layer.out_shape[1], 1)
            assert (cost.weights, cost.macs) == (layer.params, layer.macs)


def test_widening_adds_no_information_and_narrowing_loses_some() -> None:
    x = random(64, 1000).double()  # 64 channels at 1000 pixels
    wide = random(256, 64, seed=1).double() @ x
    assert torch.linalg.matrix_rank(wide) == 64
    recovered = torch.linalg.pinv(random(256, 64, seed=1).double()) @ wide
    torch.testing.assert_close(recovered, x, atol=1e-8, rtol=1e-8)
    narrow = random(16, 64, seed=2).double()
    null = torch.linalg.svd(narrow).Vh[-1]  # a direction of the 64 that the matrix cannot see
    assert (narrow @ null).abs().max() < 1e-10
    assert torch.linalg.matrix_rank(narrow @ x) == 16


# A learned matrix


def test_similar_rows_stand_together() -> None:
    generator = np.random.default_rng(0)
    group = generator.permutation(np.repeat(np.arange(5), 8))
    matrix = np.eye(5)[group].repeat(6, axis=1) + 0.05 * generator.standard_normal((40, 30))
    order = learned_matrix.similarity_order(matrix)
    assert sorted(order) == list(range(40))
    assert (np.diff(group[order]) != 0).sum() == 4, "five blocks, four seams"


def test_rows_of_zeros_are_ordered_too() -> None:
    assert sorted(learned_matrix.similarity_order(np.zeros((4, 3)))) == [0, 1, 2, 3]


@given(st.integers(1, 20), st.integers(1, 20))
def test_squares_of_the_singular_values_add_up_to_the_norm(k: int, c: int) -> None:
    matrix = np.random.default_rng(k * 100 + c).standard_normal((k, c))
    found = learned_matrix.singular_values(matrix)
    np.testing.assert_allclose((found**2).sum(), (matrix**2).sum())
    assert list(found) == sorted(found, reverse=True)
    assert len(found) == min(k, c)
    assert 1 - 1e-9 <= learned_matrix.effective_rank(found) <= min(k, c) + 1e-9
    chance = learned_matrix.random_singular_values((k, c), float(np.linalg.norm(matrix)))
    np.testing.assert_allclose((chance**2).sum(), (matrix**2).sum())


def test_directions_count_what_carries_the_norm() -> None:
    assert learned_matrix.directions_for(np.array([3.0, 1.0, 1.0]), 9 / 11) == 1
    assert learned_matrix.directions_for(np.array([3.0, 1.0, 1.0]), 0.9) == 2
    assert learned_matrix.directions_for(np.ones(4), 1.0) == 4


def test_the_scale_is_a_power_of_two_that_holds_nearly_all() -> None:
    values = np.random.default_rng(0).standard_normal((256, 256)).astype(np.float32)
    end = mixing.reach(values)
    assert np.log2(end) == round(np.log2(end))
    assert (np.abs(values) <= end).mean() > 0.98
    assert (np.abs(values) <= end / 2).mean() < 0.99
    assert mixing.reach(np.zeros((512, 512))) == 1
