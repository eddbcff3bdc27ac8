"""Questions on *Degradation*, *Gradient flow* and *Why it works*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.nets.presets import preset
from resnet_viz.studies.quiz.answer import Answer, exactly, nearest, question

if TYPE_CHECKING:
    from resnet_viz.studies.claims.networks import Degradation, Ensemble, Gradients


@question("degradation")
def degradation_worst(finding: Degradation) -> Answer:
    """Which of four networks trained alike has the highest training error."""
    found = finding.numbers
    options = ("plain_shallow", "plain_deep", "shallow", "deep")
    errors = [found[f"end_{name}"] for name in options]
    return Answer(options, errors.index(max(errors)), found)


@question("degradation")
def degradation_shallow(finding: Degradation) -> Answer:
    """How many training mistakes skips leave in the shallow network, as a share of the plain one's."""
    found = finding.numbers
    options = (0.3, 0.8, 1.0, 1.3)
    share, deep = (found[f"end_{with_}"] / found[f"end_{without}"] for with_, without in _PAIRS)
    return Answer(options, nearest(share, options), {**found, "share": share, "deep_share": deep})


_PAIRS = (("shallow", "plain_shallow"), ("deep", "plain_deep"))


@question("gradients")
def gradients_ratio(finding: Gradients) -> Answer:
    """The first layer's gradient over the last one's, in an untrained plain network with BN."""
    found = finding.numbers
    options = (1e-3, 1.0, 1e3)
    return Answer(options, nearest(found["ratio"], options), found)


@question("gradients")
def gradients_bare(finding: Gradients) -> Answer:
    """The first layer's gradient in a plain network without BN and with small weights."""
    found = finding.numbers
    options = (1e-14, 1e-4, 1.0, 1e4)
    return Answer(options, nearest(found["first_plain_bare"], options), found)


@question(counted=True)
def why_paths() -> Answer:
    """Paths through the blocks of ResNet-56."""
    from resnet_viz.probes.paths import path_counts

    spec = preset("cifar_resnet56")
    counts, blocks = path_counts(spec), len(spec.blocks)
    options = (blocks, 2 * blocks, blocks**2, sum(counts))
    return exactly(sum(counts), options, {"blocks": blocks, "counts": counts, "paths": sum(counts)})


@question("ensemble")
def why_branch(finding: Ensemble) -> Answer:
    """Test error of the deep residual network after one residual branch is deleted."""
    found = finding.numbers
    options = (0.12, 0.35, 0.9)
    return Answer(options, nearest(found["cut_deep"], options), found)
