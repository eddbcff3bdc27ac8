"""Loss surfaces of every shipped twin, before and after training, with which "Why it works" opens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from torch import Tensor

from resnet_viz.nets.resnet import ResNet
from resnet_viz.probes.landscape import Plane, order, surface_points
from resnet_viz.recorder.figures.source import Source
from resnet_viz.studies.loss_surface import RECORDED_PICTURES, RECORDED_SIDE, network
from resnet_viz.studies.pretrained_pairs import subjects
from resnet_viz.studies.recorded import FOLDER

FILE = FOLDER / "surfaces.json"
WEIGHTS = ("trained", "untrained")
OTHERS = (1, 2, 3)
"""Seeds of further planes, on a grid half as fine: does what the first one shows depend on its directions?"""


def record(
    source: Source,
    *,
    names: Sequence[str] = (),
    side: int = RECORDED_SIDE,
    pictures: int = RECORDED_PICTURES,
    other_seeds: Sequence[int] = OTHERS,
) -> Iterator[dict[str, Any]]:
    """`surfaces` and `others`, by weights and network; after each network."""
    parts = ("surfaces", "others")
    found = {part: {kind: dict(source.known.get(part, {}).get(kind, {})) for kind in WEIGHTS} for part in parts}
    for weights, name in source.each([(kind, name) for kind in WEIGHTS for name in names or subjects()]):
        if inputs := source.inputs(name, "train", pictures):
            model = network(name, weights)
            found["surfaces"][weights][name] = _surface(model, inputs, 0, side)
            found["others"][weights][name] = [_surface(model, inputs, seed, side // 2 + 1) for seed in other_seeds]
            yield {"seed": 0, "pictures": pictures, "reach": 1.0, **found}


def _surface(model: ResNet, inputs: tuple[Tensor, Tensor], seed: int, side: int) -> list[list[float]]:
    """The losses, row by row."""
    plane = Plane(model, *inputs, seed)
    losses = [round(loss, 4) for loss in surface_points(plane, side, 1.0, sorted(order(side)))]
    return [losses[at : at + side] for at in range(0, len(losses), side)]
