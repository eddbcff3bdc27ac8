"""Choosing a network and seeing its diagram: the same on every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import streamlit as st

from resnet_viz.draw.diagram import Diagram, DiagramView, diagram
from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import natural_side, preset, preset_name, presets, short_name
from resnet_viz.nets.spec import CHOICES, ResNetSpec
from resnet_viz.text import lesson
from resnet_viz.ui.components.clickable_svg import Cut, diagram_view
from resnet_viz.ui.kit import extent, own_networks, url_state
from resnet_viz.ui.kit.shared_params import CLASS, HIDE, LANGUAGE, NETWORK, OPEN, PICK, SEED, SHEET, SIZE, TOUR, UNFOLD
from resnet_viz.ui.kit.words import said, text

SIZES = (16, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 384, 512)
"""Input sizes on offer, in pixels."""
_PHONE = "Mobi"
"""What is in the names of phones' browsers (MDN, *Browser detection using the user agent*)."""
_ON_PAPER = 5
"""The most blocks on a line of paper whose words can be read."""
_OF_NO_VIEW = (LANGUAGE, SHEET, TOUR, CLASS, HIDE)
"""What the app's own links to a whole page say."""


def current(default: ResNetSpec, formerly: ResNetSpec | None = None) -> ResNetSpec:
    """The network this session has chosen, or the page's own.

    Of a page whose own network was another one `formerly`, links name the network that is shown: those that name none were made
    before, and show what they showed then.
    """
    own_networks.note_own(default)
    if formerly:
        if url_state.is_read(NETWORK) and url_state.get(NETWORK) == default:
            url_state.put(NETWORK, None)
        elif url_state.says_without(NETWORK, _OF_NO_VIEW):
            url_state.put(NETWORK, formerly)
        url_state.name_in_link(NETWORK, default)
    return url_state.get(NETWORK) or default


def current_size(spec: ResNetSpec) -> int:
    """The input size this session has chosen, or the network's natural one, as a further experiment's own network has it."""
    return natural_side(spec) if own_networks.is_further(spec) else url_state.get(SIZE) or natural_side(spec)


def choose(spec: ResNetSpec, container: Any = st) -> None:
    """The list of presets. A composed network shows as `custom`."""
    words = labels()
    base = preset_name(spec.residual())
    options = [*presets()] if base else ["custom", *presets()]

    def take(name: str) -> None:
        if name != "custom":
            take_network(preset(name), spec)

    url_state.control(
        container.selectbox,
        words["network"],
        options,
        value=base or "custom",
        then=take,
        key="net",
        format_func=url_state.labels(words, "net_"),
    )


def labels() -> Mapping[str, str]:
    """The words of these controls."""
    return text("network").labels


def title(spec: ResNetSpec) -> str:
    """The network's name for people, with what has been removed from it."""
    base = short_name(spec.residual())
    name = labels().get(f"net_{base}", base)
    if spec.skips == "all":
        return name
    if spec.skips == "none":
        return text("network").say("plain_of", name=name)
    cut = sum(not spec.has_skip(block) for block in spec.blocks)
    return text("network").say("some_skips", name=name, cut=cut, all=len(spec.blocks))


def take_network(spec: ResNetSpec, shown: ResNetSpec) -> None:
    """Make `spec` this session's network in place of the one that is shown; an input size that was chosen stays where both are
    made for pictures of one size."""
    if natural_side(shown) != natural_side(spec):
        url_state.put(SIZE, None)
    url_state.put(NETWORK, spec)


def choose_size(spec: ResNetSpec, container: Any = st) -> None:
    """The input size."""
    size = current_size(spec)
    options = sorted({*SIZES, size})
    words = labels()
    url_state.control(
        container.selectbox,
        words["size"],
        options,
        value=size,
        then=lambda v: url_state.put(SIZE, v),
        key="size",
        format_func=lambda v: f"{v} × {v}",
    )


_EMPTY_STAGE = 0


def compose(spec: ResNetSpec) -> None:
    """Every field of the network, with the words that the library takes. An impossible combination is refused with a sentence."""
    words = labels()
    removed = {block for block in spec.blocks if not spec.has_skip(block)}

    def change(**fields: Any) -> None:
        if fields.get("block") == "basic":
            fields |= {"groups": 1, "width_per_group": 64, "stride_on": "3x3"}
        if fields.get("norm") == "none":
            fields["zero_gamma"] = False
        try:
            whole = replace(spec.residual(), **fields)
        except ValueError as error:
            st.session_state["compose_problem"] = error
        else:
            kept = whole.plain() if spec.skips == "none" else replace(whole, skips=frozenset(whole.blocks) - removed)
            take_network(kept, spec)

    def segmented(field: str, disabled: bool = False) -> None:
        url_state.control(
            st.segmented_control,
            words[field],
            list(CHOICES[field]),
            value=getattr(spec, field),
            then=lambda v: change(**{field: v}) if v else None,
            key=f"spec_{field}",
            format_func=url_state.labels(words, f"{field}_"),
            disabled=disabled,
            help=words.get(f"{field}_help"),
        )

    def number(field: str, step: int = 1, disabled: bool = False, low: int = 1, high: int = 4096) -> None:
        url_state.control(
            st.number_input,
            words[field],
            low,
            high,
            step=step,
            value=getattr(spec, field),
            then=lambda v: change(**{field: v}),
            key=f"spec_{field}",
            disabled=disabled,
            help=words.get(f"{field}_help"),
        )

    def resize(index: int, count: int) -> None:
        change(stages=_with_stage(spec.stages, index, count))

    if problem := st.session_state.pop("compose_problem", None):
        st.warning(text("common").say("bad_network", problem=said(problem)), icon=":material/block:")
    basic = spec.block == "basic"
    left, right = st.columns(2, gap="large")
    with left:
        segmented("block")
        for column, index in zip(st.columns(4), range(4), strict=True):
            count = spec.stages[index] if index < len(spec.stages) else _EMPTY_STAGE
            with column:
                url_state.control(
                    st.number_input,
                    words["stage"].format(n=index + 1),
                    1 if index == 0 else _EMPTY_STAGE,
                    500,
                    value=count,
                    then=partial(resize, index),
                    key=f"stage_{index}",
                )
        segmented("shortcut")
        segmented("stem")
        segmented("order")
        _skips(spec)
    with right:
        segmented("norm")
        segmented("init")
        segmented("stride_on", disabled=basic)
        width, groups, width_per_group = st.columns(3)
        with width:
            number("width")
        with groups:
            number("groups", disabled=basic, high=1024)
        with width_per_group:
            number("width_per_group", disabled=basic)
        in_channels, classes, seed = st.columns(3)
        with in_channels:
            number("in_channels", high=64)
        with classes:
            number("classes", high=100_000)
        with seed:
            url_state.view(st.number_input, words["seed"], 0, 999_999, of=SEED)
        url_state.control(
            st.toggle,
            words["zero_gamma"],
            value=spec.zero_gamma,
            then=lambda v: change(zero_gamma=v),
            key="spec_zero_gamma",
            disabled=spec.norm == "none",
            help=words["zero_gamma_help"],
        )


def _with_stage(stages: tuple[int, ...], index: int, count: int) -> tuple[int, ...]:
    """The stages with one of them changed. A stage of 0 ends the network there; growing a later one fills those before it."""
    grown = [*stages, *[_EMPTY_STAGE] * (4 - len(stages))]
    grown[index] = count
    if count:
        return tuple(max(n, 1) for n in grown[: max(index + 1, len(stages))])
    return tuple(grown[:index]) or stages


def _skips(spec: ResNetSpec) -> None:
    words = labels()
    now = spec.skips if isinstance(spec.skips, str) else "some"
    options = ["all", "none"] if now != "some" else ["all", "some", "none"]

    def take(value: str | None) -> None:
        if value in ("all", "none"):
            url_state.put(NETWORK, replace(spec, skips=value))

    url_state.control(
        st.segmented_control,
        words["skips"],
        options,
        value=now,
        then=take,
        key="skips",
        format_func=url_state.labels(words, "skips_"),
    )


# The diagram


def show_diagram(
    p: Plan,
    *,
    key: str,
    hint: str,
    take: Callable[[ResNetSpec], None] | None = None,
    shades: Mapping[str, tuple[float, str]] | None = None,
    columns: int = 10,
) -> Diagram:
    """The live diagram. A click changes this session's network, or what is selected or unfolded, before the page runs again.

    `take` receives the network without the skips that were clicked; without it, it becomes the session's.
    `shades` colour the blocks, see `View.shades`; `columns` are the blocks on a line: on a phone at most 3, on paper 5.
    """
    spec = p.spec
    base = str(spec.residual())

    def cut_changed(cut: Cut) -> None:
        if cut.base == base and {*cut.blocks} <= {*spec.blocks}:  # else it speaks of a network that is no longer there
            (take or partial(url_state.put, NETWORK))(replace(spec, skips=frozenset(spec.blocks) - {*cut.blocks}))

    def toggled(name: str) -> None:
        if name in spec.blocks:
            url_state.put(OPEN, "" if url_state.get(OPEN) == name else name)
        elif name in {stage.name for stage in p.stages}:
            now = _view(p, columns).unfolded_stages(p)
            url_state.put(UNFOLD, tuple(sorted(now ^ {name})))

    words = text("diagram")
    view = replace(_view(p, columns), shades=shades or {})
    picture = _drawn(p, view, words.language)
    diagram_view(
        picture.svg,
        base=base,
        cut=[name for name in spec.blocks if not spec.has_skip(name)],
        words=words.labels,
        key=key,
        selected=url_state.get(PICK),
        narrow=is_narrow(),
        on_cut=cut_changed,
        on_selected=partial(url_state.put, PICK),
        on_toggle=toggled,
        on_narrow=set_narrow,
    )
    st.container(key=f"hint_{key}").caption(hint)
    return picture


@lru_cache(maxsize=128)
def _drawn(p: Plan, view: DiagramView, language: str) -> Diagram:
    """One drawing for all who look at the same: every run of a page shows its diagram again."""
    return diagram(p, view=view, words=lesson("diagram", language).labels, language=language)


def is_narrow() -> bool:
    """Whether this session's page is as narrow as a phone."""
    return bool(st.session_state.get("narrow", _PHONE in str(st.context.headers.get("User-Agent", ""))))


def set_narrow(narrow: bool) -> None:
    """What a component has measured."""
    st.session_state["narrow"] = narrow


def _view(p: Plan, columns: int) -> DiagramView:
    """What of the diagram this session has unfolded and selected, as far as it is there."""
    stages = [stage.name for stage in p.stages]
    names = {part.name for part in p.parts} | {*p.spec.blocks, *p.by_name}
    most = _ON_PAPER if extent.sheet() else 3 if is_narrow() else columns
    unfold = url_state.fitting(UNFOLD, {*(url_state.get(UNFOLD) or ())} <= {*stages}, "no_stage", stages=", ".join(stages))
    return DiagramView(
        unfolded=None if unfold is None else frozenset(unfold),
        open_block=url_state.fitting(OPEN, url_state.get(OPEN) in p.spec.blocks, "no_block", blocks=p.spec.block_range),
        columns=min(columns, most),
        selected=url_state.fitting(PICK, url_state.get(PICK) in names, "no_part", example=p.blocks[0].layers[0].name),
    )
