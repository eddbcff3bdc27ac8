"""The right option of every question by a second route, and words that say what the options are."""

from __future__ import annotations

import re

import pytest
import torch
from torch import nn

from resnet_viz import build, plan, preset
from resnet_viz.nets.weights import card, history
from resnet_viz.studies.claims import Claim, measure
from resnet_viz.studies.quiz import QUESTIONS, QuizQuestion, answer, nearest, pixel_change
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.lessons.claims.quiz import option_texts


def chosen(question: str) -> str:
    found = answer(question)
    return option_texts(question, found, lesson("quiz"))[found.right]


def test_a_question_a_lesson() -> None:
    assert set(QUESTIONS) == set(LESSONS) - {"claims"}
    with pytest.raises(ValueError, match="'cheese'"):
        answer("cheese")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_options_are_different_and_filled_in(question: str, language: str) -> None:
    found, words = answer(question), lesson("quiz", language)
    options = option_texts(question, found, words)
    assert 3 <= len(set(options)) == len(options) <= 4
    assert 0 <= found.right < len(options)
    assert f"option_{question}_{len(options)}" not in words.labels
    for value, option in zip(found.options, options, strict=True):
        written = {str(value), f"{value:,}"} if isinstance(value, int) else set()
        assert not written or any(w in option for w in written) or value in (0, 81), "a number is said as it is"
    assert "{" not in words.say(f"because_{question}", **found.numbers)


def test_build() -> None:
    by_stage = {stage: sum(p.numel() for p in build(preset("resnet50")).get_submodule(stage).parameters()) for stage in STAGES}
    assert answer("build").right == list(by_stage.values()).index(max(by_stage.values()))
    assert f"stage {answer('build').right + 1}" in chosen("build")


STAGES = ("layer1", "layer2", "layer3", "layer4")


def test_block() -> None:
    layers = {layer.name: layer for layer in plan(preset("resnet18")).layers}
    assert layers["layer1.0.relu2"].inputs == ("layer1.0.add",)
    assert "F(x) + x" in chosen("block")


def test_mixing() -> None:
    assert (pixel_change(1) != 0).sum() == 1
    assert (pixel_change(3) != 0).sum() == 3 * 3
    assert chosen("mixing") == "1"


def test_shortcuts() -> None:
    blocks = [module for name, module in build(preset("resnet18")).named_modules() if name.endswith(".downsample")]
    assert int(chosen("shortcuts")) == sum(any(isinstance(m, nn.Conv2d) for m in block.modules()) for block in blocks)
    assert len(blocks) == 8, "as the question says"


def test_bottleneck() -> None:
    basic, bottleneck = 2 * 9 * 64 * 64, 256 * 64 + 9 * 64 * 64 + 64 * 256
    numbers = answer("bottleneck").numbers
    assert (numbers["basic"], numbers["bottleneck"]) == (basic * 56 * 56, bottleneck * 56 * 56)
    assert "same" in chosen("bottleneck")
    assert nearest(bottleneck / basic, answer("bottleneck").options) == answer("bottleneck").right


def test_activations() -> None:
    model = build(preset("cifar_resnet20"))
    with torch.no_grad():
        maps = nn.Sequential(*list(model.children())[:-3])(torch.zeros(1, 3, 32, 32))
    side = maps.shape[-1]
    assert chosen("activations") == f"{side} × {side}"


def test_degradation() -> None:
    found = answer("degradation")
    names = [name for name in ("cifar_resnet20", "cifar_resnet56") for name in (f"{card(name).spec}-plain", name)]
    errors = {name: history(name).epochs[-1]["train_error"] for name in names}
    worst = card(max(names, key=errors.__getitem__)).spec
    assert chosen("degradation") == f"{'plain' if worst.skips == 'none' else 'residual'}, {worst.depth} layers"
    assert found.numbers["end_plain_deep"] == max(errors.values())


def test_gradients() -> None:
    norms = measure("gradients").numbers
    assert norms["ratio"] > 100
    assert f"{norms['depth']} layers" in lesson("quiz").labels["ask_gradients"]
    assert re.search(r"thousand times larger", chosen("gradients"))


def test_why() -> None:
    paths = 1
    for _ in preset("cifar_resnet56").blocks:
        paths *= 2  # the branch or around it
    assert int(chosen("why").replace(",", "")) == paths
    assert "27" in lesson("quiz").labels["ask_why"]
    assert len(preset("cifar_resnet56").blocks) == 27


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_a_study(name: str) -> None:
    question = QuizQuestion(name)
    if question.calls:
        assert question.assemble([None]) is None
        assert question.assemble([call.function(*call.arguments) for call in question.calls]) == answer(name)
        with pytest.raises(KeyError, match=name):
            question.recorded()
    else:
        assert question.recorded() == answer(name)
    assert [name for name in QUESTIONS if not QuizQuestion(name).calls] == ["degradation"]


def test_what_a_claim_measures_is_not_measured_again() -> None:
    assert [call.key for call in QuizQuestion("gradients").calls] == [call.key for call in Claim("gradients").calls]
