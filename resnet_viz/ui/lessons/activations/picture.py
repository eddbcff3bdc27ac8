"""One picture in one network: what every part of the page reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from PIL import Image

from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import short_name
from resnet_viz.nets.spec import ResNetSpec
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

    def look(self, names: Sequence[str] = (), spec: ResNetSpec | None = None) -> inference.Look:
        net = short_name(spec) if spec else self.net
        return inference.look(net, self.source, url_state.get(SEED), self.digest, tuple(names), self.square)

    def class_name(self, index: int) -> str:
        card = inference.card_of(self.source)
        if card is None:
            return self.words.say("class_number", n=index)
        name = card.classes[index]
        return self.words.labels.get(f"class_{name}", name)

    def guess(self, probabilities: np.ndarray) -> str:
        index, probability = inference.top(probabilities, 1)[0]
        return self.words.say("guess", name=self.class_name(index), probability=probability)
