"""Gradients at initialisation, layer by layer: a plain network and its residual twin on the lab's pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import streamlit as st

from resnet_viz.nets.plan import plan
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.studies.race import network as raced
from resnet_viz.text import Lesson
from resnet_viz.ui.components.layer_profiles import Profile, View, profiles
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.page import Download, Question, badge, factor, predict, scientific, table
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.turns import measuring
from resnet_viz.ui.lessons.gradients.params import DEPTH, INIT, NORM, PIXELS, SKIPS, cut

if TYPE_CHECKING:
    from resnet_viz.probes.gradients import GradientNorms, Signal

BATCH = 64
DEPTHS = (8, 20, 32, 44, 56, 110)
LEVEL = 10.0
"""Gradients that differ by less than this factor from end to end count as level."""
GONE = 1e-8
"""Gradients below this are called gone: a step of SGD would not change a float32 weight of ordinary size."""
DASHES = {"plain": 0, "residual": 1, "branch": 2}
VIEWS = (View("weight_grad"), View("output_grad"), View("rms"))
Tone = Literal["plain", "residual", "branch"]
Verdict = Literal["explodes", "vanishes", "gone", "level"]


class Setup(NamedTuple):
    """What is compared: the plain network, the residual one, and `spec` itself where it has kept some of its skips."""

    spec: ResNetSpec
    side: int
    """Of the pictures, in pixels."""
    seed: int

    @property
    def data(self) -> str:
        """The pictures, as the lab calls them."""
        return "shapes" if self.side == 16 else "shapes-large"

    @property
    def networks(self) -> tuple[ResNetSpec, ...]:
        """Plain, residual, and the one in between if there is one."""
        return tuple(dict.fromkeys((self.spec.plain(), self.spec.residual(), self.spec)))

    def name(self, spec: ResNetSpec, words: Lesson) -> str:
        """What a line is called."""
        kept = sum(spec.has_skip(block) for block in spec.blocks)
        kind = {"none": "plain", "all": "residual"}.get(str(spec.skips), "some")
        return words.say(kind, depth=spec.depth, kept=kept, all=len(spec.blocks))


def tone(spec: ResNetSpec) -> Tone:
    """The colour of a network's line."""
    return {"none": "plain", "all": "residual"}.get(str(spec.skips), "branch")  # type: ignore[return-value]


def default_spec() -> ResNetSpec:
    """The lab's residual network of depth 56."""

    return raced(56)


# Predict


def predict_ratio(words: Lesson) -> None:
    """Is the first block's gradient larger or smaller than the last's?"""

    def measure() -> Question:
        plain = norms(str(default_spec().plain()), "shapes", 0)
        ratio = weight_ratio(plain)
        answer = 0 if ratio < 1 / LEVEL else 2 if ratio > LEVEL else 1
        return Question(answer, words.say("predict_because", ratio=ratio))

    predict(measure, words.labels["predict_ask"], [words.labels[f"predict_{i}"] for i in range(3)], key="gradients")


# Do


def choose(words: Lesson) -> Setup:
    """Depth, BN and initialisation; the two folk stories as presets."""
    spec = current()
    say, fields = words.labels, network_picker.labels()
    one, two, three, four = st.columns([3, 2, 2, 2], gap="medium")
    with one:
        url_state.control(
            st.select_slider,
            say["depth"],
            sorted({*DEPTHS, spec.depth}),
            value=spec.depth,
            then=_take_depth,
            key=DEPTH.name,
        )
    with two:
        url_state.view(st.segmented_control, fields["norm"], of=NORM, format_func=url_state.labels(fields, "norm_"))
    with three:
        url_state.view(st.selectbox, fields["init"], of=INIT, format_func=url_state.labels(fields, "init_"))
    with four:
        url_state.view(
            st.segmented_control,
            say["side"],
            of=PIXELS,
            format_func=lambda v: f"{v} px",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say["stories"], width="content")
        for name, story in {"explode": ("batch", "he"), "vanish": ("none", "xavier")}.items():
            st.button(say[f"story_{name}"], key=f"w_story_{name}", on_click=_tell, args=story)
    return Setup(spec, url_state.get(PIXELS), url_state.get(SEED))


def current() -> ResNetSpec:
    """The network this session has chosen: its depth, BN, initialisation and skips."""
    from resnet_viz.studies.race import network as raced

    spec = replace(raced(url_state.get(DEPTH)), norm=url_state.get(NORM), init=url_state.get(INIT))
    chosen = url_state.get(SKIPS)
    is_there = isinstance(chosen, str) or chosen <= {*spec.blocks}
    skips = url_state.fitting(SKIPS, is_there, "no_skips", blocks=spec.block_range)
    return replace(spec, skips=skips if isinstance(skips, str) else frozenset(spec.blocks) - skips)


def _take_depth(depth: int) -> None:
    url_state.put(DEPTH, depth)
    url_state.put(SKIPS, "all")


def _tell(norm: str, init: str) -> None:
    """One of the folk stories, at the depth and with the skips that the page opens with."""
    _take_depth(DEPTH.default)
    url_state.put(NORM, norm)
    url_state.put(INIT, init)


# Measure


@st.cache_data(max_entries=128, show_spinner=False)
def norms(net: str, data: str, seed: int) -> GradientNorms:
    """Both passes of an untrained network on a batch of the lab's pictures, in training mode."""
    from resnet_viz.nets.resnet import build
    from resnet_viz.probes.gradients import gradient_norms

    spec = ResNetSpec.parse(net)
    with measuring():
        return gradient_norms(build(spec, seed), *batch(data, BATCH))


@st.cache_data(max_entries=128, show_spinner=False)
def carried(net: str, data: str, seeds: int = 3) -> Signal:
    """Forward and backward size of an untrained network, a few seeds, on a smaller batch."""
    from resnet_viz.probes.gradients import signal

    with measuring():
        return signal(ResNetSpec.parse(net), *batch(data, BATCH // 4), seeds=seeds)


def batch(data: str, count: int) -> tuple[Any, Any]:
    """The first pictures (N, 3, S, S) of the lab's, normalised, and their classes: those of its first step but for the order."""
    from resnet_viz.training.data.pictures import normalise
    from resnet_viz.training.trainer import pictures

    train, _ = pictures(data, 0)
    return normalise(train.images[:count], *train.mean_std()), train.labels[:count]


def weight_ratio(found: GradientNorms) -> float:
    """The gradient of the first residual branch's first weights over that of the last one's last; NaN where that is 0."""
    branches = [layer.weight_grad_norm or 0.0 for layer in found.weights() if layer.role == "branch"]
    return branches[0] / branches[-1] if branches[-1] else float("nan")


def verdict(found: GradientNorms) -> Verdict:
    """What gradients do from the output towards the input."""
    sizes = [layer.weight_grad_norm or 0.0 for layer in found.weights() if layer.role == "branch"]
    ratio = weight_ratio(found)
    if max(sizes) < GONE:
        return "gone"
    return "explodes" if ratio > LEVEL else "vanishes" if ratio < 1 / LEVEL else "level"


# See


def show(setup: Setup, words: Lesson) -> None:
    """Norms of both networks from the input to the output, and the sentence that they make."""
    found = [norms(str(spec), setup.data, setup.seed) for spec in setup.networks]
    lines = [_line(setup.name(spec, words), spec, norm) for spec, norm in zip(setup.networks, found, strict=True)]
    profiles(lines, views=VIEWS, words=words.labels, key="flow_profiles", axis="layers")
    with st.container(horizontal=True):
        badge("measured", words.say("measured_on", batch=BATCH, side=setup.side))
    st.markdown(sentence(setup, found, words))


def _line(name: str, spec: ResNetSpec, found: GradientNorms) -> Profile:
    layers = found.weights()
    values = [
        [[layer.weight_grad_norm or 0.0 for layer in layers]],
        [[layer.output_grad_norm for layer in layers]],
        [[layer.rms for layer in layers]],
    ]
    return Profile(name, tone(spec), [layer.name for layer in layers], values, dash=DASHES[tone(spec)])


def sentence(setup: Setup, found: Sequence[GradientNorms], words: Lesson) -> str:
    """What the weight gradients of both networks show."""
    parts = []
    for spec, norm in zip(setup.networks, found, strict=True):
        sizes = [layer.weight_grad_norm or 0.0 for layer in norm.weights() if layer.role == "branch"]
        told = words.say(
            f"said_{verdict(norm)}",
            ratio=factor(weight_ratio(norm)),
            largest=scientific(max(sizes)),
            smallest=scientific(min(sizes)),
        )
        parts.append(f"**{setup.name(spec, words)}**: {told}")
    growth = [_growth(norm) for norm in found]
    if max(growth) > 100:
        parts.append(
            words.say("said_forward", name=setup.name(setup.networks[growth.index(max(growth))], words), growth=max(growth))
        )
    return " ".join(parts)


def _growth(found: GradientNorms) -> float:
    blocks = found.blocks()
    return blocks[-1].rms / blocks[0].rms if blocks[0].rms else 0.0


def on_diagram(setup: Setup, words: Lesson) -> None:
    """The diagram with every block in the colour of its gradient."""
    opened = st.expander(words.labels["on_diagram"], icon=":material/account_tree:", key="w_flow_diagram", on_change="rerun")
    if not opened.open:
        return
    with opened:
        specs = setup.networks
        which = st.segmented_control(
            words.labels["which"],
            range(len(specs)),
            default=len(specs) - 1,
            key="w_flow_which",
            format_func=lambda i: setup.name(specs[i], words),
            label_visibility="collapsed",
        )
        spec = specs[which if which is not None and which < len(specs) else -1]
        every = [norms(str(other), setup.data, setup.seed).blocks() for other in specs]
        sizes = [block.output_grad_norm for blocks in every for block in blocks if block.output_grad_norm > 0] or [1.0]
        low, high = np.log10(min(sizes)), np.log10(max(sizes))

        def shade(size: float) -> tuple[float, str]:
            return float((np.log10(size) - low) / max(high - low, 1e-9)) if size else 0.0, scientific(size)

        network_picker.show_diagram(
            plan(spec, setup.side),
            key="flow_diagram",
            hint=words.say("diagram_said", low=scientific(min(sizes)), high=scientific(max(sizes))),
            take=lambda changed: url_state.put(SKIPS, cut(changed)),
            shades={block.name: shade(block.output_grad_norm) for block in every[specs.index(spec)]},
        )


def against_depth(setup: Setup, words: Lesson) -> None:
    """The ratio from the first to the last block against depth, a few seeds each."""
    lines = []
    chosen = [depth for depth in DEPTHS if depth > 8]
    ends: dict[str, list[tuple[float, ...]]] = {"none": [], "all": []}
    for spec in setup.networks[:2]:
        for depth in chosen:
            n = (depth - 2) // 6
            found = carried(str(replace(spec, stages=(n, n, n))), setup.data)
            ends["none" if spec.skips == "none" else "all"].append(found.ratios)
    places = [(depth - chosen[0]) / (chosen[-1] - chosen[0]) for depth in chosen]
    labels = [words.say("layers", depth=depth) for depth in chosen]
    for kind, ratios in ends.items():
        line: Tone
        line, name = ("plain", words.labels["plain_any"]) if kind == "none" else ("residual", words.labels["residual_any"])
        middle = [sorted(seeds)[len(seeds) // 2] for seeds in ratios]
        lines.append(Profile(name, line, labels, [[middle]], places, dash=DASHES[line]))
        lines += [
            Profile("", line, labels, [[[seeds[i] for seeds in ratios]]], places, ghost=True) for i in range(len(ratios[0]))
        ]
    ticks = [(place, str(depth)) for place, depth in zip(places, chosen, strict=True)]
    profiles(lines, views=[View("ratio", mark=1.0)], words=words.labels, key="depth_profiles", axis="depth", ticks=ticks)
    badge("measured", words.say("seeds", seeds=len(ends["none"][0])))
    deepest = {kind: sorted(ratios[-1])[len(ratios[-1]) // 2] for kind, ratios in ends.items()}
    st.markdown(words.say("depth_said", depth=chosen[-1], plain=factor(deepest["none"]), residual=factor(deepest["all"])))


def files(setup: Setup, words: Lesson) -> list[Download]:
    """Every layer's figures, all networks."""

    def layers() -> str:
        fields = ("name", "kind", "role", "weight_grad_norm", "weight_norm", "output_grad_norm", "mean", "rms", "dead")
        rows = [["network", *fields]]
        for spec in setup.networks:
            for layer in norms(str(spec), setup.data, setup.seed).layers:
                rows.append([str(spec), *("" if getattr(layer, f) is None else str(getattr(layer, f)) for f in fields)])
        return table(rows)

    return [Download(words.labels["file_csv"], "gradients.csv", "text/csv", layers)]
