"""What gradients do on their way back to the input: the one place that decides, from numbers alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median
from typing import Literal, NamedTuple

from resnet_viz.text import Lesson
from resnet_viz.ui.kit.numbers import scientific, times

LEVEL = 100.0
"""A gradient that grows or shrinks by less than this from the last convolution to the first is called healthy."""
SMALL, LARGE = 1e-3, 10.0
"""Where every layer's weight gradient is below the first, all vanish together; where each is above the second, all explode."""
Verdict = Literal["healthy", "vanish", "vanish_together", "explode", "explode_together", "underflow", "overflow"]


class Flow(NamedTuple):
    """The figures that decide: norms of the weight gradients of convolutions, projections left out."""

    first: float
    last: float
    smallest: float
    largest: float

    @property
    def ratio(self) -> float:
        """The first convolution's over the last one's; NaN where that is 0."""
        return self.first / self.last if self.last else math.nan


def verdict(flow: Flow) -> Verdict:
    """What these figures are called.

    >>> verdict(Flow(545, 0.302, 0.302, 552)), verdict(Flow(4.67, 0.425, 0.425, 4.67))
    ('explode', 'healthy')
    """
    if not all(map(math.isfinite, flow)):
        return "overflow"
    if not all(flow):
        return "underflow"
    if flow.largest < SMALL:
        return "vanish_together"
    if flow.smallest > LARGE:
        return "explode_together"
    return "explode" if flow.ratio > LEVEL else "vanish" if flow.ratio < 1 / LEVEL else "healthy"


def flow_sentence(name: str, flow: Flow, words: Lesson) -> str:
    """The verdict on one network, with the figures that it rests on."""
    called = verdict(flow)
    figures = {}
    if called not in ("underflow", "overflow"):
        figures = {"ratio": times(flow.ratio), "smallest": scientific(flow.smallest), "largest": scientific(flow.largest)}
    return words.say("of_one", name=name, said=words.say(f"said_{called}", **figures))


def ratio_words(ratio: float, words: Lesson) -> str:
    """A ratio, or the word for one that float32 could not hold."""
    if not math.isfinite(ratio):
        return words.labels["ratio_none"]
    return times(ratio) if ratio else words.labels["ratio_zero"]


def depth_sentence(depth: int, plain: Sequence[float], residual: Sequence[float], words: Lesson) -> str:
    """The gradient of the first block's output over that of the last one's, the median of several seeds, at the largest depth."""
    return words.say("depth_said", depth=depth, plain=_middle(plain, words), residual=_middle(residual, words))


def _middle(ratios: Sequence[float], words: Lesson) -> str:
    known = [ratio for ratio in ratios if math.isfinite(ratio)]
    return ratio_words(median(known) if known else math.nan, words)


# A small change


ALIKE, APART, BEYOND = 0.25, 0.7, 1.5
"""Distances, where 1 is that of two different pictures. Below the first, pictures count as alike; from the others on as far
apart, and as further apart."""
NOISE, SAME = 0.1, 0.7
"""Cosines between −NOISE and NOISE count as unrelated, those from SAME on as nearly the same direction."""


def nudge_sentence(apart: Sequence[tuple[str, float]], start: float, percent: float, normalised: bool, words: Lesson) -> str:
    """How far apart a picture and its changed copy are after the last block of each network, by the network's name.

    `start` is their distance as pictures; `normalised` says whether the networks have BN.
    """
    said = [words.say("nudge_start", percent=f"{percent:g}", start=scientific(start))]
    said += [_nudge_words(name, value, words) for name, value in apart]
    if not normalised and all(_distance(value) == "alike" for _, value in apart):
        said.append(words.labels["nudge_no_bn"])
    return words.joined(said)


def _nudge_words(name: str, value: float, words: Lesson) -> str:
    kind = _distance(value)
    return words.say(f"nudge_{kind}", name=name, **({} if kind == "none" else {"value": scientific(value)}))


def _distance(value: float) -> str:
    if not math.isfinite(value):
        return "none"
    return "alike" if value < ALIKE else "between" if value < APART else "apart" if value < BEYOND else "beyond"


def direction_sentence(cosines: Sequence[tuple[str, float, float]], steps: int, words: Lesson) -> str:
    """How alike the gradients of neighbouring points are. `cosines` has for each network its name, the cosine of a gradient with
    itself, which is 0 where there is none, and that of neighbours.
    """
    said = [words.say("direction_start", all=steps)]
    for name, itself, near in cosines:
        known = math.isfinite(near) and itself > 0.5
        kind = "none" if not known else "noise" if abs(near) < NOISE else "same" if near >= SAME else "between"
        said.append(words.say(f"direction_{kind}", name=name, value=_signed(near)))
    return words.joined(said)


def terms_sentence(block: str, identity: float, branches: float, total: float, cosine: float, words: Lesson) -> str:
    """What comes back to a block through the shortcuts alone, and what the branches add."""
    if not all(map(math.isfinite, (identity, branches, total))):
        return words.say("terms_none", block=block)
    said = [
        words.say(
            "terms_said", block=block, identity=scientific(identity), branches=scientific(branches), total=scientific(total)
        )
    ]
    if math.isfinite(cosine):
        said.append(words.say("terms_cosine", cosine=_signed(cosine)))
    return words.joined(said)


def _signed(cosine: float) -> str:
    return f"{round(cosine, 2) + 0.0:.2f}".replace("-", "−")
