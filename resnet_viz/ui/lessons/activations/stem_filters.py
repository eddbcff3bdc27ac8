"""The first convolution's filters as pictures, beside what each of them makes of the picture."""

from __future__ import annotations

import io
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from resnet_viz.csv_table import table
from resnet_viz.draw import tiles
from resnet_viz.draw.filters import filter_sheet
from resnet_viz.nets.presets import short_name
from resnet_viz.probes.filter_colour import colour_share
from resnet_viz.ui.kit import inference, url_state
from resnet_viz.ui.kit.course import COURSE, LESSONS
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.kit.page import lesson_link
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.activations.picture import PictureView

STEM = "conv1"
_WHY = COURSE[LESSONS.index("build")]
"""Where the paper's first layer is explained."""
COLUMNS, MOST = 8, 64
"""Filters in a row, and those that are shown at most: all of a network as wide as the paper's."""


@sentence_instead()
def show(view: PictureView) -> None:
    """Two sheets in the same order, and how many of the filters are about colour."""
    words, spec = view.words, view.plan.spec
    if spec.in_channels != 3:
        st.markdown(words.say("filters_no_colours", channels=spec.in_channels))
        return
    st.markdown(words.sections["filters"])
    weights = stem_weights(view)
    maps = view.look([STEM]).maps[STEM][:MOST]
    count, _, side, _ = weights.shape
    values = {"count": min(count, MOST), "all": count, "side": side, "name": title(spec)}
    files = [
        Download(words.labels["file_filters"], f"{short_name(spec)}-{STEM}.png", "image/png", partial(_png, weights)),
        Download(words.labels["file_filter_numbers"], f"{short_name(spec)}-{STEM}.csv", "text/csv", partial(_numbers, weights)),
    ]
    caption = words.say("filters_caption" if count > MOST else "filters_caption_all", **values)
    with figure("filters", caption, "measured", files=files):
        left, right = st.columns(2, gap="medium")
        left.image(filter_sheet(weights[:MOST], COLUMNS), width="stretch", alt=words.say("filters_alt", **values))
        most = np.abs(maps).max((1, 2), keepdims=True)  # (K, 1, 1)
        answers = maps / np.where(most > 0, most, 1)
        right.image(tiles.atlas(answers, limit=MOST, columns=COLUMNS), width="stretch", alt=words.labels["filters_answers"])
    if view.source.kind == "untrained":
        st.markdown(words.labels["filters_untrained"])
    else:
        colour = int((colour_share(weights) > 0.5).sum())
        st.markdown(words.say("filters_said", colour=colour, rest=count - colour, **values))
    lesson_link(_WHY, "filters_why", words)


def stem_weights(view: PictureView) -> npt.NDArray[np.floating]:
    """(K, 3, H, W)."""
    network = inference.model(view.net, view.source, url_state.get(SEED))
    weights: npt.NDArray[np.floating] = network.get_submodule(STEM).weight.detach().numpy()  # type: ignore[operator]
    return weights


def _png(weights: npt.NDArray[np.floating]) -> bytes:
    buffer = io.BytesIO()
    filter_sheet(weights, COLUMNS).save(buffer, "PNG")
    return buffer.getvalue()


def _numbers(weights: npt.NDArray[np.floating]) -> str:
    rows = [(*place, f"{weights[place]:.6g}") for place in np.ndindex(weights.shape)]
    return table([("filter", "colour", "row", "column", "weight"), *rows])
