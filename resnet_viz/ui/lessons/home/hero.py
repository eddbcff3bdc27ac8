"""The first experiment: a picture runs through nine blocks, and each skip can be taken away."""

from __future__ import annotations

from resnet_viz.csv_table import table
from resnet_viz.text import Lesson
from resnet_viz.ui.components import hero as component
from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.shared_params import LANGUAGE, TOUR
from resnet_viz.ui.kit.words import text
from resnet_viz.ui.lessons.home.recording import experiment


def hero(words: Lesson) -> None:
    """The network with its skips, what it says, and all of it as a table."""
    shown = experiment()
    used = {**text("activations").labels, **words.labels}
    samples = [picture.sample for picture in shown.pictures]
    names = [*(f"class_{name}" for name in shown.classes), *(f"sample_{code}" for code in samples)]
    names += [name for name in words.labels if name.startswith("hero_")]
    csv = Download("CSV", "resnet20-without-skips.csv", "text/csv", lambda: table(shown.rows()))
    with figure("home", caption=words.labels["hero_caption"], kind="recorded", note=words.labels["hero_source"], files=[csv]):
        component.hero(
            blocks=shown.blocks,
            classes=shown.classes,
            sides=shown.pictures[0].sides,
            pictures=[(picture.sample, picture.png) for picture in shown.pictures],
            codes=b"".join(picture.codes for picture in shown.pictures),
            chances=b"".join(picture.chances for picture in shown.pictures),
            maps=[picture.maps for picture in shown.pictures],
            words={name: used[name] for name in names},
            language=url_state.get(LANGUAGE),
            key="hero_of_tour" if url_state.get(TOUR) else "hero",  # whose steps begin with all skips
        )
