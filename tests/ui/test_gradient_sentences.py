"""What the gradient lesson says is right for every setting that its controls allow, and for numbers beyond them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from resnet_viz import build
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.probes.gradients import gradient_norms, identity_terms
from resnet_viz.probes.nudge import gradient_correlation, nudge
from resnet_viz.samples import samples
from resnet_viz.studies.race import network
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.numbers import scientific
from resnet_viz.ui.lessons.gradients import nudge as lesson_nudge
from resnet_viz.ui.lessons.gradients import runs, size
from resnet_viz.ui.lessons.gradients.comparison import DEPTHS, Setup
from resnet_viz.ui.lessons.gradients.norms import batch, flow, growth
from resnet_viz.ui.lessons.gradients.params import INIT, NORM
from resnet_viz.ui.lessons.gradients.verdict import (
    LARGE,
    LEVEL,
    SMALL,
    Flow,
    depth_sentence,
    direction_sentence,
    flow_sentence,
    nudge_sentence,
    terms_sentence,
    verdict,
)
from tests.thinned import quickly

EXTREMES = (0.0, float("inf"), float("nan"), 1e-30, 1.0, 1e12)
WORDS = lesson("gradients")


def settings(depth: int) -> Iterator[ResNetSpec]:
    """Every network of a depth that the page can compare."""
    for norm, init in itertools.product(NORM.options, INIT.options):
        spec = replace(network(depth), norm=norm, init=init)
        yield from (spec.plain(), spec)


def sound(said: str) -> str:
    """The sentence, if nobody would stumble over it."""
    assert not re.search(r"\bnan\b|\binf\b|NaN", said), said
    assert "1/1.0" not in said
    assert not re.search(r"(?<![\d.])(0|0\.0+) (times|倍)", said), said
    assert "{" not in said
    assert not re.search(r"\d %", said), "one way to write percent"
    return said


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_stands_for_any_numbers(language: str) -> None:
    words = lesson("gradients", language)
    for one, other, less, more in itertools.product(EXTREMES, repeat=4):
        sound(flow_sentence("plain-56", Flow(one, other, less, more), words))
        sound(terms_sentence("layer1.0", one, other, less, more, words))
        sound(depth_sentence(110, (one, other, less), (more,), words))
    for one, other, start in itertools.product((*EXTREMES, 0.26, 0.8, 2.0), repeat=3):
        for normalised in (True, False):
            sound(nudge_sentence([("plain-56", one), ("residual-56", other)], 0.0026, 0.7, normalised, words))
        sound(direction_sentence([("plain-56", one, other), ("residual-56", 1.0, start)], 256, words))
    for gradients, weight in itertools.product(itertools.product(EXTREMES, repeat=2), EXTREMES):
        layers = {
            name: {"weight_grad_norm": [value] * 2, "weight_norm": [1.0, weight]}
            for name, value in zip(("layer1.0.conv1", "layer3.8.conv2"), gradients, strict=True)
        }
        sound(runs.sentence([runs.RunNorms("plain-56", True, 56, [0, 19], layers, 0.5)], [0, 19], words))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("noted", [[0], [0, 1], [0, 19], [0, 20], [0, 1, 19, 20, 299], [0, 20, 40]])
@pytest.mark.parametrize("so_far", [0, 1, 120])
def test_a_run_is_told_as_far_as_it_has_come(noted: list[int], so_far: int, language: str) -> None:
    """Each step once, and no end of a run that goes on."""
    words = lesson("gradients", language)
    layers = {
        name: {"weight_grad_norm": [3.0 + n + i for n in range(len(noted))], "weight_norm": [2.0] * len(noted)}
        for i, name in enumerate(("layer1.0.conv1", "layer3.8.conv2", "fc"), 1)
    }
    run = runs.RunNorms("plain-56", True, 56, noted, layers, 0.5, so_far)
    said = sound(runs.sentence([run], noted, words))
    told = [words.say("run_ratio", ratio="", step=step).strip() for step in noted]
    assert [said.count(step) for step in (told[0], told[-1])] == [1, 1]
    two = scientific(2.0)
    sizes = words.say("run_weights" if len(noted) > 1 else "run_weights_one", before=two, most=two)
    _, end = said.split(sizes)
    assert end.startswith((". ", "。"))
    endings = ("run_end", "run_after_one", "run_after")
    assert [words.say(key, steps=so_far) in end for key in endings] == [so_far == 0, so_far == 1, so_far > 1]


def test_the_verdict_follows_from_size_and_ratio() -> None:
    assert verdict(Flow(1.0, 1.0, 0.1, 1.0)) == "healthy"
    assert verdict(Flow(1.01 * LEVEL, 1.0, 0.1, 1.0)) == "explode"
    assert verdict(Flow(0.99 / LEVEL, 1.0, 0.1, 1.0)) == "vanish"
    assert verdict(Flow(1.0, 1.0, 0.1 * SMALL, 0.9 * SMALL)) == "vanish_together"
    assert verdict(Flow(1.0, 1.0, 1.1 * LARGE, 2 * LARGE)) == "explode_together"
    assert {verdict(Flow(*[1.0] * i, 0.0, *[1.0] * (3 - i))) for i in range(4)} == {"underflow"}
    assert {verdict(Flow(*[1.0] * i, bad, *[1.0] * (3 - i))) for i in range(4) for bad in EXTREMES[1:3]} == {"overflow"}


@pytest.mark.parametrize("depth", quickly(DEPTHS, 8, 32, 56))
def test_each_setting_gets_the_verdict_of_its_own_numbers(depth: int) -> None:
    """Measured without the page, over all that its controls allow with small pictures."""
    x, y = batch("shapes", 16)
    for spec in settings(depth):
        found = gradient_norms(build(spec), x, y)
        of = flow(found)
        said = sound(flow_sentence("the network", of, WORDS))
        called = verdict(of)
        bounded = spec.norm == "batch" and spec.skips == "all"
        if bounded:
            assert called == "healthy", f"{spec}: {said}"
        if spec.norm == "batch" and spec.skips == "none":
            assert called == ("explode" if spec.depth >= 44 else "healthy"), f"{spec}: {said}"
        if spec.norm == "none" and spec.skips == "none" and spec.depth >= 32:
            assert called in ("vanish_together", "underflow"), f"{spec}: {said}"
        if called == "healthy":
            assert 1 / LEVEL <= of.ratio <= LEVEL
            assert of.largest >= SMALL
        setup = Setup(spec, 16, 0)
        sound(size.sentence(setup._replace(spec=spec.residual()), [found, found], WORDS))


@pytest.mark.parametrize("depth", [8, 56])
def test_large_pictures_change_no_rule(depth: int) -> None:
    x, y = batch("shapes-large", 8)
    for spec in settings(depth):
        sound(flow_sentence("the network", flow(gradient_norms(build(spec), x, y)), WORDS))


def test_all_explode_together_without_bn_where_skips_add_up() -> None:
    found = gradient_norms(build(replace(network(56), norm="none")), *batch("shapes", 64))
    assert verdict(flow(found)) == "explode_together"
    assert growth(found) > size.MUCH
    assert "nothing bounds the sums" in size.sentence(Setup(replace(network(56), norm="none"), 16, 0), [found, found], WORDS)


def test_a_nudge_is_told_as_it_is_with_bn_and_without() -> None:
    x = lesson_nudge.crowd()[:1]
    for norm, init in itertools.product(NORM.options, INIT.options):
        ends = []
        for spec in (replace(network(20), norm=norm, init=init).plain(), replace(network(110), norm=norm, init=init).plain()):
            ends.append(nudge(build(spec), x, 0.007, among=lesson_nudge.crowd()).values[-1])
        alike = all(end < 0.25 for end in ends)  # NaN is not
        for words in (lesson("gradients", language) for language in LANGUAGES):
            said = sound(nudge_sentence([("a", ends[0]), ("b", ends[1])], 0.003, 0.7, norm == "batch", words))
            assert (words.labels["nudge_no_bn"] in said) == (norm == "none" and alike)
            if norm == "none" and init == "normal-0.01":
                assert np.isnan(ends[1])
                assert words.say("nudge_none", name="b") in said


def test_a_direction_that_underflows_is_no_white_noise() -> None:
    spec = replace(network(110), norm="none", init="normal-0.01").plain()
    crowd = lesson_nudge.crowd()
    found = gradient_correlation(build(spec), crowd[0], crowd[1], 3, among=crowd[:8])
    said = sound(direction_sentence([("plain-110", found.values[0], found.values[1])], 256, WORDS))
    assert WORDS.say("direction_none", name="plain-110") in said
    assert "white noise" not in said


def test_without_bn_the_directions_of_neighbours_agree() -> None:
    crowd = lesson_nudge.crowd()
    spec = network(56, plain=True)
    near = [
        gradient_correlation(build(replace(spec, norm=norm)), crowd[0], crowd[1], 257, among=crowd).values[1]
        for norm in ("batch", "none")
    ]
    assert abs(near[0]) < 0.1
    assert near[1] > 0.5


def test_the_branches_can_cancel_a_part_of_the_identity() -> None:
    spec = replace(network(8), norm="batch", init="normal-0.01", order="pre")
    (first, *_) = identity_terms(build(spec), *batch("shapes", 16))
    assert first.cosine < 0
    assert first.total < first.identity
    sound(terms_sentence(*first, WORDS))


def test_every_sample_picture_ends_as_a_different_one() -> None:
    """The prediction's answer does not hang on the picture that the page opens with."""
    from resnet_viz.pictures import to_square
    from resnet_viz.ui.kit import inference

    plain = build(network(56, plain=True))
    for sample in samples()[:6]:
        square = to_square(sample.load(), lesson_nudge.SIDE)
        x = inference.network_input(square, inference.WeightsSource("untrained", ""), 3)
        assert nudge(plain, x, 0.007, among=lesson_nudge.crowd()).values[-1] > 0.7
