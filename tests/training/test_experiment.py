"""A run is the textbook loop, can be cut anywhere, and shows what it is there to show."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from resnet_viz import ResNetSpec, build
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import HOPELESS, PATIENCE, StepRecord, Trainer, linear_error, pictures, run
from tests.conftest import specs


def network(n: int, *, plain: bool = False) -> ResNetSpec:
    spec = ResNetSpec(stages=(n, n, n), width=8, stem="cifar/2", shortcut="A", classes=10)
    return spec.plain() if plain else spec


SMALL = Experiment(network(1), steps=25, batch=16)

experiments = st.builds(
    Experiment,
    specs().map(lambda spec: replace(spec, in_channels=3, classes=10)),
    data=st.sampled_from(["shapes", "shapes-rotation", "shapes-clutter-noise-large"]),
    steps=st.integers(1, 100_000),
    batch=st.integers(2, 1024),
    lr=st.one_of(st.sampled_from([0.001, 0.02, 1.0, 10]), st.floats(1e-6, 100)),
    schedule=st.sampled_from(["constant", "cosine"]),
    warm_up=st.integers(0, 500),
    momentum=st.sampled_from([0.0, 0.5, 0.9]),
    weight_decay=st.sampled_from([0.0, 1e-4, 5e-4]),
    seed=st.integers(0, 999_999),
)


@given(experiments)
def test_an_experiment_travels_in_a_link(experiment: Experiment) -> None:
    text = str(experiment)
    assert Experiment.parse(text) == experiment
    assert hash(Experiment.parse(text)) == hash(experiment)
    assert all(c.isascii() and (c.isalnum() or c in "._~-") for c in text)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"steps": 0}, "not 0"),
        ({"steps": 2.5}, "not 2.5"),
        ({"batch": 1}, "not 1"),
        ({"lr": 0}, "not 0"),
        ({"lr": float("nan")}, "not nan"),
        ({"lr": 1e9}, "not 1000000000.0"),
        ({"momentum": 1.0}, "not 1.0"),
        ({"weight_decay": True}, "not True"),
        ({"seed": -1}, "not -1"),
        ({"schedule": "step"}, "'step'"),
        ({"data": "cats"}, "'cats'"),
    ],
)
def test_bad_values_are_quoted(fields: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError) as caught:
        Experiment(network(1), **fields)  # type: ignore[arg-type]
    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["", "basic", "basic-1~steps", "basic-1-c10~speed9", "basic-1-c10~steps2~steps3", "basic-1-c5"])
def test_bad_links_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Experiment.parse(text)


def textbook(experiment: Experiment) -> list[float]:
    """The same training as anybody would write it."""
    torch.manual_seed(0)
    train, _ = pictures(experiment.data, experiment.seed)
    mean, std = train.mean_std()
    images = (train.images.float() / 255 - mean[:, None, None]) / std[:, None, None]
    model = build(experiment.spec, experiment.seed)
    optimiser = torch.optim.SGD(model.parameters(), experiment.lr, momentum=experiment.momentum)
    losses = []
    order = torch.randperm(3000, generator=torch.Generator().manual_seed(experiment.seed * 1_000_003))
    for step in range(experiment.steps):
        rows = order[step * experiment.batch : (step + 1) * experiment.batch]
        loss = nn.functional.cross_entropy(model(images[rows]), train.labels[rows])
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    return losses


@pytest.mark.parametrize("plain", [False, True])
def test_it_is_the_textbook_loop(plain: bool) -> None:
    experiment = replace(SMALL, spec=network(1, plain=plain), seed=4)
    torch.testing.assert_close([step.loss for step in run(experiment)], textbook(experiment), rtol=2e-3, atol=2e-4)


@pytest.mark.parametrize("cut", [1, 10, 24])
def test_an_interruption_changes_nothing(cut: int) -> None:
    whole = [step._replace(rate=0.0) for step in run(SMALL)]
    trainer = Trainer(SMALL)
    for _ in range(cut):
        trainer.step()
    buffer = io.BytesIO()
    torch.save(trainer.checkpoint(), buffer)
    buffer.seek(0)
    rest = [step._replace(rate=0.0) for step in run(SMALL, resume=torch.load(buffer, weights_only=True))]
    assert rest == whole[cut:]


def test_twins_see_the_same_batches_and_start_from_the_same_weights() -> None:
    a, b = Trainer(SMALL), Trainer(replace(SMALL, spec=network(1, plain=True)))
    for step in (0, 3, 200, 500):
        assert torch.equal(a._rows(step), b._rows(step))
    ours, theirs = a.model.state_dict(), b.model.state_dict()
    assert all(torch.equal(value, ours[name]) for name, value in theirs.items())


def test_an_epoch_shows_every_picture_at_most_once() -> None:
    trainer = Trainer(SMALL)
    an_epoch = 3000 // SMALL.batch
    seen = torch.cat([trainer._rows(step) for step in range(an_epoch)])
    assert len(seen.unique()) == len(seen) == an_epoch * SMALL.batch
    assert not torch.equal(trainer._rows(an_epoch), trainer._rows(0))


def test_notes_are_the_norms_of_what_happened() -> None:
    trainer = Trainer(replace(SMALL, steps=2))
    before = {name: value.detach().clone() for name, value in trainer.model.named_parameters()}
    step = trainer.step()
    assert step.layers
    assert set(step.layers) == {name.removesuffix(".weight") for name, value in before.items() if value.dim() > 1}
    for name, note in step.layers.items():
        was, now = before[f"{name}.weight"], trainer.model.get_parameter(f"{name}.weight")
        assert note.weight_norm == pytest.approx(float(now.detach().norm()), rel=1e-5)
        assert note.update_ratio == pytest.approx(float((now.detach() - was).norm() / now.detach().norm()), rel=1e-3)
        gradient = trainer.model.get_parameter(f"{name}.weight").grad
        assert gradient is not None
        assert note.grad_norm == pytest.approx(float(gradient.norm()), rel=1e-5)


def test_divergence_ends_a_run_with_its_reason() -> None:
    wild = Experiment(replace(network(5), norm="none"), lr=50.0, steps=60, batch=16)
    steps = list(run(wild))
    assert steps[-1].stopped == "diverged"
    assert len(steps) < 60
    assert all(not step.stopped for step in steps[:-1])


@pytest.mark.parametrize("plain", [False, True])
def test_a_hopeless_learning_rate_ends_a_run_though_its_loss_is_a_number(plain: bool) -> None:
    # At a rate of 10 a plain network's loss ends up near the limit, on either side: which one is the processor's choice.
    steps = list(run(Experiment(network(3, plain=plain), lr=30.0, steps=100, batch=16)))
    assert steps[-1].stopped == "diverged"
    assert PATIENCE <= len(steps) < 100
    assert all(math.isfinite(step.loss) for step in steps)
    assert steps[-1].smooth_loss > HOPELESS * math.log(10)


def test_a_deep_residual_network_starts_high_and_goes_on() -> None:
    steps = list(run(Experiment(network(9), steps=60, batch=16)))
    assert max(step.loss for step in steps) > 2 * math.log(10)
    assert not steps[-1].stopped


def test_learning_rates() -> None:
    e = Experiment(network(1), steps=100, warm_up=10, schedule="cosine", lr=0.4)
    rates = [e.rate(step) for step in range(100)]
    assert rates[0] == pytest.approx(0.04)
    assert max(rates) <= 0.4
    assert rates[-1] == pytest.approx(0.2 * (1 + math.cos(math.pi * 0.99)))
    assert Experiment(network(1)).rate(0) == Experiment(network(1)).rate(299) == 0.02


def test_smoothing_starts_as_the_plain_mean() -> None:
    steps = list(run(replace(SMALL, steps=5)))
    assert steps[-1].smooth_loss == pytest.approx(sum(s.loss for s in steps) / 5)
    assert isinstance(steps[0], StepRecord)


def test_degradation_shows_in_two_hundred_steps() -> None:
    """The smallest race: the deep plain network stays behind its twin and behind the shallow plain one."""
    final = {}
    for name, spec in {"plain-8": network(1, plain=True), "plain-32": network(5, plain=True), "residual-32": network(5)}.items():
        final[name] = list(run(Experiment(spec, steps=150)))[-1].smooth_error
    assert final["plain-32"] > final["residual-32"] + 0.25
    assert final["plain-32"] > final["plain-8"] + 0.25


def test_a_linear_classifier_fails_on_shapes() -> None:
    train, test = linear_error("shapes", steps=300)
    assert test > 0.5
    assert train < test
