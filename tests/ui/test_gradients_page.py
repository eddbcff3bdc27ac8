"""The gradient lesson: what it says is what the probes measure, and what its prose claims is so."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import geometric_mean

import numpy as np
import pytest
import torch
from streamlit.testing.v1 import AppTest

from resnet_viz import build, plan
from resnet_viz.draw.diagram import DiagramView, diagram
from resnet_viz.nets.weights import card, history
from resnet_viz.pictures import digest
from resnet_viz.probes.gradients import GradientNorms, gradient_norms
from resnet_viz.samples import samples
from resnet_viz.studies.claims import measure
from resnet_viz.studies.pretrained_pairs import twins
from resnet_viz.studies.race import network
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import run
from resnet_viz.ui.kit import image_input
from resnet_viz.ui.kit.numbers import times
from resnet_viz.ui.lessons.gradients import comparison, identity_term, norms, nudge, runs, size
from resnet_viz.ui.lessons.gradients.params import AMOUNT, DOT, NORM
from resnet_viz.ui.lessons.gradients.verdict import LARGE, LEVEL, SMALL, flow_sentence, verdict
from tests.ui.test_pages import link, open_page, open_shown, texts

WORDS = lesson("gradients")


def fresh(**fields: object) -> tuple[GradientNorms, GradientNorms]:
    """Plain and residual, measured without the page."""
    x, y = norms.batch("shapes", norms.BATCH)
    spec = replace(network(56), **fields)  # type: ignore[arg-type]
    return tuple(gradient_norms(build(s), x, y) for s in (spec.plain(), spec))  # type: ignore[return-value]


def open_answered(**link: str) -> AppTest:
    """The page once both its questions have been answered."""
    at = open_page("gradients", **link)
    at.button("w_predict_nudge_2").click().run()
    return at.button("w_predict_size_2").click().run()


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_networks_are_measured_once_the_questions_are_answered(language: str) -> None:
    words = lesson("gradients", language)
    at = open_page("gradients", lang=language)
    sentences = [
        flow_sentence(words.say(kind, depth=56), norms.flow(one), words)
        for kind, one in zip(("plain", "residual"), fresh(), strict=True)
    ]
    assert not any(said in texts(at) for said in sentences), "nothing is told before"
    at.button("w_predict_size_show").click().run()
    assert all(said in texts(at) for said in sentences)
    assert not at.warning


@pytest.mark.parametrize(("key", "right"), [("nudge", 2), ("size", 2)])
def test_a_prediction_is_held_against_the_measurement(key: str, right: int) -> None:
    common = lesson("common").labels
    at = open_page("gradients")
    at.button(f"w_predict_{key}_{(right + 1) % 3}").click().run()
    assert common["wrong"] in texts(at)
    at.button(f"w_predict_{key}_again").click().run()
    at.button(f"w_predict_{key}_{right}").click().run()
    assert common["right"] in texts(at)


def test_both_stories_are_a_click_away_and_each_is_true_where_it_is() -> None:
    at = open_answered()
    at.button("w_story_vanish").click().run()
    assert {"norm": "none", "init": "xavier"}.items() <= link(at).items()
    plain, _ = fresh(norm="none", init="xavier")
    assert verdict(norms.flow(plain)) == "vanish_together"
    assert "**All layers vanish together.**" in texts(at)
    at.button("w_story_explode").click().run()
    assert not {"norm", "init"} & {*link(at)}, "it is what the page opens with"
    assert "It explodes towards the input." in texts(at)


def test_without_bn_the_residual_networks_values_explode_forwards() -> None:
    at = open_answered(norm="none")
    _, residual = fresh(norm="none")
    assert WORDS.say("said_forward", growth=times(norms.growth(residual))) in texts(at)
    assert "**All layers explode together.**" in texts(at)


def test_the_link_carries_the_view() -> None:
    at = open_page("gradients", depth="20", norm="none", pixels="32", training="cifar-20", change="dot", amount="3", dot="4.7")
    assert at.select_slider("w_depth_nudge").value == 20
    assert {"pixels": "32", "training": "cifar-20", "change": "dot", "amount": "3", "dot": "4.7"}.items() <= link(at).items()
    at.select_slider("w_depth_nudge").set_value(32).run()
    assert {"depth": "32", "norm": "none"}.items() <= link(at).items()
    at.button("w_predict_nudge_show").click().run()
    assert unbroken(" plain-32 ") in texts(at)


def test_a_link_to_the_recorded_runs_of_the_chosen_networks_still_opens_them() -> None:
    at = open_page("gradients", training="shapes-20")
    assert "training" not in link(at)
    assert not at.warning


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("flow", "resnet50"),
        ("flow", "basic-9.9.9-w64-cifar2-sA-c10"),
        ("flow", "x"),
        ("depth", "57"),
        ("skips", "cut1"),
        ("skips", "cut9.9"),
        ("pixels", "64"),
        ("dot", "40.2"),
        ("amount", "99"),
    ],
)
def test_a_link_beyond_what_is_measured_here_is_said(key: str, value: str) -> None:
    at = open_page("gradients", **{key: value})
    (warning,) = at.warning
    assert f"“{key}”" in warning.value
    assert key not in link(at)


def test_skips_chosen_on_the_diagram_add_a_network() -> None:
    at = open_answered(flow="basic-9.9.9-w8-cifar2-sA-c10-keep1.0_2.0_3.0", further="diagram")  # an older link
    assert WORDS.say("some", depth=56, kept=3, all=27) in texts(at)


def test_whose_diagram_is_shown_and_behind_which_stage_the_maps_are_is_in_the_link() -> None:
    at = open_answered(further="diagram.maps", skips="cut1.0_2.4")
    which, stage = at.segmented_control("w_flow_which"), at.segmented_control("w_stage")
    assert which.value == "some", "a network that keeps some of its skips is shown where there is one"
    which.set_value("plain").run()
    stage.set_value(1).run()
    assert {"network": "plain", "stage": "1"}.items() <= link(at).items()
    at.select_slider("w_depth_nudge").set_value(20).run()
    assert at.segmented_control("w_flow_which").value == "plain"
    assert at.segmented_control("w_stage").options[0] == WORDS.say("after_block", n=3, of=9)
    assert at.segmented_control("w_stage").value == 1, "in another depth too"


@pytest.mark.parametrize("language", LANGUAGES)
def test_further_experiments_speak_only_when_open(language: str) -> None:
    words = lesson("gradients", language)
    closed = open_page("gradients", lang=language, depth="20")
    opened = open_page("gradients", lang=language, depth="20", further="directions.identity.depth.diagram.maps.papers")
    assert words.labels["terms_caption"] not in texts(closed)
    assert words.labels["terms_caption"] in texts(opened)
    waiting = lesson("common", language).labels["further_after"]
    exploding = "arXiv 1902.08129"
    directions, maps, depths = words.say("direction_start", all=256), words.labels["tiles_rows"], words.labels["depth_caption"]
    for question, left, starts in (("nudge", 3, (directions, maps)), ("size", 0, (depths,))):
        assert not [start for start in starts if start in texts(opened)], "it would answer the question"
        assert exploding not in texts(opened)
        opened.button(f"w_predict_{question}_show").click().run()
        assert all(start in texts(opened) for start in starts)
        assert texts(opened).count(waiting) == left
    assert exploding in texts(opened)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("seen", "is_there"), [({}, True), ({"norm": "none"}, False), ({"depth": "20"}, False), ({"training": "cifar-56"}, False)]
)
def test_the_verdict_points_at_the_chart_only_where_it_shows_what_was_asked(
    seen: dict[str, str], is_there: bool, language: str
) -> None:
    at = open_answered(lang=language, **seen)
    assert (lesson("gradients", language).labels["size_where"] in texts(at)) == is_there


def test_a_name_stands_in_a_chinese_sentence_as_its_last_sign_asks_for() -> None:
    words = lesson("gradients", "zh")
    for key in ("nudge_alike", "nudge_between", "nudge_apart", "nudge_beyond", "nudge_none"):
        assert "-56 里" in words.say(key, name="残差-56", value="1").replace("\u2060", "")
        assert "）里" in words.say(key, name=words.say("some", depth=56, kept=3, all=27), value="1")


# While it trains


def test_the_recorded_norms_are_those_of_the_run() -> None:
    name = twins("shapes", 20)[0]
    found = history(name)
    e = replace(Experiment.parse(card(name).facts["experiment"]), steps=3)
    for n, step in enumerate(run(e)):
        assert step.layers
        for layer, note in step.layers.items():
            assert found.steps[n] == n
            assert found.layers[layer]["weight_norm"][n] == pytest.approx(note.weight_norm, rel=2e-2)
            assert found.layers[layer]["weight_grad_norm"][n] == pytest.approx(note.grad_norm, rel=5e-2)


@pytest.mark.parametrize("which", ["cifar-56", "cifar-20"])
def test_every_recording_opens(which: str) -> None:
    at = open_answered(training=which)
    found = [runs._noted(name, WORDS) for name in twins(CIFAR, int(which.removeprefix("cifar-")))]
    assert [run.plain for run in found] == [True, False]
    assert runs.sentence(found, found[0].steps, WORDS) in texts(at)


@pytest.mark.parametrize(
    ("depth", "others"), [(20, ({"norm": "none"}, {"init": "xavier"}, {"pixels": "32"}, {"seed": "1"})), (56, ())]
)
def test_the_chosen_networks_have_later_steps_where_these_very_runs_were_recorded(
    depth: int, others: tuple[dict[str, str], ...]
) -> None:
    found = [runs._noted(name, WORDS) for name in twins("shapes", depth)]
    at = open_answered(depth=str(depth))
    assert runs.sentence(found, found[0].steps, WORDS) in texts(at)
    assert WORDS.labels["steps_where"] not in texts(at)
    for changed in others:
        assert WORDS.labels["steps_where"] in texts(open_answered(depth=str(depth), **changed))


def test_the_measured_start_is_that_of_the_recorded_run() -> None:
    """So that the chart, whose first step is measured and whose others are recorded, has no seam. The batch is another one."""
    setup = comparison.Setup(network(56), 16, 0)
    for spec in setup.networks:
        run = runs.recorded_of(spec, setup, WORDS)
        assert run
        assert run.steps[0] == 0
        measured = norms.norms(str(spec), "shapes", 0).weights()
        for layer in measured:
            assert 0.2 < run.layers[layer.name]["weight_grad_norm"][0] / (layer.weight_grad_norm or 0) < 5


def test_a_run_of_the_class_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    from resnet_viz.jobs.engine import key_of
    from resnet_viz.ui.kit import run_client

    e = Experiment(network(8, plain=True), steps=12)
    engine = run_client.engine()
    monkeypatch.setattr(engine, "history", lambda key, after=0: records if key == key_of(e) else [])
    monkeypatch.setattr(run_client, "views", lambda asked: [None for _ in asked])
    records = list(run(e))
    at = open_answered(runs=str(e), training="board")
    assert unbroken("**plain-8**") in texts(at)
    last = records[-1].step - 1
    assert unbroken(f"at step {last}. ") in texts(at)
    assert unbroken(f"at step {last}, ") not in texts(at), "the nearest to twenty that was noted is the last, and told once"


def test_sentence_chart_claim_and_quiz_say_the_same_ratio() -> None:
    setup = comparison.Setup(network(56), 16, 0)
    claimed = measure("gradients").numbers
    for spec, one, ratio in zip(setup.networks, fresh(), (claimed["ratio"], claimed["ratio_residual"]), strict=True):
        drawn = size._line(setup, spec, one, None, [0], WORDS)
        assert (drawn.labels[0], drawn.labels[-1]) == ("conv1", "fc")
        first, *_, last, _ = drawn.values[0][0]
        assert norms.flow(one).ratio == pytest.approx(first / last) == pytest.approx(ratio)


@pytest.mark.parametrize("language", LANGUAGES)
def test_below_the_gradients_of_the_outputs_stands_what_they_come_to(language: str) -> None:
    """The chart shows them at a press; the sentences stay where they are."""
    setup, words = comparison.Setup(network(56), 16, 0), lesson("gradients", language)
    at = open_answered(lang=language)
    for spec, one in zip(setup.networks, fresh(), strict=True):
        place = [view.name for view in size.AT_START].index("output_grad")
        first, *_, last, _ = size._line(setup, spec, one, None, [0], words).values[place][0]
        assert words.say("said_output", ratio=times(first / last)) in texts(at)


@pytest.mark.parametrize(("language", "norm"), [*zip(LANGUAGES, NORM.options, strict=True)])
def test_a_further_experiment_says_which_networks_it_measures(language: str, norm: str) -> None:
    words = lesson("gradients", language)
    made = words.say(f"made_{norm}", init="Xavier")
    at = open_answered(lang=language, norm=norm, init="xavier", further="directions.identity.depth")
    assert texts(at).count(words.say("these", made=made)) == 3


def test_the_story_that_is_shown_is_ticked_and_neither_button_stands_out() -> None:
    at = open_shown("gradients", "size")
    explode, vanish = (at.button(f"w_story_{name}").proto for name in ("explode", "vanish"))
    assert (explode.icon, vanish.icon) == (":material/check_circle:", "")
    assert {explode.type, vanish.type} == {"secondary"}


# What the prose claims


def test_plain_gradients_grow_by_about_15_percent_a_layer() -> None:
    plain, _ = fresh()
    steps = len([layer for layer in plain.weights() if layer.kind == "conv"]) - 1
    assert steps == 54
    assert norms.flow(plain).ratio ** (1 / steps) == pytest.approx(1.15, abs=0.01)
    assert unbroken(f"1.15⁵⁴ ≈ {round(1.15**steps, -2):,.0f}") in WORDS.sections["size"]
    rms = [block.rms for block in plain.blocks()]
    assert max(rms) / min(rms) < 2, "forwards BN keeps the size"


def test_early_weights_blow_up_and_their_gradients_shrink() -> None:
    plain, residual = (history(name) for name in twins("shapes", 56))
    first = "layer1.0.conv1"
    weights, gradients = (plain.layers[first][what] for what in ("weight_norm", "weight_grad_norm"))
    after = plain.steps.index(19)
    assert max(weights) > 8 * weights[0]
    assert gradients[after] < gradients[0] / 1000
    assert max(residual.layers[first]["weight_norm"]) < 1.5 * residual.layers[first]["weight_norm"][0]
    assert card(twins("shapes", 56)[0]).facts["train_error"] > 0.8, "and the plain network has not learnt"


def test_a_layer_of_larger_weights_computes_the_same_and_has_a_smaller_gradient() -> None:
    x, y = norms.batch("shapes", 16)
    model = build(network(8, plain=True))
    before = {layer.name: layer for layer in gradient_norms(model, x, y).layers}["layer1.0.conv1"].weight_grad_norm
    logits = model(x).detach()
    with torch.no_grad():
        model.get_parameter("layer1.0.conv1.weight").mul_(10)
    after = {layer.name: layer for layer in gradient_norms(model, x, y).layers}["layer1.0.conv1"].weight_grad_norm
    assert torch.allclose(model(x), logits, atol=1e-2)
    assert before
    assert after == pytest.approx(before / 10, rel=0.02)


def test_a_nudge_becomes_another_picture_in_the_plain_network_alone() -> None:
    said = next(line for line in texts(open_answered()).splitlines() if line.startswith("The pictures differ by 0.7%"))
    plain, residual = (float(part) for part in said.split("**")[1::2])
    assert plain > 0.7
    assert residual < 0.2


def test_what_one_may_predict_of_the_nudge_decides() -> None:
    """The measured distance is clearly nearest to one of the options."""
    net = comparison.default_spec().plain()
    square = image_input.squared(next(sample.load() for sample in samples() if sample.code == image_input.USUAL), nudge.SIDE)
    apart = nudge.nudged(str(net), 0, digest(square), "noise", AMOUNT.default, DOT.default, square).values[-1]
    nearest, next_to_it, _ = sorted(abs(apart - option) for option in nudge.OPTIONS)
    assert nearest < next_to_it / 2


def test_gradients_shatter_in_the_plain_network_alone() -> None:
    start = WORDS.say("direction_start", all=256)
    said = next(line for line in texts(open_shown("gradients", "nudge", further="directions")).splitlines() if start in line)
    plain, residual = (float(part.replace("−", "-")) for part in said.split("**")[1::2])
    assert abs(plain) < 0.1
    assert residual > 0.7


def test_the_identity_is_not_the_bulk() -> None:
    found = identity_term.terms(str(replace(network(56), order="pre")), "shapes", 0)
    assert found[0].identity < found[0].branches
    stage = [term.identity for term in found if term.block.startswith("layer1")]
    assert max(stage) == pytest.approx(min(stage), rel=1e-6), "the same from the end of the stage to its beginning"
    assert all(not math.isnan(term.cosine) for term in found)


def test_the_crowd_is_the_same_every_time() -> None:
    first = nudge.crowd()
    nudge.crowd.cache_clear()
    assert torch.equal(first, nudge.crowd())
    assert first.shape == (nudge.CROWD, 3, nudge.SIDE, nudge.SIDE)


def test_the_limits_that_the_prose_names_are_those_that_decide() -> None:
    for language in LANGUAGES:
        prose = lesson("gradients", language).sections["size"]
        assert all(figure in prose for figure in (f"{SMALL:g}", f"{LARGE:g}", f"{LEVEL:g}", f"1/{LEVEL:g}"))
    residual = norms.norms(str(network(110)), "shapes", 0)
    assert norms.flow(residual).ratio == pytest.approx(35, abs=3), "about 35 times over 110 layers"


def test_depth_multiplies() -> None:
    ratios = {depth: norms.carried(str(network(depth, plain=True)), "shapes").ratios for depth in (20, 56, 110)}
    middles = [geometric_mean(seeds) for seeds in ratios.values()]
    assert middles[0] < middles[1] / 10 < middles[2] / 1000


# The diagram


def test_shaded_blocks_carry_their_figures() -> None:
    spec = network(20)
    shades = {name: (i / 8, f"{i}.5") for i, name in enumerate(spec.blocks)}
    svg = diagram(plan(spec, 16), view=DiagramView(shades=shades), words=lesson("diagram").labels).svg
    assert all(f">{told}</text>" in svg for _, told in shades.values())
    fills = {f"#{r:02x}{g:02x}{b:02x}" for r, g, b in np.array([[0x44, 0x01, 0x54], [0xFD, 0xE7, 0x25]]).tolist()}
    assert all(fill in svg for fill in fills), "viridis from end to end"
    assert 'data-kind="fold"' not in svg
