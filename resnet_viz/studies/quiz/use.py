"""Questions on *Your own classes* and on the claims: numbers that one has only seen after measuring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.studies.quiz.answer import Answer, exactly, nearest, question

if TYPE_CHECKING:
    from resnet_viz.studies.claims.blocks import Code, Order


FEW = 5
"""Pictures a class that the questions on own classes are about."""


@question()
def transfer_forgotten() -> Answer:
    """The share of right guesses of a trained head where `eval()` was forgotten and pictures come one at a time."""
    from resnet_viz.studies.transfer import measured

    found = measured()
    numbers = {"evaluation": found.modes.evaluation, "alone": found.modes.alone, "chance": 1 / found.classes}
    options = (found.modes.evaluation, 2 / 3, 1 / found.classes)
    return Answer(("all", "less", "chance"), nearest(found.modes.alone, options), numbers)


@question()
def transfer_pixels() -> Answer:
    """The share of right guesses of the same linear layer on raw pixels, five pictures a class."""
    from resnet_viz.studies.transfer import measured

    found = measured()
    shares = {source: found.sources.accuracy(source, FEW) for source in ("trained", "untrained", "pixels")}
    options = (0.42, 0.7, 0.95)
    return Answer(options, nearest(shares["pixels"], options), {"count": FEW, "chance": 1 / found.classes, **shares})


@question("code")
def claims_norms(finding: Code) -> Answer:
    """BN layers of a ResNet-50 whose bottlenecks have BN on the projections only."""
    return exactly(finding.norms_copied, (0, 5, 17, finding.norms), finding.numbers)


@question("order")
def claims_relu(finding: Order) -> Answer:
    """Convolutions of ResNet-18 that are followed by BN and then by a ReLU."""
    convolutions = finding.small.convolutions
    return exactly(finding.small.norm_relu, (8, 9, convolutions - 3, convolutions), finding.numbers)
