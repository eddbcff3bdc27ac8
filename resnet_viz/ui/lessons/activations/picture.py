"""One picture in one network: what every part of the page reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image

from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import short_name
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import inference, url_state
from resnet_viz.ui.kit.shared_params import SEED


class PictureView(NamedTuple):
    """One picture in one network: what every part of the page reads."""

    plan: Plan
    source: inference.WeightsSource
    code: str
    square: Image.Image
    digest: str
    words: Lesson

    @property
    def net(self) -> str:
        return short_name(self.plan.spec)

    def look(self, names: Sequence[str] = ()) -> inference.Look:
        return inference.look(self.net, self.source, url_state.get(SEED), self.digest, tuple(names), self.square)

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes that the network was trained to tell apart; none where it was not trained."""
        card = inference.card_of(self.source)
        return tuple(card.classes) if card else ()

    def class_name(self, index: int) -> str:
        """What a class of a trained network is called."""
        name = self.classes[index]
        return self.words.labels.get(f"class_{name}", name)
