"""What the steps of a block are called, and one sentence on each: what it does, and what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_viz.nets.plan import Block, Layer
from resnet_viz.text import Lesson, unbroken
from resnet_viz.ui.kit.numbers import shape_text

if TYPE_CHECKING:
    from resnet_viz.probes.steps import BlockSteps


def label(found: BlockSteps, i: int, words: Lesson) -> str:
    """What the value of a step is called above its tiles."""
    step = found.steps[i]
    if i == 0:
        return "x"
    if step.term == "x":
        return carried(found, words)
    if step.term == "relu":
        return "ReLU(y)"
    if step.term == "+" or (step is found.of_term("F") and not _adds(found)):
        return "y"
    return "F(x)" if step is found.of_term("F") else "out"


def carried(found: BlockSteps, words: Lesson) -> str:
    """What the shortcut makes of x, as a term."""
    kinds = [step.kind for step in found.steps if step.term == "x"]
    return words.labels["padded" if "zero-pad" in kinds else "projected"] if len(kinds) > 1 else "x"


def formula(found: BlockSteps, words: Lesson) -> list[tuple[str, str]]:
    """y = F(x) + x and what the block hands on, piece by piece, each with the term it belongs to."""
    out = [("ReLU(y)", "relu")] if found.steps[-1].term == "relu" else [("y", "")]
    return [*_sum(found, words), (words.separated(",", ("", f"{words.labels['next_x']} = ")), ""), *out]


def written_sum(found: BlockSteps, words: Lesson) -> str:
    """The first of the two alone, within a sentence: y = F(x) where the skip is removed, y = F(x) + P(x) behind a projection."""
    return unbroken("".join(piece for piece, _ in _sum(found, words)))


def _sum(found: BlockSteps, words: Lesson) -> list[tuple[str, str]]:
    pieces = [("y", "+"), (" = ", ""), ("F(x)", "F")]
    if _adds(found):
        return [*pieces, (" + ", "+"), (carried(found, words), "x")]
    return [("y", "F"), *pieces[1:]]


def wire_names(found: BlockSteps, words: Lesson) -> dict[str, str]:
    """What the wire is called behind a module; only where a term of the formula ends."""
    named = {step.name: label(found, i, words) for i, step in enumerate(found.steps) if step.term != "x" or i == 0}
    return {name: text for name, text in named.items() if text != "out"}


def why(block: Block, found: BlockSteps, i: int, weights: str, words: Lesson) -> str:
    """One or two sentences on step i. `weights` is `trained` or `untrained`."""
    step = found.steps[i]
    layer = next((layer for layer in block.layers if layer.name == step.name), None)
    if i == 0 or layer is None:
        _, channels, height, width = step.value.shape
        key = "why_input" if _adds(found) else "why_input_plain"
        return words.say(key, channels=channels, height=height, width=width, shape=shape_text((channels, height, width)))
    sentences = [_does(layer, step.term, weights, words)]
    if step.term == "relu" and not _adds(found):
        sentences = [words.labels["why_relu_last_plain"]]
    if step.name == found.silenced:
        sentences = [words.labels["why_silenced" if layer.kind == "bn" else "why_silenced_conv"]]
    elif step is found.of_term("F"):
        sentences.append(words.labels["why_branch" if _adds(found) else "why_branch_plain"])
    return words.joined(sentences)


def _does(layer: Layer, term: str, weights: str, words: Lesson) -> str:
    if layer.kind == "conv":
        inputs = layer.in_shape[0] // layer.groups
        projection = "why_projection_same" if layer.in_shape == layer.out_shape else "why_projection"
        key = projection if term == "x" else "why_conv" if layer.kernel > 1 else "why_conv_1"
        said = words.say(key, kernel=layer.kernel, inputs=inputs, terms=inputs * layer.kernel**2, outputs=layer.out_shape[0])
        return words.joined([said, words.labels["why_stride"]]) if layer.stride > 1 else said
    if layer.kind == "bn":
        return words.labels[f"why_{weights}_bn"]
    if layer.kind == "zero-pad":
        pads = layer.out_shape[0] > layer.in_shape[0]
        return words.labels["why_pad" if layer.stride == 1 else "why_pad_stride" if pads else "why_pad_pixels"]
    if layer.kind == "add":
        return words.labels["why_add"]
    return words.labels["why_relu_last" if term == "relu" else "why_relu"]


def _adds(found: BlockSteps) -> bool:
    return any(step.term == "+" for step in found.steps)
