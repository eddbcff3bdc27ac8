"""The degradation page on Streamlit's test bench; what it says is held against the runs."""

from __future__ import annotations

import shutil
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from streamlit.testing.v1 import AppTest

from resnet_viz.download import DownloadFailed, Reason
from resnet_viz.jobs.changes import StoredRun
from resnet_viz.jobs.run_state import RunView, key_of
from resnet_viz.nets.weights import history
from resnet_viz.refused import Refused
from resnet_viz.studies.depth_sweep import Sweep
from resnet_viz.studies.race import DEFAULT_RACE, DRAMATIC_RACE, SLOWER_RACE, network
from resnet_viz.studies.recorded import recording
from resnet_viz.text import LANGUAGES, lesson, unbroken
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.records import StepRecord
from resnet_viz.ui.components.live import read_turn
from resnet_viz.ui.kit import linear_baseline, run_client, url_state
from resnet_viz.ui.kit.shared_params import LANGUAGE
from resnet_viz.ui.lessons.degradation import board, recorded_runs, run_status, train
from resnet_viz.ui.lessons.degradation.next_step import twins
from resnet_viz.ui.lessons.degradation.watched import Watched
from resnet_viz.ui.live import CHANNEL
from tests.ui.test_pages import link, open_page, texts

WORDS = lesson("degradation")
BY_DEFAULT = twins(Experiment(network(56)))


def open_shown(**given: str) -> AppTest:
    """The page once somebody has asked to be shown."""
    return open_page("degradation", **given).button("w_predict_degradation_show").click().run()


def test_nothing_is_shown_before_the_question_is_answered() -> None:
    for recorded in ("cifar", "shapes"):
        at = open_page("degradation", recorded=recorded, further="photographs.slower.sweep.paper")
        before = texts(at)
        assert before.count(lesson("common").labels["further_after"]) == 4
        assert "%" not in before.split(WORDS.sections["what"][:40])[0].replace(WORDS.labels["predict_ask"], "")
        assert WORDS.labels["hurt_only_plain"] not in before
        assert WORDS.labels["cifar_fig6"] not in before
        at.button("w_predict_degradation_0").click().run()
        assert lesson("common").labels["further_after"] not in texts(at)
        assert WORDS.labels["hurt_only_plain" if recorded == "shapes" else "cifar_fig6"] in texts(at)


def test_the_question_is_held_against_the_shipped_histories() -> None:
    at = open_page("degradation")
    at.button("w_predict_degradation_1").click().run()
    said = texts(at)
    assert lesson("common").labels["right"] in said
    ends = {(depth, plain): history(name).epochs[-1]["train_error"] for depth, plain, name in recorded_runs.cifar_runs()}
    assert max(ends, key=ends.__getitem__) == recorded_runs.OPTIONS[1]
    for depth in (20, 56):
        assert f"{ends[depth, False]:.1%}" in said
        assert f"{ends[depth, True]:.1%}" in said


def test_it_opens_with_the_recorded_race_and_what_it_shows() -> None:
    at = open_shown(recorded="shapes")
    runs = {run["experiment"]: run["error"][-1] for run in recording("race")["runs"]}
    deep = runs[str(Experiment(network(56, plain=True)))]
    assert WORDS.say("said_deep", steps=300, depth=56, error=deep) in texts(at)
    assert WORDS.labels["hurt_only_plain"] in texts(at)


def test_it_opens_with_cifar_and_what_the_shipped_histories_say() -> None:
    final = recorded_runs.cifar_errors()
    assert {depth for depth, _ in final} == {20, 56}
    said = texts(open_shown(further="paper"))
    assert recorded_runs.cifar_sentence(final, recorded_runs.EPOCHS, WORDS) in said
    assert WORDS.labels["cifar_fig6"] in said
    assert final[56, True] > final[20, True] > final[20, False] > final[56, False], "the order of the paper's Fig. 6"
    assert "64,000 steps" in said
    assert all(len(history(name).epochs) == recorded_runs.EPOCHS for _, _, name in recorded_runs.cifar_runs())


def test_figure_6_is_claimed_only_where_it_is_seen() -> None:
    final = {(20, True): 0.2, (56, True): 0.1, (20, False): 0.1, (56, False): 0.05}
    assert WORDS.labels["cifar_fig6"] not in recorded_runs.cifar_sentence(final, 3, WORDS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_beside_the_button_it_says_on_which_pictures_a_press_trains(language: str) -> None:
    assert lesson("degradation", language).labels["on_shapes"] in texts(open_page("degradation", lang=language))


def test_skips_can_be_chosen_on_the_diagram() -> None:
    e = Experiment(replace(network(20), skips=frozenset({"layer1.0", "layer2.1"})))
    at = open_page("degradation", experiment=str(e))
    assert at.segmented_control("w_race_skips").value == "some"
    assert WORDS.say("skips_kept", kept=2, all=9) in texts(at)
    assert at.button("w_race_train").label == WORDS.say("train_one", steps=300)
    at.segmented_control("w_race_skips").set_value("twins").run()
    assert WORDS.say("skips_kept", kept=2, all=9) not in texts(at)
    assert Experiment.parse(link(at)["experiment"]).spec == network(20)


def test_what_networks_saw_is_the_recording() -> None:
    at = open_page("degradation", further="glimpses")
    table = next(html.proto.body for html in at.get("html") if "<table" in html.proto.body)
    run = recording("race")["runs"][0]
    step, _, guesses = run["glimpses"][-1]
    assert WORDS.say("glimpse_step", step=step) in table
    right = sum(guess == label for label, (guess, _) in enumerate(guesses))
    first_line = table.split("<tr>")[2]
    assert first_line.count("✓") == right


def test_further_experiments_cost_nothing_until_they_are_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("measured before anybody has asked")

    monkeypatch.setattr(linear_baseline, "errors", never)
    at = open_shown()
    assert not [html for html in at.get("html") if "<table" in html.proto.body]
    assert not at.get("plotly_chart")


def test_what_was_only_slower_is_what_was_recorded() -> None:
    ends = {
        (e.spec.depth, e.spec.skips): (e, run["error"][-1])
        for run in recording("slower")["runs"]
        if (e := Experiment.parse(run["experiment"]))
    }
    assert {e for e, _ in ends.values()} == {*SLOWER_RACE}
    assert ends[56, "all"][1] == 0 < ends[32, "none"][1] < ends[20, "none"][1] < ends[56, "none"][1]
    said = texts(open_shown(further="slower"))
    for language in LANGUAGES:
        prose = lesson("degradation", language).sections["slow"]
        assert f"{ends[32, 'none'][1]:.2%}" in prose
        assert f"{ends[20, 'none'][1]:.2%}" in prose
        assert f"{ends[56, 'none'][1]:.0%}" in prose
    assert all(f"{error:.2%}" in said for _, error in ends.values())
    assert unbroken("Trains plain-20 + plain-32 + plain-56 + residual-56 (falling rate).") in said


@pytest.mark.parametrize("reason", get_args(Reason))
def test_cifar_that_does_not_come_is_one_sentence(reason: Reason, monkeypatch: pytest.MonkeyPatch) -> None:
    from resnet_viz.ui.lessons.degradation import data_choice

    def fail(*_: object) -> None:
        raise DownloadFailed(reason, "other.pth")

    monkeypatch.setattr(data_choice, "download_cifar10", fail)
    at = open_page("degradation")
    at.session_state["w_race_more"] = True
    at.run()
    at.button("w_cifar_get").click().run()
    assert WORDS.say(f"cifar_{reason}", file="other.pth") in [warning.value for warning in at.warning]


def test_a_page_does_not_wait_for_the_linear_classifier(monkeypatch: pytest.MonkeyPatch) -> None:
    later: Future[tuple[float, float]] = Future()
    monkeypatch.setattr(linear_baseline, "errors", lambda data, seed: later)
    at = open_page("degradation", further="linear")
    assert WORDS.labels["linear_later"] in texts(at)
    later.set_result((0.25, 0.75))
    at.run()
    assert WORDS.say("linear", data=WORDS.labels["data_shapes"], train=0.25, test=0.75, chance=0.9) in texts(at)


def test_the_linear_classifier_is_measured_once_for_all() -> None:
    first = linear_baseline.errors("shapes", 0)
    assert linear_baseline.errors("shapes", 0) is first


def test_the_linear_classifier_is_measured() -> None:
    train, test = linear_baseline.errors("shapes", 0).result()
    assert WORDS.say("linear", data=WORDS.labels["data_shapes"], train=train, test=test, chance=0.9) in texts(
        open_page("degradation", further="linear")
    )
    assert test > 0.5 > train, "it learns its pictures by heart and not the shapes"


def test_the_recording_is_of_the_races_on_the_buttons() -> None:
    runs = {Experiment.parse(run["experiment"]): run for run in recording("race")["runs"]}
    assert set(runs) == {*DEFAULT_RACE, *DRAMATIC_RACE}
    assert all(len(run["error"]) == len(run["loss"]) == e.steps for e, run in runs.items())


@pytest.mark.parametrize("name", ["race", "slower"])
def test_the_recording_starts_as_the_run_does_now(name: str) -> None:
    from resnet_viz.training.trainer import Trainer

    first = recording(name)["runs"][0]
    trainer = Trainer(Experiment.parse(first["experiment"]))
    now = [trainer.step().smooth_loss for _ in range(5)]
    assert now == pytest.approx(first["loss"][:5], abs=2e-3)


def test_controls_make_an_experiment_that_travels() -> None:
    at = open_page("degradation")
    at.select_slider("w_race_depth").set_value(32).run()
    at.session_state["w_race_more"] = True
    at.run()
    at.number_input("w_race_seed").set_value(5).run()
    at.segmented_control("w_race_norm").set_value("none").run()
    at.segmented_control("w_race_skips").set_value("none").run()
    wanted = Experiment(replace(network(32), norm="none"), seed=5)
    assert Experiment.parse(link(at)["experiment"]) == wanted
    assert link(at)["train"] == "none"
    assert unbroken("Trains plain-32 (no BN · seed 5).") in texts(at), "the press is announced"


@pytest.mark.parametrize("bad", ["basic-3~steps0", "cats", "basic-3.3.3-w8-c10~lr99999"])
def test_a_bad_experiment_in_a_link_is_said(bad: str) -> None:
    at = open_page("degradation", experiment=bad)
    assert "experiment" in at.warning[0].value
    assert "experiment" not in link(at)


def test_the_classes_own_folder_may_have_more_than_ten_classes(own_home: Path) -> None:
    from tests.training.picture_files import write

    folder = own_home / "pictures" / "twelve"
    for label in range(12):
        for i in range(3):
            write(folder / f"class{label:02}" / f"{i}.png", size=(32, 32), seed=100 * label + i)
    try:
        e = Experiment(replace(network(8), classes=12), data="folder-twelve")
        at = open_page("degradation", experiment=str(e))
        assert not at.error
        at.session_state["w_race_more"] = True
        at.run()
        assert "twelve" in at.selectbox("w_race_data").options
    finally:
        shutil.rmtree(folder)


def test_a_link_asks_before_it_trains() -> None:
    runs = [Experiment(network(8), steps=25, seed=seed) for seed in (70, 71)]
    for lang in LANGUAGES:
        at = open_page("degradation", runs="!".join(map(str, runs)), lang=lang)
        assert texts(at).count(lesson("degradation", lang).labels["status_none"]) == 2
    assert all(run_client.engine().view(key_of(e)) is None for e in runs)
    sweep = Sweep((8,), seeds=1, like=Experiment(network(8), steps=25))
    at = open_shown(sweep=str(sweep), further="sweep")
    assert WORDS.labels["status_none"] in texts(at)
    assert all(run_client.engine().view(key_of(e)) is None for e in sweep.calls)


def test_a_press_trains_and_what_is_refused_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = run_client.engine()
    runs = [Experiment(network(8), steps=engine.limits.steps, seed=seed) for seed in (72, 73)]  # which do not end by themselves
    monkeypatch.setattr(engine, "share", engine.share._replace(runs=1))
    at = open_page("degradation", runs="!".join(map(str, runs)))
    at.button("w_train_all").click().run()
    assert any("1 runs waiting" in warning.value for warning in at.warning)
    assert [engine.view(key_of(e)) is not None for e in runs] == [True, False]
    assert WORDS.labels["status_none"] in texts(at), "what was refused does not wait"
    assert at.button(f"w_stop_{key_of(runs[0])}")
    assert followed(at) == {f"run:{key_of(runs[0])}", "engine:problem"}, "and nothing of what was not started"
    other = open_page("degradation", runs=str(runs[0]))
    assert followed(other) == followed(at)
    assert not [b for b in other.button if b.key == f"w_stop_{key_of(runs[0])}"]
    at.button(f"w_stop_{key_of(runs[0])}").click().run()
    view = engine.view(key_of(runs[0]))
    assert view
    assert view.asked == "stop" or (view.run.status, view.run.reason) == ("stopped", "asked")


def followed(at: AppTest) -> set[str]:
    """The topics of which the channel tells this session's browser."""
    return {*CHANNEL._seats[at.session_state["live_seat"]].topics}


def test_the_channel_tells_of_what_may_go_on_and_how_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_client, "problem_topic", lambda: {"engine:problem": "none"})
    views = [a_run(status)[1] for status in ("waiting", "running", "paused")]
    for view in views:
        assert run_client.topics([view, None]) == {f"run:{view.run.key}": view.run.status, "engine:problem": "none"}
    _, stopped = a_run("stopped", "asked")
    assert run_client.topics([stopped]) == {f"stand:{stopped.run.key}": "stopped", "engine:problem": "none"}
    assert run_client.topics([views[0]], points=False) == {f"stand:{views[0].run.key}": "alive", "engine:problem": "none"}
    assert run_client.topics([a_run("done")[1], None]) == {}, "nothing is to come: no connection is needed"
    _, again = a_run("running", result={"resumed": 12}, unkept=Refused("store_no_room", most=200.0))
    assert run_client.topics([again])[f"run:{again.run.key}"] == "running.12.store_no_room"


@pytest.mark.parametrize("code", ["store_no_room", "engine_no_workers", "engine_unreachable", "engine_restarting"])
def test_whatever_a_topic_becomes_can_be_reported(code: str) -> None:
    for topic in ("run:0123456789abcdef=running.1999.", "engine:problem="):
        assert read_turn(topic + code) == topic + code
    for topic in ("study:0123456789abcdef=12.0.3", "votes:activations_size=104", "later:0123456789abcdef=done"):
        assert read_turn(topic) == topic
    assert read_turn("run:x") is None


def a_run(status: str, reason: str = "", **more: Any) -> tuple[Experiment, RunView]:
    e = Experiment(network(20), steps=100)
    run = StoredRun(key_of(e), str(e), status, reason, more.pop("result", {}), "", 0.0, 0)  # type: ignore[arg-type]
    values = {"step": 2, "ahead": 0, "wait": None, "asked": "", "silent": None, "unkept": None, "may_stop": True} | more
    return e, RunView(run, **values)


@pytest.mark.parametrize(
    ("view", "key", "values"),
    [
        (a_run("waiting"), "status_starting", {}),
        (a_run("waiting", ahead=3), "status_waiting", {"ahead": 3}),
        (a_run("waiting", ahead=3, wait=12.0), "status_waiting_timed", {"ahead": 3, "wait": 12.0}),
        (a_run("waiting", wait=12.0), "status_waiting_next", {"wait": 12.0}),
        (a_run("running", asked="stop"), "status_stopping", {"step": 2, "steps": 100}),
        (a_run("running", asked="pause"), "status_pausing", {"step": 2, "steps": 100}),
        (a_run("running", silent=31.0), "status_silent", {"step": 2, "steps": 100, "silent": 31.0}),
        (a_run("paused"), "status_paused", {"step": 2, "steps": 100}),
        (a_run("stopped", "left"), "status_stopped_left", {"step": 2, "steps": 100}),
        (a_run("failed", "a_b: <c>"), "status_failed", {"reason": "`a_b: <c>`"}),
        (a_run("failed", "killed"), "status_failed", {"reason": WORDS.labels["failed_killed"]}),
    ],
)
def test_where_a_run_stands_is_said(view: tuple[Experiment, RunView], key: str, values: dict[str, Any]) -> None:
    history = [StepRecord(step, 1.0, 0.5, 1.0, 0.5, 100.0) for step in (1, 2)]
    assert run_status.told(Watched(*view, history), WORDS, shown=True) == WORDS.say(key, **values)


def test_a_run_of_somebody_else_says_so_and_one_that_is_not_kept_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(url_state, "get", {LANGUAGE: "en"}.get)
    e, view = a_run("running", may_stop=False)
    assert run_status.told(Watched(e, view, []), WORDS, shown=True) == WORDS.say(
        "of_others", text=WORDS.labels["status_starting"]
    )
    e, view = a_run("paused", unkept=Refused("store_no_room", most=200.0))
    assert unbroken("200 MiB") in run_status.told(Watched(e, view, []), WORDS, shown=True)


def test_errors_are_not_told_before_the_question_is_answered() -> None:
    e, view = a_run("done", result={"test_error": 0.25})
    each = Watched(e, view, [StepRecord(1, 1.0, 0.5, 1.0, 0.5, 100.0)])
    assert run_status.told(each, WORDS, shown=False) == WORDS.labels["status_ended"]
    assert run_status.told(each, WORDS, shown=True) == WORDS.say("status_done", test=0.25)


def test_a_run_that_was_there_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """When and by whom it was trained, until this session has trained it itself."""
    monkeypatch.setattr(board, "visitor", lambda: "me")
    own: set[Experiment] = set()
    monkeypatch.setattr(train, "is_own", own.__contains__)

    def seen(owner: str, status: str = "done", seed: int = 0) -> Watched:
        e, view = a_run(status, result={"at": 1_790_000_000})
        history = [StepRecord(1, 1.0, 0.5, 1.0, 0.5, 100.0)]
        return Watched(replace(e, seed=seed), view._replace(run=view.run._replace(owner=owner)), history)

    mine, other, running = seen("me"), seen("you", seed=1), seen("me", "running", seed=2)
    assert board.origin([running], WORDS) == ("measured", "")
    assert board.origin([mine], WORDS).note.startswith("trained here earlier, by you, 20")
    assert board.origin([mine, other], WORDS).note.startswith("trained here earlier, by somebody else, 20")
    assert {board.origin(each, WORDS).kind for each in ([mine], [other], [mine, other])} == {"recorded"}
    assert board.origin([mine, running], WORDS) == ("measured", WORDS.say("there_some", count=1, all=2))
    assert board.origin([mine, Watched(running.run, None, [])], WORDS).kind == "recorded", (
        "one that was never started says nothing"
    )
    own.add(mine.run)
    assert board.origin([mine], WORDS) == ("measured", "")


def test_no_run_of_anybody_else_is_on_a_board(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    engine = run_client.engine()
    history = engine.history
    engine.ask(Experiment(network(8), steps=25, seed=74), owner="somebody")
    monkeypatch.setattr(engine, "history", lambda key, after=0: (asked.append(key), history(key, after))[1])
    runs = Experiment(network(8), steps=25, seed=75)
    open_shown(runs=str(runs))
    assert {*asked} == {key_of(runs)}
    engine.cancel(key_of(Experiment(network(8), steps=25, seed=74)), "somebody")


@pytest.mark.parametrize("language", LANGUAGES)
def test_batchnorm_is_called_alike_on_every_page_that_switches_it(language: str) -> None:
    found = {
        (control.label, tuple(control.options))
        for page, key in (("degradation", "w_race_norm"), ("gradients", "w_norm_nudge"))
        for control in [open_page(page, lang=language).segmented_control(key)]
    }
    words = lesson("network", language).labels
    assert found == {(words["norm"], (words["norm_batch"], words["norm_none"]))}
