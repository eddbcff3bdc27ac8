"""The loss around the weights of a plain network and its residual twin: two surfaces, turned together."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.nets.plan import plan
from resnet_viz.studies.recorded import recording
from resnet_viz.text import Lesson
from resnet_viz.training.data.sources import CIFAR
from resnet_viz.ui.components.surfaces import Height, SurfaceSide, surfaces
from resnet_viz.ui.kit import provenance, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.prediction import Question, predict, waits
from resnet_viz.ui.kit.prose import explain
from resnet_viz.ui.kit.study_panel import Measurement, measurable
from resnet_viz.ui.kit.url_state import Param
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.why.params import HEIGHT, LOOK, PLANE, POINTS, REACH, SURFACE, TWINS

if TYPE_CHECKING:
    from resnet_viz.probes.landscape import Losses, Terrain
    from resnet_viz.studies.loss_surface import Surface

SMOOTH, ROUGH = 0.5, 0.65
"""Roughness below which a surface is called smooth, and above which it is called ragged."""
FLAT = 0.5
"""Nats between the lowest and the highest loss, below which a surface is called flat."""
BOTTOM = 0.05
"""A smooth surface is a bowl where the network itself stands in the lowest so much of it."""
NEAR = 0.1
"""Losses this close, in nats, are called about the same."""
ALIKE = 1.1
"""Two rises are called about equal where the larger is less than so many times the smaller."""


def controls(words: Lesson) -> None:
    """The twins, their weights and how they are looked at; the plane under *More*."""
    say = words.labels
    url_state.view(st.selectbox, say["twins"], of=TWINS, format_func=url_state.labels(say, "twins_"))
    _options(SURFACE, say["weights"], url_state.labels(say, "weights_"), **waits("surfaces"))
    _options(LOOK, say["look"], url_state.labels(say, "look_"))
    _options(HEIGHT, say["height"], url_state.labels(say, "height_"))
    more = st.expander(say["more"], icon=":material/tune:", key="w_surfaces_more", on_change="rerun")
    if more.open:
        with more:
            _options(REACH, say["reach"], lambda reach: say[f"reach_{reach:g}"])
            url_state.view(st.number_input, say["seed"], 0, 999, of=PLANE, **waits("surfaces", say["seed_help"]))
            url_state.view(st.segmented_control, say["side"], of=POINTS, **waits("surfaces", say["side_help"]))


def show(words: Lesson, beside: st.delta_generator.DeltaGenerator) -> None:
    """Both surfaces and what they show, once it has been guessed which one is rougher."""
    from resnet_viz.studies.pretrained_pairs import has_pictures

    options = [words.labels[f"predict_{i}"] for i in range(3)]
    shown = predict(lambda: _question(words), words.labels["predict_ask"], options, "surfaces", beside)
    with sentence_instead():
        if shown:
            measurable("surfaces", partial(_measurement, words), words, possible=has_pictures(_names()[0]))
        else:
            _show_floor(words)


def rest(words: Lesson) -> None:
    """How to read them, how strong it is, and what they cannot say."""
    explain(words, "evidence", after="surfaces")
    explain(words, "how", "slice")


def _question(words: Lesson) -> Question:
    """Which surface of the pair that the page opens with is rougher?"""
    from resnet_viz.probes.landscape import terrain
    from resnet_viz.studies.loss_surface import LossSurface
    from resnet_viz.studies.pretrained_pairs import twins

    plain, residual = (terrain(LossSurface(name).recorded().losses).roughness for name in twins("shapes", 56))
    answer = 2 if max(plain, residual) < 1.5 * min(plain, residual) else 0 if plain > residual else 1
    return Question(answer, words.say("predict_because", plain=plain, residual=residual))


def _options(of: Param[Any], label: str, words: Callable[[Any], str], **options: Any) -> None:
    url_state.view(st.segmented_control, label, of=of, format_func=words, **options)


def _names() -> tuple[str, str]:
    """The chosen plain network and its residual twin."""
    from resnet_viz.studies.pretrained_pairs import twins

    data, _, depth = url_state.get(TWINS).partition("-")
    return twins(CIFAR if data == "cifar" else data, int(depth))


# What is shown


def _measurement(words: Lesson) -> Measurement:
    from resnet_viz.studies.loss_surface import LossSurface

    state, reach = url_state.get(SURFACE), url_state.get(REACH)
    seed, side = url_state.get(PLANE), url_state.get(POINTS)
    asked = [LossSurface(name, state, seed, side, reach) for name in _names()]

    def draw(measured: list[Any] | None, _: list[Any]) -> None:
        if measured and all(surface.lines for surface in measured):
            _show(measured, words, recorded=False)
        else:
            _show([surface.recorded() for surface in asked], words, recorded=True)

    key = "-".join(["surfaces", url_state.get(TWINS), state, f"{reach:g}", str(seed), str(side)])
    return Measurement(key, asked, [], draw)


def _titles(words: Lesson) -> list[str]:
    return [words.say(kind, depth=url_state.get(TWINS).partition("-")[2]) for kind in ("plain", "residual")]


def with_range(title: str, losses: Losses, words: Lesson) -> str:
    """A surface's name with its lowest and highest loss, as far as they are known: each may have heights of its own."""
    import numpy as np

    known = losses[np.isfinite(losses)]
    return words.say("range", name=title, low=known.min(), high=known.max()) if known.size else title


def _show_floor(words: Lesson) -> None:
    """The plane without heights."""
    import numpy as np

    sides = [SurfaceSide(title, n == 0, np.full((25, 25), np.nan), ()) for n, title in enumerate(_titles(words))]
    with figure("surfaces", words.labels["caption"]):
        _draw(sides, words)


def scale_note(losses: Sequence[Losses], titles: Sequence[str], height: Height, words: Lesson) -> list[str]:
    """Sentences: whether two surfaces share a scale, and how the one's rise compares with the other's, where they are known."""
    import numpy as np

    rises = [float(np.nanmax(own) - np.nanmin(own)) if np.isfinite(own).any() else 0.0 for own in losses]
    (less, small), (more, large) = sorted(zip(rises, titles, strict=True))
    if less <= 0:
        return [words.labels[f"scale_{height}"]]
    times = more / less
    key = "scale_alike" if times < ALIKE else "scale_rises"
    counted = f"{times:.1f}" if times < 10 else f"{times:.0f}"
    said = words.say(key, small=small, less=less, large=large, more=more, times=counted)
    return [words.labels[f"scale_{height}"], said]


def _draw(sides: Sequence[SurfaceSide], words: Lesson, note: str = "") -> None:
    reach, height, look = url_state.get(REACH), url_state.get(HEIGHT), url_state.get(LOOK)
    surfaces(sides, reach=reach, height=height, look=look, words=words.labels, key="surfaces_pair", note=note)


def _show(pair: Sequence[Surface], words: Lesson, *, recorded: bool) -> None:
    """Both surfaces, where they come from, and what they show once they are whole."""
    titles = _titles(words)
    sides = [
        SurfaceSide(name, n == 0, surface.losses, surface.lines, with_range(name, surface.losses, words))
        for n, (name, surface) in enumerate(zip(titles, pair, strict=True))
    ]
    height, seed = url_state.get(HEIGHT), url_state.get(PLANE)
    compared = scale_note([surface.losses for surface in pair], titles, height, words)
    note = words.say("measured_how", seed=seed)
    if recorded:
        note = provenance.recorded(recording("surfaces"), words)
    is_whole = all(surface.share == 1 for surface in pair)
    reach = f"{url_state.get(REACH):g}" + ("" if recorded else f"-seed{seed}")
    stem = f"surfaces-{url_state.get(TWINS)}-{url_state.get(SURFACE)}-{reach}"
    files = [
        Download(
            words.labels["file_svg"], f"{stem}.svg", "image/svg+xml", partial(_picture, pair, titles, height, words, compared)
        ),
        Download(words.labels["file_csv"], f"{stem}.csv", "text/csv", partial(numbers, pair, titles)),
    ]
    with figure("surfaces", words.labels["caption"], "recorded" if recorded else "measured", note, files if is_whole else []):
        _draw(sides, words, words.joined(compared))
    if not is_whole:
        return
    from resnet_viz.probes.landscape import terrain

    found = [terrain(surface.losses) for surface in pair]
    st.markdown(sentence(found, titles, words))
    if recorded:
        st.markdown(_elsewhere(words))
    st.markdown(_table(found, titles, words))
    st.caption(_slice(pair, words, recorded=recorded))


def _picture(pair: Sequence[Surface], titles: Sequence[str], height: str, words: Lesson, note: Sequence[str]) -> str:
    from resnet_viz.draw.surfaces import SurfacePanel, surface_maps

    panels = [SurfacePanel(title, surface.losses) for title, surface in zip(titles, pair, strict=True)]
    return surface_maps(panels, pair[0].reach, words.labels, note, log=height == "log", own=height == "own")


def numbers(pair: Sequence[Surface], titles: Sequence[str]) -> str:
    """CSV: a row a point, with its places along the two directions and both losses."""
    from resnet_viz.probes.landscape import axis

    rows: list[list[str]] = [["first direction", "second direction", *titles]]
    places = axis(len(pair[0].losses), pair[0].reach)
    for row, b in enumerate(places):
        for column, a in enumerate(places):
            rows.append([f"{a:.6g}", f"{b:.6g}", *(f"{surface.losses[row, column]:.6g}" for surface in pair)])
    return table(rows)


# What the numbers say


def kind(found: Terrain) -> str:
    """`bowl`, `slope`, `plateau` or `ragged`, by the limits above; `other` for what lies between them."""
    span = found.high - found.low
    if found.roughness <= SMOOTH:
        return "bowl" if found.centre - found.low <= BOTTOM * span else "slope"
    if found.roughness >= ROUGH:
        return "plateau" if span <= FLAT else "ragged"
    return "other"


def sentence(found: Sequence[Terrain], titles: Sequence[str], words: Lesson) -> str:
    """What each of the two surfaces is, and what tells them apart."""
    plain, residual = found
    told = [
        words.say("said_" + kind(side), name=title, centre=side.centre, low=side.low, high=side.high)
        for side, title in zip(found, titles, strict=True)
    ]
    chance = math.log(10)
    for side, title in zip(found, titles, strict=True):
        if abs(side.centre - chance) < NEAR:
            told.append(words.say("said_chance", name=title, chance=chance))
        elif side.centre > chance:
            told.append(words.say("said_worse", name=title, centre=side.centre, chance=chance))
    if kind(plain) == kind(residual) == "bowl":
        told.append(words.labels["said_alike"])
        if plain.centre > residual.centre + NEAR:
            told.append(words.say("said_higher", name=titles[0], difference=plain.centre - residual.centre))
    elif plain.roughness >= ROUGH and residual.roughness <= SMOOTH:
        told.append(words.say("said_rougher", plain=plain.roughness, residual=residual.roughness))
    return words.joined(told)


def _elsewhere(words: Lesson) -> str:
    """What the other recorded planes came to."""
    from resnet_viz.probes.landscape import terrain
    from resnet_viz.studies.loss_surface import others

    rough = [[terrain(losses).roughness for losses in others(name, url_state.get(SURFACE))] for name in _names()]
    plain, residual = ("–".join(dict.fromkeys(f"{v:.0%}" for v in (min(side), max(side)))) for side in rough)
    return words.say("said_others", planes=len(rough[0]), plain=plain, residual=residual)


def _table(found: Sequence[Terrain], titles: Sequence[str], words: Lesson) -> str:
    say = words.labels
    heads = [say[f"table_{name}"] for name in ("network", "centre", "low", "high", "local_minima", "roughness")]
    rows = [
        [
            title,
            *(f"{v:.3f}" for v in (t.centre, t.low, t.high)),
            f"{t.local_minima} / {t.inner}",
            f"{t.roughness:.0%}",
        ]
        for t, title in zip(found, titles, strict=True)
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in [heads, ["---", *["---:"] * 5], *rows])


def _slice(pair: Sequence[Surface], words: Lesson, *, recorded: bool) -> str:
    """How little of all there is a plane is."""
    from resnet_viz.nets.weights import card
    from resnet_viz.studies.loss_surface import LIVE_PICTURES

    params = plan(card(pair[0].name).spec, card(pair[0].name).size).params
    pictures = recording("surfaces")["pictures"] if recorded else LIVE_PICTURES
    return words.say("slice_said", params=f"{params:,}", points=pair[0].losses.size, pictures=pictures)
