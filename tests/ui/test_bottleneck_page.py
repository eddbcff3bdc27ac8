"""Basic or bottleneck, run by Streamlit's own test bench."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
import torch

from resnet_viz import plan, preset
from resnet_viz.nets.blockcost import block_plan, bytes_moved, comparisons
from resnet_viz.probes.timing import Timing, Work
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.kit.numbers import big, mebibytes
from resnet_viz.ui.lessons.bottleneck import the_papers_pair, times, to_scale
from resnet_viz.ui.lessons.bottleneck.sliders import Size
from resnet_viz.ui.lessons.bottleneck.times import Measured
from tests.ui.test_pages import link, open_page, open_shown, texts

WORDS = lesson("bottleneck")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_in_every_language(language: str) -> None:
    at = open_page("bottleneck", lang=language)
    words = lesson("bottleneck", language)
    assert at.title[0].value.endswith(words.title)
    assert words.question in texts(at)
    assert not at.error
    assert not at.warning


def test_predictions_are_answered_from_the_plan() -> None:
    at = open_page("bottleneck")
    assert "17/288, about" not in "".join(m.value for m in at.markdown if "**At 64" in m.value), "not before it is predicted"
    at.button("w_predict_bottleneck_0").click().run()
    basic, bottleneck = (block_plan(block, 64, 56, 56).macs for block in ("basic", "bottleneck"))
    assert f"**{lesson('common').labels['wrong']}**" in texts(at), "three quarters is not right"
    assert f"{Fraction(bottleneck, basic)}" in texts(at)
    assert f"{bottleneck:,}" in texts(at)
    at.button("w_predict_bottleneck_again").click().run()
    at.button("w_predict_bottleneck_2").click().run()
    assert f"**{lesson('common').labels['right']}**" in texts(at)
    assert f"{basic:,}" in texts(at)


@pytest.mark.parametrize("channels", [16, 48, 64, 100, 192, 1024])
def test_the_sentence_about_areas_is_the_plans_for_every_size(channels: int) -> None:
    for fair, wide in (("width", channels), ("cost", 4 * channels)):
        basic, bottleneck = block_plan("basic", channels, 1, 1).macs, block_plan("bottleneck", wide, 1, 1).macs
        said = to_scale.said(channels, fair, WORDS)
        assert f"{basic:,}" in said
        assert f"{bottleneck:,}" in said
        assert str(Fraction(bottleneck, basic)) in said
    assert "1/17" in to_scale.said(channels, "width", WORDS)


def test_a_link_carries_size_and_comparison() -> None:
    at = open_page("bottleneck", channels="256", height="14", width="20", fair="cost")
    assert {"channels": "256", "height": "14", "width": "20", "fair": "cost"}.items() <= link(at).items()
    at.select_slider(key="w_height").set_value(28).run()
    assert link(at)["height"] == "28"
    at.button("w_predict_bottleneck_show").click().run()
    assert to_scale.said(256, "cost", WORDS) in texts(at)


def test_a_link_with_any_size_in_range_opens() -> None:
    at = open_page("bottleneck", channels="50", height="3", width="111")
    assert (at.select_slider(key="w_height").value, at.select_slider(key="w_width").value) == (3, 111)
    at.button("w_predict_bottleneck_show").click().run()
    assert to_scale.said(48, "width", WORDS) in texts(at), "a bottleneck of 50 channels would need 12.5 inside"


def test_the_sum_that_settles_it() -> None:
    at = open_page("bottleneck", further="channels")
    assert not at.table, "it answers what the page asks"
    at.button("w_predict_bottleneck_show").click().run()
    table = at.table[1].value
    shares = [Fraction(cell) for cell in table[WORDS.labels["term_share"]][:3]]
    assert f"**{sum(shares)}**" == table[WORDS.labels["term_share"]][3] == "**17/16**"
    assert "3/4" in texts(at)
    assert "1/24" in texts(at)


def test_three_comparisons_with_the_plans_numbers() -> None:
    at = open_page("bottleneck", channels="128", height="28", width="28", further="compare")
    assert not at.table, "it answers what the page asks"
    assert lesson("common").labels["further_after"] in texts(at)
    at.button("w_predict_bottleneck_show").click().run()
    assert list(at.table[3].value.iloc[0])[1:] == ["?", "?"], "the next lesson asks for it"
    assert WORDS.labels["asked_later"] in [caption.value for caption in at.caption]
    at.session_state["answer_build"] = 0
    at.run()
    assert WORDS.labels["asked_later"] not in [caption.value for caption in at.caption]
    tables = [t.value for t in at.table][1:]
    for table, pair in zip(tables, comparisons(128, 28, 28), strict=True):
        cells = [list(table[column]) for column in table.columns]
        assert cells[2] == [f"×\u00a0{pair.ratio(cost):.3g}" for cost in ("macs", "params", "activation_bytes")]
    whole = list(tables[2][tables[2].columns[1]])
    assert whole[0].replace("\u00a0", " ") == " → ".join(big(plan(preset(name)).macs, 2) for name in ("resnet34", "resnet50"))


def test_what_a_position_keeps_times_the_positions_is_what_the_comparison_keeps() -> None:
    at = open_shown("bottleneck", "bottleneck", further="compare", height="56", width="56")
    beside, same, _, _ = (table.value.to_numpy().tolist() for table in at.table[:4])
    positions = 56 * 56
    kept = [int(cell.removesuffix(" B").replace(",", "")) * positions for cell in beside[-1][1:]]
    assert " → ".join(map(mebibytes, kept)) == same[-1][1].replace("\u00a0", " ")


def test_nothing_is_measured_before_somebody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(times, "measure", lambda *_: pytest.fail("nobody asked"))
    assert len(open_shown("bottleneck", "bottleneck", further="times").table) == 1, "that of the areas"


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_time_of_the_papers_pair_is_predicted_and_then_measured(language: str) -> None:
    at = open_page("bottleneck", height="8", width="8", lang=language)
    words = lesson("bottleneck", language).labels
    at.button("w_predict_bottleneck_time_show").click().run()
    assert not at.exception
    assert words["said"].split("{macs}")[0].format(title=words["compare_paper"]) in texts(at)
    said = re.search(words["longer_because"].replace("{time}", r"([\d.]+)").replace("{macs}", r"([\d.]+)"), texts(at))
    assert said
    assert float(said[2]) == pytest.approx(17 / 18, abs=1e-3)


@pytest.mark.parametrize(("forward", "answer"), [(0.8, 0), (1.05, 0), (1.2, 1), (1.9, 1), (2.1, 2), (40.0, 2)])
def test_the_answer_about_time_is_the_measurements(forward: float, answer: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(the_papers_pair, "pair", lambda _: (measured(1.0, 100, 100), measured(forward, 94, 300)))
    found = the_papers_pair._question(Size(64, 8, 8), WORDS)
    assert found.answer == answer
    assert f"{forward:.3g} times as long" in found.because


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("language", LANGUAGES)
def test_measuring(language: str) -> None:
    threads = torch.get_num_threads()
    at = open_shown("bottleneck", "bottleneck", channels="32", height="8", width="8", lang=language, further="times")
    words = lesson("bottleneck", language).labels
    at.button(key="w_measure").click().run()
    assert not at.exception
    assert at.button(key="w_measure").disabled
    assert len(at.table) == 3, "the page asks for the time of the paper's pair"
    assert words["said"].split("{macs}")[0].format(title=words["compare_paper"]) not in texts(at)
    at.button("w_predict_bottleneck_time_show").click().run()
    same, paper, networks = (t.value for t in at.table[1:])
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
    whole = words["said"].split("{macs}")[0].format(title=words["compare_networks"])
    assert whole not in texts(at)
    assert len(networks) == len(paper) - 1, "the next lesson asks how many multiply-adds, which speed and time tell"
    at.session_state["answer_build"] = 0
    at.run()
    assert whole in texts(at)
    assert len(at.table[3].value) == len(paper)
    at.select_slider(key="w_height").set_value(16).run()
    assert len(at.table) == 1, "what was measured at another size is put away"
    assert not at.button(key="w_measure").disabled


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"channels": "1024", "height": "56", "width": "56"}, "limit_block"),
        ({"channels": "64", "height": "1", "width": "1"}, "limit_point"),
    ],
)
def test_a_refusal_is_a_sentence_and_the_arithmetic_stays(given: dict[str, str], key: str) -> None:
    at = open_shown("bottleneck", "bottleneck", **given, further="times")
    size = [int(n) for n in given.values()]
    said = WORDS.say(
        key, c=size[0], h=size[1], w=size[2], given=big(block_plan("basic", *size).macs), limit=big(times.MAX_MACS, 0)
    )
    assert {warning.value for warning in at.warning} == {said}
    assert not [b for b in at.button if b.key == "w_measure"]
    assert f"{block_plan('basic', *size).macs:,}" in texts(at)


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
