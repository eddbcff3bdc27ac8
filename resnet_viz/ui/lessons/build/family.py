"""The five networks of the paper's table; a row opens its network."""

from __future__ import annotations

from collections.abc import Mapping

from resnet_viz.csv_table import table
from resnet_viz.draw.family_table import FAMILY, family, family_table
from resnet_viz.nets.presets import preset
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.text import Lesson
from resnet_viz.ui.components.link_rows import link_rows
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.network_picker import labels, take_network
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.shared_params import LANGUAGE


def show(spec: ResNetSpec, words: Lesson, *, costs: bool) -> None:
    """The table, with the chosen network marked; what it costs only with `costs`."""

    def opened(name: str) -> None:
        if name in FAMILY:
            take_network(preset(name), spec)

    named: Mapping[str, str] = {**labels(), **words.labels}
    language = url_state.get(LANGUAGE)
    html = family_table(named, big, lambda name: f"?net={name}&lang={language}", spec, costs=costs)
    file = Download(words.labels["family_csv"], "family.csv", "text/csv", to_csv)
    with figure(
        "family",
        caption=words.labels["family_caption"],
        kind="cited",
        note=words.labels["family_source"],
        files=[file] if costs else [],
    ):
        link_rows(html, key="family_rows", on_picked=opened)


def to_csv() -> str:
    """One row a network: `network, block, conv2_x … conv5_x, parameters, multiply_adds, with_the_papers_stride, paper`."""
    rows: list[tuple[object, ...]] = [
        ("network", "block", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "parameters", "multiply_adds", "paper_stride", "paper")
    ]
    for row in family():
        p = row.plan
        rows.append((row.name, p.spec.block, *p.spec.stages, p.params, p.macs, row.paper_stride_macs or p.macs, row.paper_macs))
    return table(rows)
