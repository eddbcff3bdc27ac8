"""Fine-tuning: what is compared, and what of the network moves."""

from __future__ import annotations

import itertools
import re

import pytest
import torch

from resnet_viz.nets.weights import card, trained
from resnet_viz.probes.features import features
from resnet_viz.probes.linear_head import train_head
from resnet_viz.samples.to_teach import SETS, set_to_teach
from resnet_viz.studies.fine_tuning import COUNTS, NETWORK, FineTuning, TunedPoint, compare, drawn
from resnet_viz.studies.transfer import as_input, labels_of
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.training.fine_tuning import fine_tuned
from resnet_viz.ui.lessons.transfer.fine_tuning import chart, sentence


def test_everything_learns_and_the_averages_stay() -> None:
    pictures = [own[:2] for own in set_to_teach("drawings").taught]
    x, labels = as_input([p for own in pictures for p in own], card(NETWORK)), labels_of(pictures)
    network, before = trained(NETWORK), trained(NETWORK).state_dict()
    head = train_head(features(network, x), labels, len(pictures))
    fine_tuned(network, head.weight, head.bias, x, labels)
    after = network.state_dict()
    for name, old in before.items():
        if "running" in name or "tracked" in name:
            assert torch.equal(after[name], old), name
        elif not name.startswith("fc"):
            assert not torch.equal(after[name], old), name
    assert not network.training
    assert network(x).argmax(1).tolist() == labels.tolist(), "it knows its few pictures by heart"


def test_no_steps_are_the_frozen_network_with_its_head() -> None:
    pictures = [own[:2] for own in set_to_teach("drawings").taught]
    x, labels = as_input([p for own in pictures for p in own], card(NETWORK)), labels_of(pictures)
    head = train_head(features(trained(NETWORK), x), labels, len(pictures))
    tuned = fine_tuned(trained(NETWORK), head.weight, head.bias, x, labels, steps=0)
    torch.testing.assert_close(tuned(x), head.logits(features(trained(NETWORK), x)))


@pytest.mark.parametrize("count", COUNTS)
def test_a_picture_is_learned_from_or_asked_about(count: int) -> None:
    labels = labels_of([range(16)] * 3)
    learned, others = drawn(labels, count, 0)
    assert sorted([*learned.tolist(), *others.tolist()]) == list(range(3 * 16))
    assert len(learned) == 3 * count
    assert learned.tolist() != drawn(labels, count, 1)[0].tolist()


def test_the_recording_is_the_studys() -> None:
    study = FineTuning("drawings")
    call = study.calls[0]
    now = call.function(*call.arguments)
    assert now == compare(*call.arguments)
    assert study.assemble([now])[0].asked == now.asked == 45
    for code in SETS:
        assert [point.pictures for point in FineTuning(code).recorded()] == list(COUNTS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_follows_the_numbers(language: str) -> None:
    words = lesson("transfer", language)
    ends = {"alike": (0.8, 0.82), "tuned": (0.8, 0.9), "frozen": (0.9, 0.8)}
    assert COUNTS[0] == 1, "the sentence says one"
    for few, many in itertools.product(ends, repeat=2):
        said = sentence([TunedPoint(1, *ends[few], 100), TunedPoint(10, *ends[many], 50)], words)
        for place, right in (("few", few), ("many", many)):
            assert [one for one in ends if words.labels[f"tune_{place}_{one}"] in said] == [right]
        assert f"{ends[few][1]:.0%}" in said
        assert f"{ends[many][0]:.0%}" in said


def test_what_has_been_trained_so_far_is_drawn() -> None:
    words = lesson("transfer")
    none, two = chart([], words), chart([TunedPoint(2, 0.5, 0.75, 9), TunedPoint(10, 0.5, 1.0, 9)], words)
    ticks = re.compile(r">(\d+)<")
    assert set(COUNTS) == {int(n) for n in ticks.findall(none)}
    assert {int(n) for n in ticks.findall(two)} == {2, 10}
    assert two.count("<circle") > none.count("<circle") == 0
