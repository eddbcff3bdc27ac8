"""Questions on the claims: numbers that one has only seen after measuring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.studies.quiz.answer import Answer, exactly, question

if TYPE_CHECKING:
    from resnet_viz.studies.claims.blocks import Code, Order


@question("code")
def claims_norms(finding: Code) -> Answer:
    """BN layers of a ResNet-50 whose bottlenecks have BN on the projections only."""
    return exactly(finding.norms_copied, (0, 5, 17, finding.norms), finding.numbers)


@question("order")
def claims_relu(finding: Order) -> Answer:
    """Convolutions of ResNet-18 that are followed by BN and then by a ReLU."""
    convolutions = finding.small.convolutions
    return exactly(finding.small.norm_relu, (8, 9, convolutions - 3, convolutions), finding.numbers)
