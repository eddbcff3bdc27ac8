"""The right option of every question by a second route, and words that say what the options are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from statistics import median

import pytest
import torch
from torch import nn

from resnet_viz import build, plan, preset
from resnet_viz.nets.weights import card, history, trained
from resnet_viz.studies.claims import Claim, measure
from resnet_viz.studies.pretrained_pairs import subject_pictures, twins
from resnet_viz.studies.quiz import QUESTIONS, Answer, QuizQuestion, answer, claim_of, is_counted, lesson_of
from resnet_viz.studies.quiz.answer import nearest
from resnet_viz.studies.quiz.idea import PICTURES, errors_without_a_skip
from resnet_viz.studies.quiz.parts import pixel_change
from resnet_viz.studies.skip_removal import SkipRemoval
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.lessons.claims.quiz_answers import ask_text, option_texts
from resnet_viz.ui.lessons.claims.quiz_pictures import picture_of
from resnet_viz.ui.lessons.claims.quiz_result import missed, verdict

WORDS = lesson("quiz")


measured = cache(measure)
"""A claim that two questions ask about takes seconds once."""


@pytest.fixture(scope="module")
def found() -> Iterator[dict[str, Answer]]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("resnet_viz.studies.quiz.measure", measured)
        yield {name: answer(name) for name in QUESTIONS}


def chosen(found: dict[str, Answer], question: str) -> str:
    return option_texts(question, found[question], WORDS)[found[question].right]


def test_two_questions_a_lesson_in_the_order_of_the_course() -> None:
    assert [lesson_of(name) for name in QUESTIONS] == [name for name in LESSONS for _ in range(2)]
    with pytest.raises(ValueError, match="'cheese'"):
        answer("cheese")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("question", QUESTIONS)
def test_options_are_different_filled_in_and_of_about_one_length(question: str, language: str, found: dict[str, Answer]) -> None:
    words = lesson("quiz", language)
    options = option_texts(question, found[question], words)
    assert 3 <= len(set(options)) == len(options) <= 4
    assert 0 <= found[question].right < len(options)
    assert f"option_{question}_{len(options)}" not in words.labels
    lengths = [len(re.sub(r"[\d,]", "", option)) for option in options]  # a number is as long as it is
    right = lengths.pop(found[question].right)
    longest, shortest = max(lengths), min(lengths)
    assert 0.6 * shortest <= right <= 1.5 * longest, "the right one does not stand out"
    for text in (words.say(f"because_{question}", **found[question].numbers), ask_text(question, found[question], words)):
        assert "{" not in text
        assert "nan" not in text


def test_the_right_ones_are_spread_over_the_letters(found: dict[str, Answer]) -> None:
    letters = [one.right for one in found.values()]
    assert len({*letters}) == 4
    assert max(letters.count(letter) for letter in range(4)) <= len(QUESTIONS) / 2


def test_block_relu(found: dict[str, Answer]) -> None:
    layers = {layer.name: layer for layer in plan(preset("resnet18")).layers}
    assert layers["layer1.0.relu2"].inputs == ("layer1.0.add",)
    assert "F(x)\u00a0+\u00a0x" in chosen(found, "block_relu")


def test_block_zero(found: dict[str, Answer]) -> None:
    x = torch.rand(4, 16, 8, 8)
    with torch.no_grad():
        block = build(replace(preset("cifar_resnet20"), zero_gamma=True)).eval().get_submodule("layer1.1")
        assert torch.equal(block(x), x)
    assert chosen(found, "block_zero").startswith("x itself")


def test_activations_size(found: dict[str, Answer]) -> None:
    model = build(preset("cifar_resnet20"))
    with torch.no_grad():
        maps = nn.Sequential(*list(model.children())[:-3])(torch.zeros(1, 3, 32, 32))
    side = maps.shape[-1]
    assert chosen(found, "activations_size").startswith(unbroken(f"{side} × {side}"))


def test_activations_skip(found: dict[str, Answer]) -> None:
    _, name = twins("shapes", 20)
    x, y = subject_pictures(name, 32)
    blocks = card(name).spec.blocks
    errors = []
    with torch.no_grad():
        for cut in ("", *blocks):
            model = trained(name, replace(card(name).spec, skips=frozenset(blocks) - {cut}))
            errors.append(float((model(x).argmax(1) != y).float().mean()))
    assert errors_without_a_skip(20, 32) == pytest.approx((errors[0], median(errors[1:])))
    assert "56 layers" in chosen(found, "activations_skip")
    assert found["activations_skip"].numbers["cut_many"] > found["activations_skip"].numbers["cut_few"]


def test_degradation(found: dict[str, Answer]) -> None:
    names = [name for name in ("cifar_resnet20", "cifar_resnet56") for name in (f"{card(name).spec}-plain", name)]
    errors = [history(name).epochs[-1]["train_error"] for name in names]
    worst = card(names[errors.index(max(errors))]).spec
    said = "plain" if worst.skips == "none" else "residual"
    assert chosen(found, "degradation_worst") == f"the {said} one of {worst.depth} layers"
    plain, residual, *_ = errors
    assert found["degradation_shallow"].numbers["share"] == pytest.approx(residual / plain)
    assert "four fifths" in chosen(found, "degradation_shallow")
    assert 0.7 < residual / plain < 0.9


def test_gradients(found: dict[str, Answer]) -> None:
    norms = measured("gradients").numbers
    assert 300 < norms["ratio"] < 3000
    assert f"{norms['depth']} layers" in WORDS.labels["ask_gradients_ratio"]
    assert "thousand times larger" in chosen(found, "gradients_ratio")
    assert "below 10⁻¹²" in chosen(found, "gradients_bare")
    assert norms["first_plain_bare"] < 1e-12


def test_why_paths(found: dict[str, Answer]) -> None:
    paths = 1
    for _ in preset("cifar_resnet56").blocks:
        paths *= 2  # the branch or around it
    assert int(chosen(found, "why_paths").partition(":")[0].replace(",", "")) == paths
    assert "27" in WORDS.labels["ask_why_paths"]
    assert len(preset("cifar_resnet56").blocks) == 27


def test_why_branch(found: dict[str, Answer]) -> None:
    numbers = measure("ensemble").numbers
    assert "12%" in chosen(found, "why_branch")
    assert abs(numbers["cut_deep"] - 0.12) < 0.03


def test_shortcuts(found: dict[str, Answer]) -> None:
    blocks = [module for name, module in build(preset("resnet18")).named_modules() if name.endswith(".downsample")]
    projecting = sum(any(isinstance(m, nn.Conv2d) for m in block.modules()) for block in blocks)
    assert chosen(found, "shortcuts_projections").startswith(f"{projecting}:")
    assert len(blocks) == 8, "as the question says"
    model = build(preset("resnet50"))
    inside = sum(p.numel() for name, p in model.named_parameters() if ".downsample" in name)
    share = inside / sum(p.numel() for p in model.parameters())
    assert found["shortcuts_share"].numbers["share"] == pytest.approx(share)
    assert "10%" in chosen(found, "shortcuts_share")
    assert found["shortcuts_share"].numbers["count"] == 4, "as the question says"


def test_mixing(found: dict[str, Answer]) -> None:
    assert (pixel_change(1) != 0).sum() == 1
    assert (pixel_change(3) != 0).sum() == 3 * 3
    assert chosen(found, "mixing_pixel").startswith("at 1:")
    weight = torch.randn(2, 6, 6, dtype=torch.float64)
    x = torch.randn(6, 25, dtype=torch.float64)  # channels, positions
    assert torch.allclose(weight[1] @ (weight[0] @ x), (weight[1] @ weight[0]) @ x)
    assert not torch.allclose(weight[1] @ (weight[0] @ x).relu(), (weight[1] @ weight[0]) @ x)
    assert "single 1×1" in chosen(found, "mixing_twice")


def test_bottleneck(found: dict[str, Answer]) -> None:
    basic, bottleneck = 2 * 9 * 64 * 64, 256 * 64 + 9 * 64 * 64 + 64 * 256
    numbers = found["bottleneck_pair"].numbers
    assert (numbers["basic"], numbers["bottleneck"]) == (basic * 56 * 56, bottleneck * 56 * 56)
    assert chosen(found, "bottleneck_pair") == "about as many"
    assert nearest(bottleneck / basic, found["bottleneck_pair"].options) == found["bottleneck_pair"].right
    assert found["bottleneck_most"].numbers["macs"] == [256 * 64 * 56 * 56, 9 * 64 * 64 * 56 * 56, 64 * 256 * 56 * 56]
    assert chosen(found, "bottleneck_most").startswith("the 3×3")


def test_build(found: dict[str, Answer]) -> None:
    stages = [sum(p.numel() for p in build(preset("resnet50")).get_submodule(f"layer{n}").parameters()) for n in (1, 2, 3, 4)]
    assert f"stage {stages.index(max(stages)) + 1}" in chosen(found, "build_params")
    linear = nn.Linear(7 * 7 * 512, 1000, device="meta")
    ratio = sum(p.numel() for p in linear.parameters()) / sum(p.numel() for p in build(preset("resnet18")).parameters())
    assert found["build_head"].numbers["ratio"] == pytest.approx(ratio)
    assert "twice" in chosen(found, "build_head")


def test_claims(found: dict[str, Answer]) -> None:
    p = plan(preset("resnet50"))
    projections = sum(block.shortcut == "projection" for block in p.blocks)
    assert chosen(found, "claims_norms").startswith(f"{projections + 1}:")
    small = plan(preset("resnet18"))
    assert chosen(found, "claims_relu").startswith(f"after {len(small.blocks) + 1}:")


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_a_study(name: str, found: dict[str, Answer]) -> None:
    question = QuizQuestion(name)
    if question.calls:
        assert question.assemble([None]) is None
        assert question.assemble([call.function(*call.arguments) for call in question.calls]) == found[name]
        with pytest.raises(KeyError):
            question.recorded()
    else:
        assert question.recorded() == found[name]


def test_what_a_claim_measures_is_not_measured_again() -> None:
    for name in QUESTIONS:
        if claim := claim_of(name):
            assert [call.key for call in QuizQuestion(name).calls] == [call.key for call in Claim(claim).calls]
    assert [name for name in QUESTIONS if not QuizQuestion(name).calls] == ["degradation_worst", "degradation_shallow"]


def test_pictures_belong_to_questions() -> None:
    assert [name for name in QUESTIONS if not picture_of(name)] == [
        "block_relu",
        "block_zero",
        "shortcuts_projections",
        "shortcuts_share",
        "mixing_twice",
    ]


def test_the_result_sends_back_to_what_was_wrong() -> None:
    right = dict.fromkeys(QUESTIONS, 1)
    assert missed({}, right) == missed(right, right) == {}
    wrong = {**right, "why_paths": 0, "block_relu": 2, "why_branch": 3}
    assert missed(wrong, right) == {"block": ["block_relu"], "why": ["why_paths", "why_branch"]}
    assert verdict({}, {}, WORDS) == WORDS.labels["result_none"]
    assert verdict(right, {}, WORDS) == WORDS.labels["result_all"]
    assert verdict({"block_relu": 1}, {}, WORDS) == WORDS.labels["result_so_far"]
    assert verdict(wrong, missed(wrong, right), WORDS) == WORDS.labels["result_back"]


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_counted_measures_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no network is built and no recording is read, no badge may speak of a measurement."""
    lessons = ("shortcuts", "bottleneck", "build")
    assert is_counted(name) == (lesson_of(name) in lessons or name == "why_paths")
    if is_counted(name):
        monkeypatch.setattr(torch.nn.Module, "__call__", lambda *_: pytest.fail("a network runs"))
        answer(name)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_quiz_says_on_how_many_pictures_and_on_how_many_the_lesson(language: str, found: dict[str, Answer]) -> None:
    said = lesson("quiz", language).say("because_activations_skip", **found["activations_skip"].numbers)
    lessons = SkipRemoval(twins("shapes", 20)[1]).recorded().pictures
    assert found["activations_skip"].numbers["count"] == PICTURES
    assert f"{lessons:,}" in said
    assert str(PICTURES) in said
