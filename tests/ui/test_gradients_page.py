"""The gradient lesson: what it says is what the probes measure, and what its prose claims is so."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import geometric_mean

import numpy as np
import pytest
import torch

from resnet_viz import build, plan
from resnet_viz.draw.diagram import DiagramView, diagram
from resnet_viz.nets.weights import card, history
from resnet_viz.probes.gradients import GradientNorms, gradient_norms
from resnet_viz.studies.pretrained_pairs import twins
from resnet_viz.studies.race import network
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import run
from resnet_viz.ui.kit.numbers import factor
from resnet_viz.ui.lessons.gradients import at_initialisation, comparison, during_training, identity_term, norms, perturbation
from tests.ui.test_pages import link, open_page, texts

WORDS = lesson("gradients")


def fresh(**fields: object) -> tuple[GradientNorms, GradientNorms]:
    """Plain and residual, measured without the page."""
    x, y = norms.batch("shapes", norms.BATCH)
    spec = replace(network(56), **fields)  # type: ignore[arg-type]
    return tuple(gradient_norms(build(s), x, y) for s in (spec.plain(), spec))  # type: ignore[return-value]


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_opens_with_both_networks_measured(language: str) -> None:
    at = open_page("gradients", lang=language)
    words = lesson("gradients", language)
    plain, residual = fresh()
    assert words.say("said_explodes", ratio=factor(norms.weight_ratio(plain)), largest="", smallest="") in texts(at)
    assert words.say("said_level", ratio=factor(norms.weight_ratio(residual)), largest="", smallest="") in texts(at)
    assert not at.warning


def test_the_prediction_is_held_against_the_measurement() -> None:
    at = open_page("gradients")
    asked = next(p for p in at.get("button_group") if p.key == "w_predict_gradients")
    asked.select(0).run()
    because = WORDS.say("predict_because", ratio=norms.weight_ratio(fresh()[0]))
    assert because in [i.value for i in at.info], "vanishing is wrong"
    asked.select(2).run()
    assert because in [s.value for s in at.success]


def test_both_stories_are_a_click_away_and_each_is_true_where_it_is() -> None:
    at = open_page("gradients")
    at.button("w_story_vanish").click().run()
    assert {"norm": "none", "init": "xavier"}.items() <= link(at).items()
    plain, _ = fresh(norm="none", init="xavier")
    assert norms.verdict(plain) == "gone"
    assert "**All layers vanish together.**" in texts(at)
    at.button("w_story_explode").click().run()
    assert not {"norm", "init"} & {*link(at)}, "it is what the page opens with"
    assert "It explodes towards the input." in texts(at)


def test_without_bn_the_residual_networks_values_explode_forwards() -> None:
    at = open_page("gradients", norm="none")
    _, residual = fresh(norm="none")
    blocks = residual.blocks()
    growth = blocks[-1].rms / blocks[0].rms
    assert WORDS.say("said_forward", name="residual-56", growth=growth) in texts(at)


def test_the_link_carries_the_view() -> None:
    at = open_page("gradients", depth="20", norm="none", pixels="32", training="cifar-20", change="dot", amount="3", dot="4.7")
    assert at.select_slider("w_depth").value == 20
    assert {"pixels": "32", "training": "cifar-20", "change": "dot", "amount": "3", "dot": "4.7"}.items() <= link(at).items()
    at.select_slider("w_depth").set_value(32).run()
    assert {"depth": "32", "norm": "none"}.items() <= link(at).items()
    assert "plain-32" in texts(at)


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
    at = open_page("gradients", flow="basic-9.9.9-w8-cifar2-sA-c10-keep1.0_2.0_3.0")  # an older link
    at.session_state["w_flow_diagram"] = True
    at.run()
    assert "3/27 skips, 56" in texts(at)
    assert not at.exception


def test_the_sentence_says_what_the_numbers_show() -> None:
    one, other = fresh()
    setup = comparison.Setup(network(56), 16, 0)
    assert at_initialisation.sentence(setup, [one, other], WORDS).startswith("**plain-56**: ")
    made = [layer._replace(weight_grad_norm=1.0) for layer in one.layers]
    level = one._replace(layers=tuple(made))
    assert norms.verdict(level) == "level"
    first = next(i for i, layer in enumerate(made) if layer.kind == "conv" and layer.role == "branch")
    shrunk = one._replace(layers=(*made[:first], made[first]._replace(weight_grad_norm=0.01), *made[first + 1 :]))
    assert norms.verdict(shrunk) == "vanishes"
    assert norms.verdict(one._replace(layers=tuple(layer._replace(weight_grad_norm=1e-12) for layer in made))) == "gone"


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


@pytest.mark.parametrize("which", ["shapes-56", "shapes-20", "cifar-56", "cifar-20"])
def test_every_recording_opens(which: str) -> None:
    at = open_page("gradients", training=which)
    runs, _ = during_training._recorded(which, WORDS)
    assert [run.plain for run in runs] == [True, False]
    said = during_training.sentence(runs, runs[0].steps, WORDS)
    assert all(part in texts(at) for part in said.split("\n\n"))


def test_a_run_of_the_class_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    from resnet_viz.jobs.engine import key_of
    from resnet_viz.ui.kit import run_client

    e = Experiment(network(8, plain=True), steps=12)
    engine = run_client.engine()
    monkeypatch.setattr(engine, "history", lambda key, after=0: records if key == key_of(e) else [])
    monkeypatch.setattr(run_client, "views", lambda runs: [None for _ in runs])
    records = list(run(e))
    at = open_page("gradients", runs=str(e), training="board")
    assert "**plain-8**" in texts(at)
    assert f"after {9} updates, " in texts(at) or "after 11 updates" in texts(at)


# What the prose claims


def test_plain_gradients_grow_by_about_a_sixth_a_layer() -> None:
    plain, _ = fresh()
    sizes = [layer.output_grad_norm for layer in plain.layers if layer.kind == "conv" and layer.role == "branch"]
    per_layer = (plain.blocks()[0].output_grad_norm / plain.blocks()[-1].output_grad_norm) ** (1 / (len(sizes) - 2))
    assert 1.10 < per_layer < 1.22
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
    at = open_page("gradients")
    said = next(line for line in texts(at).splitlines() if line.startswith("The picture changed by 0.7 %"))
    plain, residual = (float(part.split("**")[0]) for part in said.split("by **")[1:])
    assert plain > 0.7
    assert residual < 0.2


def test_gradients_shatter_in_the_plain_network_alone() -> None:
    said = next(line for line in texts(open_page("gradients")).splitlines() if line.startswith("At 1/256"))
    plain, residual = (float(part.replace("−", "-")) for part in (said.split("**")[1], said.split("**")[3]))
    assert abs(plain) < 0.1
    assert residual > 0.7


def test_the_identity_is_a_floor_and_not_the_bulk() -> None:
    found = identity_term.terms(str(replace(network(56), order="pre")), "shapes", 0)
    assert found[0].identity < found[0].branches
    stage = [term.identity for term in found if term.block.startswith("layer1")]
    assert max(stage) == pytest.approx(min(stage), rel=1e-6), "the same from the end of the stage to its beginning"
    assert all(not math.isnan(term.cosine) for term in found)


def test_the_crowd_is_the_same_every_time() -> None:
    first = perturbation.crowd()
    perturbation.crowd.cache_clear()
    assert torch.equal(first, perturbation.crowd())
    assert first.shape == (perturbation.CROWD, 3, perturbation.SIDE, perturbation.SIDE)


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
