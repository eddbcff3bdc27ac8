"""How far depth helps: the paper's CIFAR-10 networks from 20 to 1202 layers."""

from __future__ import annotations

from resnet_viz.csv_table import table
from resnet_viz.draw.bars import ValueBar, bars
from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset
from resnet_viz.nets.published_results import CIFAR_TEST_ERROR, PRE_ACTIVATION_ERROR
from resnet_viz.text import Lesson
from resnet_viz.ui.components.figure import figure as svg_figure
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.kit.page import stage
from resnet_viz.ui.kit.prediction import Question, predict
from resnet_viz.ui.kit.prose import explain

DEEP, DEEPEST = 110, 1202
SIZE = 32


def params(depth: int) -> int:
    return plan(preset(f"cifar_resnet{depth}"), SIZE).params


def question(words: Lesson) -> Question:
    """Whether 1202 layers beat 110: options are better, alike within 0.3 points, worse."""
    change = CIFAR_TEST_ERROR[DEEPEST].value - CIFAR_TEST_ERROR[DEEP].value
    answer = 1 if abs(change) <= 0.3 else 0 if change < 0 else 2
    errors = {"deep": CIFAR_TEST_ERROR[DEEP].value, "deepest": CIFAR_TEST_ERROR[DEEPEST].value}
    return Question(answer, words.say("thousand_because", params=big(params(DEEPEST)), few=big(params(DEEP)), **errors))


def show(words: Lesson) -> None:
    """Bars of test error by depth; the deepest one's stays away until somebody has guessed."""
    left, right = stage("thousand")
    with left:
        options = [words.labels[f"thousand_{i}"] for i in range(3)]
        shown = predict(lambda: question(words), words.labels["thousand_ask"], options, key="thousand")
        rows = []
        for depth, error in CIFAR_TEST_ERROR.items():
            hidden = depth == DEEPEST and not shown
            name = words.say("thousand_net", depth=depth, params=big(params(depth)))
            value, said = (0.0, "?") if hidden else (error.value, f"{error.value:.2f}%")
            rows.append(ValueBar(name, value, said, "residual", mark=depth == DEEPEST))
        alt = ". ".join(f"{row.name}: {row.text}" for row in rows)
        file = Download(words.labels["thousand_csv"], "depth.csv", "text/csv", _to_csv)
        caption = words.labels["thousand_caption"]
        with figure(
            "thousand", caption=caption, kind="cited", note=words.labels["thousand_source"], files=[file] if shown else []
        ):
            svg_figure(bars(rows, alt, most=10), key="thousand_bars")
    if shown:
        with right:
            explain(words, "thousand")


def _to_csv() -> str:
    """One row a published error, post-activation first."""
    rows: list[tuple[object, ...]] = [("depth", "order", "test_error_percent", "source")]
    for order, errors in (("post", CIFAR_TEST_ERROR), ("pre", PRE_ACTIVATION_ERROR)):
        rows += [(depth, order, error.value, error.source) for depth, error in errors.items()]
    return table(rows)
