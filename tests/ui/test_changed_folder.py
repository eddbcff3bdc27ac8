"""Pictures of one's own that change, or go, while a session has runs of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resnet_viz.jobs.run_state import key_of
from resnet_viz.refused import Refused
from resnet_viz.studies.depth_sweep import Sweep
from resnet_viz.studies.race import network
from resnet_viz.text import LANGUAGES, lesson
from resnet_viz.training.data import sources
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit import class_runs, run_client
from resnet_viz.ui.kit.words import quoted
from resnet_viz.ui.lessons.degradation.next_step import twins
from tests.training.picture_files import fill, write
from tests.ui.test_pages import link, open_shown, texts

NAME = "leaves"


@pytest.fixture
def folder(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(sources, "LISTED", 0.0)
    made = own_home / "pictures" / NAME
    fill(made, ("a", "b"), 4)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def of_folder() -> Experiment:
    return Experiment(replace(network(8), classes=2), data=f"folder-{NAME}", steps=5)


def change(folder: Path, how: str) -> None:
    if how == "gone":
        shutil.rmtree(folder)
    else:
        write(folder / "a" / "later.png", size=(32, 32), seed=99)


@pytest.mark.parametrize("how", ["more", "gone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_form_starts_anew_and_the_board_keeps_what_was_trained(folder: Path, language: str, how: str) -> None:
    e = of_folder()
    board, sweep = twins(e), Sweep((8,), seeds=1, like=e)
    words = lesson("degradation", language)
    given = {"experiment": str(e), "runs": "!".join(map(str, board)), "sweep": str(sweep), "further": "sweep.slower"}
    at = open_shown("degradation", "degradation", lang=language, **given)
    change(folder, how)
    at.run()
    assert not at.exception
    code = Refused("folder_changed", given=NAME) if how == "more" else Refused("folder", given=NAME)
    assert any(code.said(language, quoted).rstrip(".。") in warning.value for warning in at.warning)
    assert "experiment" not in link(at)
    assert link(at)["runs"] == "!".join(map(str, board)), "what it has shown stays"
    at.button("w_train_all").click().run()
    assert not at.exception
    assert any(code.said(language, quoted).rstrip(".。") in warning.value for warning in at.warning), (
        "and is not trained on others"
    )
    assert all(run_client.engine().view(key_of(run)) is None for run in board)
    assert words.labels["status_none"] in texts(at)
    for page in ("gradients", "build"):
        at.switch_page(f"../../pages/{page}.py")
        at.query_params.clear()
        at.run()
        assert not at.exception, page


def test_a_class_has_no_runs_of_pictures_that_have_gone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Members:
        runs = (str(of_folder()), str(Experiment(network(8), steps=5)))

    monkeypatch.setattr(class_runs, "classroom", Members)
    assert [str(run) for run in class_runs.of_the_class()] == [*Members.runs]
    change(folder, "more")
    assert [str(run) for run in class_runs.of_the_class()] == [Members.runs[1]]
    sources._former.clear()  # the app has been started again
    assert [str(run) for run in class_runs.of_the_class()] == [Members.runs[1]]
    assert run_client.outcome_of(Members.runs[0]) == run_client.RunOutcome()


def test_how_long_others_take_is_known_without_them(folder: Path) -> None:
    from resnet_viz.jobs.eta import Clock

    lost = str(of_folder())
    change(folder, "gone")
    sources._former.clear()
    assert Clock().work(lost) == 0
