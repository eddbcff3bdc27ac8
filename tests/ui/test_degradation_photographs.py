"""Figure 4 on photographs: what is said of depth is what the recorded numbers show, whatever they are."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.studies.recorded import recording
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.ui.lessons.degradation.photographs import PhotographRun, runs, sentence
from tests.ui.test_pages import open_shown, texts

CHANGES = {"worse": (0.2, 0.25), "same": (0.2, 0.195), "better": (0.2, 0.1)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("plain", "residual"), list(itertools.product(CHANGES, repeat=2)))
def test_what_depth_does_is_said_for_both_kinds(language: str, plain: str, residual: str) -> None:
    words = lesson("degradation", language)
    ends = {"plain": CHANGES[plain], "residual": CHANGES[residual]}
    deep = ResNetSpec.parse("basic-3.4.6.3-w32-c10")
    specs = {18: replace(deep, stages=(2, 2, 2, 2)), 34: deep}
    found = [
        PhotographRun(specs[depth] if kind == "residual" else replace(specs[depth], skips="none"), [0.9, end], [0.9, 0.3], 0.3)
        for kind, pair in ends.items()
        for depth, end in zip((18, 34), pair, strict=True)
    ]
    said = sentence(found, words)
    told = {
        (kind, change): words.say(f"photographs_{kind}_{change}", shallow=18, deep=34) in said
        for kind in ends
        for change in CHANGES
    }
    assert [case for case, is_there in told.items() if is_there] == [("plain", plain), ("residual", residual)]
    for pair in ends.values():
        assert all(f"{end:.1%}" in said for end in pair)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_shows_the_four_recorded_networks(language: str) -> None:
    at = open_shown("degradation", "degradation", lang=language, further="photographs")
    words = lesson("degradation", language)
    assert sentence(runs(), words) in texts(at)
    assert f"{recording('photographs')['train_pictures']:,}" in texts(at)


def test_all_four_were_trained_alike_and_are_twins() -> None:
    found = {run.spec: run for run in runs()}
    assert sorted(spec.depth for spec in found) == [18, 18, 34, 34]
    assert {spec.residual() for spec in found} == {spec for spec in found if spec.skips == "all"}
    assert len({len(run.train) for run in found.values()} | {len(run.test) for run in found.values()}) == 1
    assert "15 epochs" in recording("photographs")["recipe"]
