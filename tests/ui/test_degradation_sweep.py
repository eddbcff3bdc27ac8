"""The sweep over depths on *Degradation*: what its controls keep, what stands in its way and what its numbers say."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.jobs.run_state import key_of
from resnet_viz.studies.depth_sweep import DepthPoint, Sweep
from resnet_viz.studies.race import DEPTHS, network
from resnet_viz.studies.recorded import recording
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import run_client
from resnet_viz.ui.lessons.degradation import depth_sweep as sweep_ui
from tests.ui.test_pages import link, open_shown, texts

WORDS = lesson("degradation")


def test_the_recorded_sweep_and_what_it_shows() -> None:
    sweep = Sweep.parse(recording("sweep")["sweep"])
    errors = dict(zip(sweep.calls, recording("sweep")["errors"], strict=True))
    said = sweep_ui.sentence(sweep, sweep.recorded(), WORDS)
    assert said in texts(open_shown("degradation", "degradation", further="sweep"))
    deepest = [errors[e] for e in sweep.calls if e.spec.depth == 56 and e.spec.skips == "none"]
    assert f"{sum(deepest) / len(deepest):.0%}" in said
    apart = next(
        depth
        for depth in sweep.depths
        if all(
            min(errors[e] for e in sweep.calls if e.spec.depth == d and e.spec.skips == "none")
            > max(errors[e] for e in sweep.calls if e.spec.depth == d and e.spec.skips == "all")
            for d in sweep.depths
            if d >= depth
        )
    )
    assert WORDS.say("sweep_apart", depth=apart) in said


def test_a_sweep_that_is_too_large_is_said_and_not_started() -> None:
    at = open_shown("degradation", "degradation", further="sweep")
    at.number_input("w_sweep_seeds").set_value(10).run()
    at.button("w_sweep_run").click().run()
    assert any("100" in warning.value for warning in at.warning)
    assert "sweep" not in link(at)


def test_a_sweep_says_that_it_stops_when_its_page_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_client.engine(), "lease", 41.0)
    sweep = Sweep((8,), seeds=1, like=Experiment(network(8), steps=26))
    at = open_shown("degradation", "degradation", sweep=str(sweep), further="sweep")
    said = WORDS.say("sweep_leave", lease=41)
    assert said not in texts(at), "nothing trains"
    assert not stops(at)
    assert said in texts(at.button("w_sweep_train").click().run())
    assert stops(at), "what can be stopped"
    assert said not in texts(at.button("w_sweep_clear").click().run())
    assert not stops(at)


def stops(at: AppTest) -> bool:
    """Whether there is a button that stops the sweep."""
    return any(button.key == "w_sweep_stop" for button in at.button)


def depths_of(at: AppTest) -> list[int]:
    """Which are chosen."""
    return sorted(map(int, pills(at).value))


def pills(at: AppTest) -> Any:
    return at.button_group("w_sweep_depths")


def section(at: AppTest) -> list[str]:
    """Warnings of the section itself: what the page says stands above them in its head or its panel."""
    fold = next(fold for fold in at.expander if fold.label == WORDS.labels["further_sweep"])
    return [warning.value for warning in fold.warning]


def test_what_is_chosen_for_a_sweep_travels_and_waits() -> None:
    at = open_shown("degradation", "degradation", lang="en", further="sweep")
    assert depths_of(at) == [*Sweep().depths]
    pills(at).set_value([8, 38, 92]).run()
    at.number_input("w_sweep_seeds").set_value(2).run()
    chosen = {"depths": "8.38.92", "seeds": "2"}
    assert chosen.items() <= link(at).items()
    at.switch_page("../../pages/build.py")
    at.query_params.clear()
    at.run()
    at.switch_page("../../pages/degradation.py")
    at.query_params.clear()
    at.run()
    for again in (at, open_shown("degradation", "degradation", lang="en", further="sweep", **chosen)):
        assert depths_of(again) == [8, 38, 92]
        assert again.number_input("w_sweep_seeds").value == 2


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_depth_of_a_link_can_be_chosen(depth: int) -> None:
    sweep = Sweep((depth,), seeds=1, like=Experiment(network(8), steps=25))
    assert depths_of(open_shown("degradation", "degradation", further="sweep", sweep=str(sweep))) == [depth]


@pytest.mark.parametrize(("depths", "seeds", "said"), [((), 3, "at least one depth"), (DEPTHS[:9], 4, "72")])
def test_what_stands_in_the_way_of_a_sweep_is_said_beside_it(depths: tuple[int, ...], seeds: int, said: str) -> None:
    at = open_shown("degradation", "degradation", lang="en", further="sweep")
    pills(at).set_value([*depths]).run()
    at.number_input("w_sweep_seeds").set_value(seeds).run()
    at.button("w_sweep_run").click().run()
    assert [said in warning for warning in section(at)] == [True]
    assert len(at.warning) == 1
    assert "sweep" not in link(at)
    assert depths_of(at) == [*depths]


def test_a_sweep_that_runs_is_the_one_that_was_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    at = open_shown("degradation", "degradation", lang="en", further="sweep", experiment=str(Experiment(network(8), steps=27)))
    pills(at).set_value([14]).run()
    at.number_input("w_sweep_seeds").set_value(1).run()
    at.button("w_sweep_run").click().run()
    wanted = Sweep((14,), seeds=1, like=Experiment(network(8), steps=27))
    assert link(at)["sweep"] == str(wanted)
    assert not {"depths", "seeds"} & link(at).keys(), "the sweep says them"
    assert depths_of(at) == [14]
    assert all(run_client.engine().view(key_of(run)) for run in wanted.calls)
    at.button("w_sweep_clear").click().run()
    assert depths_of(at) == [*Sweep().depths]


def points(seeds: int, *depths: int) -> tuple[DepthPoint, ...]:
    return tuple(DepthPoint(depth, plain, (0.8 if plain else 0.1,) * seeds) for depth in depths for plain in (True, False))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seeds", [1, 2, 10])
def test_one_seed_is_not_called_several(seeds: int, language: str) -> None:
    words = lesson("degradation", language)
    sweep = Sweep((8, 20), seeds=seeds)
    said = sweep_ui.sentence(sweep, points(seeds, 8, 20), words)
    assert "10%" in said
    assert "80%" in said
    plural = {"en": (f"{seeds} seeds", "on average", "worst residual"), "zh": (f"{seeds} 个种子", "平均", "最差")}[language]
    singular = {"en": "one seed", "zh": "一个种子"}[language]
    assert [mark in said for mark in (*plural, singular)] == [seeds > 1] * 3 + [seeds == 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_caption_names_no_seed_where_there_are_several(language: str) -> None:
    words = lesson("degradation", language)
    for seeds in (1, 2):
        sweep = Sweep((8,), seeds=seeds, like=Experiment(network(8), steps=28))
        said = texts(open_shown("degradation", "degradation", lang=language, further="sweep", sweep=str(sweep)))
        opening = words.labels["caption_sweep_one" if seeds == 1 else "caption_sweep"].partition("{")[0]
        caption = next(line for line in said.splitlines() if line.startswith(opening))
        assert (words.say("trait_seed", value=0) in caption) == (seeds == 1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_caption_counts_the_seeds_that_are_there(language: str) -> None:
    words, sweep = lesson("degradation", language), Sweep((8, 20), seeds=3)
    for found, label in (
        ([], "caption_sweep"),
        (points(3, 8), "caption_sweep"),
        (points(1, 8, 20), "caption_sweep_one"),
        ([*points(3, 8), *points(1, 20)], "caption_sweep_most"),
    ):
        settings = words.say(label, seeds=3, settings="|").partition("|")
        said = sweep_ui.caption(sweep, found, words)
        assert said.startswith(settings[0])
        assert said.endswith(settings[2])
