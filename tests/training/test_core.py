"""The core is the textbook's step; the recorder and the live run both take it; what is evaluated is what one counts."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from resnet_viz import build, parse_network
from resnet_viz.recorder import recording
from resnet_viz.recorder.plans import Job
from resnet_viz.recorder.recipe import Recipe
from resnet_viz.recorder.tasks import Material, Task
from resnet_viz.training.core import Core, norms, sgd
from resnet_viz.training.data.crops import resized
from resnet_viz.training.data.pictures import Pictures
from resnet_viz.training.evaluation import evaluate
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import Trainer, pictures

SPEC = parse_network("basic-1.1-w4-cifar-c10")


@pytest.mark.parametrize("only_weights", [False, True])
def test_a_step_is_the_textbooks(only_weights: bool) -> None:
    """With the weights' decay added to the gradient by hand."""
    ours, theirs = build(SPEC, 1), build(SPEC, 1)
    core = Core(ours, sgd(ours, lr=1.0, momentum=0.9, nesterov=True, weight_decay=0.01, only_weights=only_weights))
    optimiser = torch.optim.SGD(theirs.parameters(), 1.0, momentum=0.9, nesterov=True)
    generator = torch.Generator().manual_seed(0)
    for step in range(3):
        x, y = torch.rand(8, 3, 8, 8, generator=generator), torch.randint(10, (8,), generator=generator)
        rate = 0.1 / (step + 1)
        result = core.backward(x, y, rate)
        before = [p.detach().clone() for p in ours.parameters()]
        logits = theirs(x)
        loss = F.cross_entropy(logits, y)
        optimiser.zero_grad()
        loss.backward()
        assert result.loss.item() == pytest.approx(loss.item(), rel=1e-5)
        assert torch.equal(result.missed, logits.argmax(1) != y)
        gradients = [p.grad.norm() for p in theirs.parameters() if p.dim() > 1 and p.grad is not None]
        torch.testing.assert_close(torch.stack(core.gradient_norms()), torch.stack(gradients), rtol=1e-4, atol=1e-6)
        for p in theirs.parameters():
            assert p.grad is not None
            if p.dim() > 1 or not only_weights:
                p.grad += 0.01 * p.detach()
        optimiser.param_groups[0]["lr"] = rate
        optimiser.step()
        assert all(torch.equal(p, was) for p, was in zip(ours.parameters(), before, strict=True)), "nothing before `update`"
        core.update()
        for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
            torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(torch.stack(core.weight_norms()), torch.stack([w.norm() for w in core.weights.values()]))
    assert norms([torch.tensor([3.0, 4.0])])[0] == 5


def test_smoothed_labels_are_a_mixture_with_all_classes() -> None:
    model = build(SPEC, 1)
    x, y = torch.rand(6, 3, 8, 8), torch.arange(6)
    logits = model.train()(x)
    targets = 0.9 * F.one_hot(y, 10) + 0.1 / 10
    expected = -(targets * logits.log_softmax(1)).sum(1).mean()
    core = Core(model, sgd(model, lr=0.1), smoothing=0.1)
    assert core.backward(x, y, 0.1).loss.item() == pytest.approx(expected.item(), rel=1e-5)


def test_fed_alike_a_recording_is_a_live_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The same batches, unmoved, at the same rate: every weight is the same to the last bit."""
    experiment = Experiment(SPEC, steps=4, batch=16, lr=0.05, weight_decay=1e-3)
    train, test = pictures(experiment.data, experiment.seed)
    trainer = Trainer(experiment)
    recipe = Recipe(lr=0.05, schedule="steps", steps=4, batch=16, weight_decay=1e-3)
    job = Job(SPEC, recipe)
    monkeypatch.setattr(recording, "material", lambda task: Material(train, test, "shapes"))
    monkeypatch.setattr(recording, "augment", lambda images, generator, pad: images)
    run = recording.Run(Task(job, tmp_path, "", tmp_path, "cpu", 1, ""), job)
    run.mean, run.std = trainer.mean, trainer.std  # not rounded as a card's
    for step in range(experiment.steps):
        rows = trainer._rows(step)
        loss, _ = run.step(train.images[rows], train.labels[rows])
        assert loss.item() == trainer.step().loss
    theirs = trainer.model.state_dict()
    assert all(torch.equal(value, theirs[name]) for name, value in run.core.model.state_dict().items())


def test_evaluation_is_the_mean_over_all_pictures() -> None:
    _, test = pictures("shapes", 0)
    mean, std = test.mean_std()
    model = build(SPEC, 2)
    seen: list[int] = []
    found = evaluate(model, test, mean, std, batch=300, between=lambda: seen.append(1))
    with torch.no_grad():
        logits = model(test.normalised(mean, std))
    assert found.loss == pytest.approx(F.cross_entropy(logits, test.labels).item(), rel=1e-4)
    assert found.error == pytest.approx(1 - (logits.argmax(1) == test.labels).float().mean().item())
    assert len(seen) == 4, "the last batch is not full"
    smaller = Pictures(resized(test.images, 16), test.labels, test.classes)
    assert evaluate(model, test, mean, std, side=16) == evaluate(model, smaller, mean, std) != found
