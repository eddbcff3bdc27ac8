"""The diagram of the whole network, with its files, and the numbers of what is selected on it."""

from __future__ import annotations

from resnet_viz.nets import export
from resnet_viz.nets.plan import Plan
from resnet_viz.nets.presets import short_name
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import network_picker
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.network_picker import title
from resnet_viz.ui.lessons.build import selected


def show(p: Plan, words: Lesson) -> None:
    """The diagram. What is clicked on it says its numbers."""
    net = short_name(p.spec)
    files = [
        Download(words.labels["export_python"], f"{net}.py", "text/x-python", lambda: export.to_python(p.spec)),
        Download(words.labels["export_svg"], f"{net}.svg", "image/svg+xml", lambda: drawn.svg),
        Download(words.labels["export_csv"], f"{net}.csv", "text/csv", lambda: export.to_csv(p)),
    ]
    caption = words.say("picture_caption", name=title(p.spec), size=p.input_shape[1], depth=p.depth, blocks=len(p.blocks))
    with figure("build", caption=caption, files=files):
        drawn = network_picker.show_diagram(p, key="diagram_build", hint=words.labels["hint"])
    selected.show(p, words)
