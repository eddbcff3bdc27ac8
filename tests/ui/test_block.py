"""The residual block, run by Streamlit's own test bench; and its sentences over all that its controls allow."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_viz import build, parse_network, plan, preset
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.pictures import to_square
from resnet_viz.probes.steps import BlockSteps, block_steps
from resnet_viz.samples import samples
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.components.stepper import MAX_CHANNELS
from resnet_viz.ui.kit import inference
from resnet_viz.ui.lessons.block import controls, step_by_step, step_words
from resnet_viz.ui.lessons.block.verdict import BlockNumbers, numbers_of, sentence
from tests.ui.test_pages import link, open_page, texts

WORDS = lesson("block")
CIFAR = preset("cifar_resnet20")


def shown(**url: str) -> AppTest:
    """The page once the prediction has been answered."""
    at = open_page("block", **url)
    at.button("w_predict_block_show").click().run()
    assert not at.exception
    return at


def more(at: AppTest) -> AppTest:
    """The same page with the rest of its controls."""
    at.session_state["w_more_block"] = True
    return at.run()


def silent(at: AppTest) -> bool:
    return WORDS.say("said_silent", equal="16,384", count="16,384") in texts(at)


def test_the_branch_is_silent_only_once_somebody_has_predicted() -> None:
    at = open_page("block", branch="zero")
    assert at.segmented_control("w_branch").disabled
    assert not silent(at)
    assert WORDS.labels["predict_ask"] in texts(at)
    at.button("w_predict_block_1").click().run()
    assert silent(at)
    assert any(lesson("common").labels["right"] in m.value for m in at.markdown)
    assert not at.segmented_control("w_branch").disabled


def test_one_press_tries_it_and_goes_to_the_end() -> None:
    at = shown()
    assert not silent(at)
    at.button("w_try").click().run()
    assert silent(at)
    assert (link(at)["branch"], link(at)["step"]) == ("zero", "7")
    at.button("w_try").click().run()
    assert not silent(at)
    assert "branch" not in link(at)


def test_what_is_left_without_skip_and_without_branch_is_nothing() -> None:
    at = shown(branch="zero")
    at.segmented_control("w_block_skip").set_value(False).run()
    assert "cut1.0" in link(at)["net"]
    assert WORDS.say("said_nothing", zeros="16,384", count="16,384") in texts(at)
    at.segmented_control("w_branch").set_value("full").run()
    assert WORDS.labels["said_plain"] in texts(at)


def test_a_block_that_changes_the_shape_is_no_identity() -> None:
    at = more(shown(branch="zero"))
    at.selectbox("w_block").select("layer2.0").run()
    assert WORDS.labels["said_silent_change"] in texts(at)
    assert link(at)["block"] == "layer2.0"


def test_pre_activation_is_shown_on_a_whole_block_and_says_why() -> None:
    at = more(shown())
    assert at.selectbox("w_block").value == "layer1.0"
    at.segmented_control("w_block_order").set_value("pre").run()
    assert at.selectbox("w_block").value == "layer1.1"
    assert WORDS.say("whole_block", block="layer1.1", first="layer1.0") in texts(at)
    at.selectbox("w_block").select("layer1.0").run()
    assert WORDS.say("cut_short", first="layer1.0") in texts(at)
    assert WORDS.labels["later_whole"] in texts(at)
    at.selectbox("w_block").select("layer2.1").run()
    assert "pre-activation the stem" not in texts(at), "somebody has chosen this block"


def test_where_there_is_no_later_block_none_is_called_whole() -> None:
    at = shown(net="basic-1-w4-cifar-pre-c10")
    assert WORDS.say("cut_short", first="layer1.0") in texts(at)
    assert WORDS.labels["later_whole"] not in texts(at)


@pytest.mark.parametrize("net", ["cifar_resnet20", "basic-1.1-w4-cifar-c10", "bottleneck-1.1-w8-cifar-sA-c10"])
def test_what_is_called_not_whole_lacks_the_first_activation(net: str) -> None:
    spec = replace(parse_network(net), order="pre")
    for block in plan(spec, 32).blocks:
        starts = next(layer.kind for layer in block.layers if ".downsample" not in layer.name)
        assert (starts == "conv") == controls.is_cut_short(spec, block.name)
    assert plan(spec, 32).layers[0].kind == "conv"


def test_order_and_norm_make_another_network_and_keep_the_rest() -> None:
    at = more(shown(net="resnet18", size="64", weights="untrained"))
    at.segmented_control("w_block_order").set_value("pre").run()
    at.segmented_control("w_block_norm").set_value("none").run()
    assert not at.exception
    assert link(at)["net"] == str(replace(preset("resnet18"), order="pre", norm="none"))


@pytest.mark.parametrize(
    "net",
    ["resnet18", "resnext50_32x4d", "bottleneck-1.1-w8-cifar-sA-pre-nobn-c7", "basic-1-w1-in1", "basic-2.2-w8-cifar-sC-plain"],
)
@pytest.mark.parametrize("branch", ["full", "zero"])
def test_every_kind_of_block_opens(net: str, branch: str) -> None:
    at = shown(net=net, size="32", branch=branch, follow="99.99.99", step="20", block="layer1.0")
    assert not at.exception
    assert int(link(at).get("step", 0)) < 20, "the link says where the class stands"


# Sentences from numbers, over all that the controls allow

NETS = [
    replace(parse_network(name), order=order, norm=norm)
    for name, order, norm in product(
        (
            "basic-2.2-w4-cifar-sA-c5",
            "basic-2.2-w4-cifar-c5",
            "bottleneck-2.2-w4-cifar-sC-c5",
            "basic-1.2-w4-x1-cifar-sA-c5",
            "bottleneck-1.1-w4-cifar-sA-c5",
        ),
        ("post", "pre"),
        ("batch", "none"),
    )
]


def every_block() -> list[tuple[ResNetSpec, str, bool, bool]]:
    return [
        (spec, block, skip, zero) for spec in NETS for block in spec.blocks for skip in (True, False) for zero in (True, False)
    ]


def steps_of(spec: ResNetSpec, block: str, skip: bool, zero: bool) -> BlockSteps:
    model = build(spec.with_skip(block, skip), 1).eval()
    x = torch.rand(1, 3, 8, 8, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        return block_steps(model, x, block, zero_branch=zero)


def said_right(n: BlockNumbers, found: BlockSteps) -> None:
    """The sentence that was chosen, against the tensors."""
    key = next(key for key, text in WORDS.labels.items() if key.startswith("said_") and matches(text, sentence(n, WORDS)))
    x, out = found.steps[0].value, found.steps[-1].value
    branch = found.of_term("F")
    assert branch
    assert (key.startswith("said_silent") or key == "said_nothing") == (not branch.value.any())
    if key in ("said_silent_change", "said_silent_projected"):
        assert (key == "said_silent_change") == (x.shape != out.shape)
    if key == "said_silent":
        assert torch.equal(x, out)
    if key == "said_nothing":
        assert not out.any()
    if key == "said_longer":
        shortcut = found.of_term("x")
        assert shortcut
        assert branch.value.norm() > shortcut.value.norm()


def matches(template: str, text: str) -> bool:
    return re.fullmatch(".+?".join(re.escape(part) for part in re.split(r"\{[^}]*\}", template)), text) is not None


def test_the_sentence_is_right_in_every_setting() -> None:
    for case in every_block():
        found = steps_of(*case)
        numbers = numbers_of(found)
        said_right(numbers, found)
        for language in LANGUAGES:
            text = sentence(numbers, lesson("block", language))
            assert not re.search(r"nan|inf|e\+|[{}]|\b[01](\.0)? times|1/1\.0|\b0%", text), text


@pytest.mark.parametrize("language", LANGUAGES)
def test_how_many_times_as_long_is_what_the_two_lengths_make(language: str) -> None:
    for branch, carried in ((109.4, 94.9), (50.0, 41.7), (8.0, 2.1)):
        found = BlockNumbers("layer1.0", True, False, False, branch, carried, equal=0, zeros=0, total=10)
        said = sentence(found, lesson("block", language))
        ratio, longer, shorter = (
            float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?", said.replace("layer1.0", ""))[:3]
        )
        assert ratio == pytest.approx(longer / shorter, abs=0.011), said


@pytest.mark.parametrize("branch", [0.0, 1e-9, 0.004, 0.9949, 0.996, 1.0, 12.3, 4e9])
@pytest.mark.parametrize("carried", [0.0, 1e-7, 1.0, 33.0, 2e8])
def test_no_size_makes_a_sentence_without_sense(branch: float, carried: float) -> None:
    text = sentence(BlockNumbers("layer1.0", True, False, False, branch, carried, 5, 5, 10), WORDS)
    assert not re.search(r"nan|inf|e\+|[{}]|\b[01](\.0)? times|\b0%|100%", text), text
    if branch and carried:
        assert ("times as long" in text) == (branch > 1.05 * carried)


def test_every_step_has_its_sentence_and_the_terms_their_place() -> None:
    for spec, block, skip, zero in every_block():
        found = steps_of(spec, block, skip, zero)
        shape = plan(spec.with_skip(block, skip), 8).block(block)
        for language in LANGUAGES:
            words = lesson("block", language)
            for weights in ("trained", "untrained"):
                said = [step_words.why(shape, found, i, weights, words) for i in range(len(found.steps))]
                assert all(said)
                assert skip or words.labels["why_relu_last"] not in said, "no sum without a skip"
                assert not any(re.search(r"[{}]", text) for text in said)
                assert all(text.count("*") % 2 == 0 for text in said)
                told = [text for text in said if "*shortcut*" in text or "*捷径*" in text]
                changes = any("changes the shape" in text or "改变形状" in text for text in told)
                assert not told or changes == (shape.in_shape != shape.out_shape), told
                pads = any("channels of zeros" in text or "全零的通道" in text for text in told)
                assert pads == (skip and spec.shortcut == "A" and shape.in_shape[0] != shape.out_shape[0])
                skipped = any("every second place of x" in text or "x 每隔一个位置" in text for text in told)
                assert skipped == (skip and spec.shortcut == "A" and shape.in_shape[1:] != shape.out_shape[1:])
        labels = [step_words.label(found, i, WORDS) for i in range(len(found.steps))]
        assert labels.count("y") == 1
        assert ("ReLU(y)" in labels) == (spec.order == "post")
        y = found.steps[labels.index("y")]
        assert y.term == ("+" if skip else "F"), "y is the sum, everywhere"
        formula = "".join(text for text, _ in step_words.formula(found, WORDS))
        assert formula.startswith("y = F(x)")
        assert ("+" in formula) == skip


def test_the_number_that_is_followed_stays_while_skip_and_branch_change(monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[tuple[int, int, int]] = []

    def kept(*_args: object, place: tuple[int, int, int], **_more: object) -> None:
        followed.append(place)

    monkeypatch.setattr(step_by_step, "stepper", kept)
    at = shown()
    at.segmented_control("w_branch").set_value("zero").run()
    at.segmented_control("w_block_skip").set_value(False).run()
    at.segmented_control("w_branch").set_value("full").run()
    assert not at.exception
    assert len(followed) >= 4
    assert len({*followed}) == 1


def test_the_number_that_is_followed_is_changed_by_the_branch_and_was_not_0() -> None:
    for spec, block, skip, _ in every_block():
        found = steps_of(spec, block, skip, False)
        x, branch = found.steps[0].value, (found.of_term("F") or found.steps[-1]).value
        place = (0, *step_by_step.telling_place(found, 2))
        assert branch[place] != 0
        assert x.shape != branch.shape or x[place] != 0


@pytest.mark.parametrize("block", ["layer1.0", "layer2.0"])
def test_a_block_of_the_network_for_photographs_on_a_picture_that_it_knows(block: str) -> None:
    at = open_page("block", net="photo_resnet18", block=block)
    assert not at.exception
    spec, source = preset("photo_resnet18"), inference.WeightsSource("shipped", "photo_resnet18")
    square = to_square(to_square(next(s for s in samples() if s.code == "church").load(), 512), 192)
    found, _ = inference.steps("photo_resnet18", source, 0, f"church-{block}", block, False, square)
    assert sentence(numbers_of(found), WORDS) in texts(at)
    assert found.steps[-1].value.shape[1:] == plan(spec, 192).block(block).layers[-1].out_shape


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_how_many_channels_are_shown_and_that_they_are_counted_from_0(language: str) -> None:
    words = lesson("block", language)
    for net, block, every in (("cifar_resnet20", "layer1.0", 16), ("basic-1-w8-cifar", "layer1.0", 8)):
        captions = [caption.value for caption in shown(net=net, pick=block, lang=language).caption]
        said = next(caption for caption in captions if words.labels["step_counts"] in caption)
        assert (words.say("step_some", count=MAX_CHANNELS, all=every) in said) == (every > MAX_CHANNELS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("net", "block", "said"),
    [
        ("cifar_resnet20", "layer1.0", "y = F(x) + x"),
        ("cifar_resnet20", "layer2.0", "y = F(x) + pad(x)"),
        ("basic-1.1-w8-cifar-sB", "layer2.0", "y = F(x) + P(x)"),
        ("basic-1.1-w8-cifar-cut1.0", "layer1.0", "y = F(x)"),
    ],
)
def test_the_caption_says_what_this_block_adds(net: str, block: str, said: str, language: str) -> None:
    captions = " ".join(caption.value for caption in open_page("block", net=net, block=block, lang=language).caption)
    found = re.search(r"y = F\(x\)(?: \+ \w*\(?x\)?)?(?=[,，])", captions.replace("\u00a0", " "))
    assert found
    assert found[0] == said
