"""Basic or bottleneck, run by Streamlit's own test bench."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
import torch

from resnet_viz import plan, preset
from resnet_viz.nets.blockcost import block_plan, bytes_moved, comparisons
from resnet_viz.probes.timing import Timing, Work
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.numbers import big
from resnet_viz.ui.lessons.bottleneck import times
from resnet_viz.ui.lessons.bottleneck.sliders import Size
from resnet_viz.ui.lessons.bottleneck.times import Measured
from tests.ui.test_pages import link, open_page, texts

WORDS = lesson("bottleneck")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Measurements of a twentieth of a second, which no other test finds in the cache."""
    monkeypatch.setattr(times, "BLOCK_SECONDS", 0.05)
    monkeypatch.setattr(times, "NETWORK_SECONDS", 0.05)
    times.measure.clear()
    yield
    times.measure.clear()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_every_language(language: str) -> None:
    at = open_page("bottleneck", lang=language)
    words = lesson("bottleneck", language)
    assert at.title[0].value == words.title
    assert words.question in texts(at)
    assert not at.error
    assert not at.warning
    assert len(at.get("bidi_component")) >= 2, "a drawing for each block"


def test_predictions_are_answered_from_the_plan() -> None:
    at = open_page("bottleneck")
    chosen = next(p for p in at.get("button_group") if p.key == "w_predict_bottleneck")
    chosen.select(0).run()
    basic, bottleneck = (block_plan(block, 64, 56, 56).macs for block in ("basic", "bottleneck"))
    ratio = Fraction(bottleneck, basic)
    assert any(f"{bottleneck:,}" in i.value and f"{ratio}" in i.value for i in at.info), "three quarters is not right"
    chosen.select(2).run()
    assert any(f"{basic:,}" in s.value for s in at.success)


def test_the_formula_is_filled_in_and_the_link_carries_the_sliders() -> None:
    at = open_page("bottleneck", channels="256", height="14", width="20")
    for block in ("basic", "bottleneck"):
        convolutions = [layer.macs for layer in block_plan(block, 256, 14, 20).layers if layer.kind == "conv"]
        assert f"{' + '.join(f'{n:,}' for n in convolutions)} = **{sum(convolutions):,}**" in texts(at)
    assert "17/288 = 0.059" in texts(at)
    at.select_slider(key="w_channels").set_value(128).run()
    assert {"channels": "128", "height": "14", "width": "20"}.items() <= link(at).items()
    assert f"**{block_plan('basic', 128, 14, 20).macs:,}**" in texts(at)
    assert not at.exception


def test_a_link_with_any_size_in_range_opens() -> None:
    at = open_page("bottleneck", channels="50", height="3", width="111")
    assert at.select_slider(key="w_channels").value == 48, "a bottleneck of 50 channels would need 12.5 inside"
    assert (at.select_slider(key="w_height").value, at.select_slider(key="w_width").value) == (3, 111)


def test_the_sum_that_settles_it() -> None:
    at = open_page("bottleneck")
    table = at.table[0].value
    shares = [Fraction(cell) for cell in table[WORDS.labels["term_share"]][:3]]
    assert f"**{sum(shares)}**" == table[WORDS.labels["term_share"]][3] == "**17/16**"
    assert "3/4" in texts(at)
    assert "1/24" in texts(at)


def test_three_comparisons_with_the_plans_numbers() -> None:
    at = open_page("bottleneck", channels="128", height="28", width="28")
    tables = [t.value for t in at.table[1:4]]
    for table, pair in zip(tables, comparisons(128, 28, 28), strict=True):
        cells = [list(table[column]) for column in table.columns]
        assert cells[2] == [f"×\u00a0{pair.ratio(cost):.3g}" for cost in ("macs", "params", "activation_bytes")]
    whole = list(tables[2][tables[2].columns[1]])
    assert whole[0].replace("\u00a0", " ") == " → ".join(big(plan(preset(name)).macs, 2) for name in ("resnet34", "resnet50"))


def test_nothing_is_measured_before_the_button(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "measure", lambda *_: pytest.fail("nobody asked"))
    assert len(open_page("bottleneck").table) == 4


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("language", LANGUAGES)
def test_measuring(language: str) -> None:
    threads = torch.get_num_threads()
    at = open_page("bottleneck", channels="32", height="8", width="8", lang=language)
    words = lesson("bottleneck", language).labels
    at.button(key="w_measure").click().run()
    assert not at.exception
    assert at.button(key="w_measure").disabled
    same, paper, networks = (t.value for t in at.table[4:])
    assert list(same.columns)[1:] == [words["at_basic"].format(c=32), words["at_bottleneck"].format(c=32)]
    assert list(paper.columns)[1:] == [words["at_basic"].format(c=64), words["at_bottleneck"].format(c=256)]
    assert list(networks.columns)[1:] == [words["resnet34"], words["resnet50"]]
    planned = block_plan("bottleneck", 256, 8, 8)
    assert paper.iloc[3, 2] == f"{planned.macs / bytes_moved(planned.layers):.1f}", "measured by hooks, as the arithmetic has it"
    for table in (same, paper, networks):
        for row in (0, 1):
            for side in (1, 2):
                median, low, high = (float(n) for n in re.findall(r"[\d.]+", table.iloc[row, side]))
                assert 0 < low <= median <= high
    assert words["said"].split("{macs}")[0].format(title=words["compare_paper"]) in texts(at)
    assert torch.get_num_threads() == threads
    at.select_slider(key="w_channels").set_value(64).run()
    assert len(at.table) == 4, "what was measured at another size is put away"
    assert not at.button(key="w_measure").disabled


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"channels": "1024", "height": "56", "width": "56"}, "limit_block"),
        ({"channels": "64", "height": "1", "width": "1"}, "limit_point"),
    ],
)
def test_a_refusal_is_a_sentence_and_the_arithmetic_stays(given: dict[str, str], key: str) -> None:
    at = open_page("bottleneck", **given)
    size = [int(n) for n in given.values()]
    assert len(at.warning) == 1
    assert at.warning[0].value == WORDS.say(
        key, c=size[0], h=size[1], w=size[2], given=big(block_plan("basic", *size).macs), limit=big(times.MAX_MACS, 0)
    )
    assert not [b for b in at.button if b.key == "w_measure"]
    assert f"**{block_plan('basic', *size).macs:,}**" in texts(at)


def measured(ms: float, macs: int, moved: int, spread: float = 0.0) -> Measured:
    time = Timing(ms, ms * (1 - spread), ms * (1 + spread), 9, 1)
    return Measured(time, time, Work(macs, moved))


@pytest.mark.parametrize(
    ("ms", "macs", "moved", "spread", "verdict"),
    [
        (1.0, 100, 300, 0.0, "said_macs"),
        (3.1, 100, 300, 0.0, "said_bytes"),
        (2.0, 100, 300, 0.0, "said_between"),
        (9.0, 100, 300, 0.0, "said_neither"),
        (0.2, 100, 300, 0.0, "said_neither"),
        (1.4, 100, 300, 0.3, "said_macs"),
    ],
)
def test_the_sentence_claims_only_what_was_measured(ms: float, macs: int, moved: int, spread: float, verdict: str) -> None:
    said = times.sentence("Two", measured(1.0, 100, 100, spread), measured(ms, macs, moved, spread), WORDS)
    assert said.endswith(WORDS.labels[verdict])
    assert f"{moved / 100:.3g} times the bytes" in said
    assert f"{ms:.3g} times as long" in said


def test_the_limit_lets_the_largest_basic_stages_through() -> None:
    assert not times.refusal(Size(256, 56, 56), WORDS)
    assert times.refusal(Size(256, 64, 64), WORDS)
