"""The command line as a whole: subcommands, and those who know the old one."""

from __future__ import annotations

import subprocess
import sys

import pytest

from resnet_viz.recorder.command import COMMANDS, main
from resnet_viz.recorder.figures import FIGURES
from resnet_viz.recorder.plans import available


@pytest.mark.parametrize(
    ("words", "form"),
    [
        (["--verify"], "python -m resnet_viz.recorder verify [FOLDER]"),
        (["--data", "DIR", "--verify=OUT"], "python -m resnet_viz.recorder verify [FOLDER]"),
        (["--plan", "cifar10:short", "--data", "DIR"], "python -m resnet_viz.recorder train --plan …"),
    ],
)
def test_an_old_command_is_told_the_new_form(capsys: pytest.CaptureFixture[str], words: list[str], form: str) -> None:
    assert main(words) == 2
    assert capsys.readouterr().err.strip().endswith(form)


@pytest.mark.parametrize("words", [[], ["ship"]])
def test_what_is_no_command_is_told_which_there_are(capsys: pytest.CaptureFixture[str], words: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words)
    said = capsys.readouterr().err
    assert all(name in said for name in COMMANDS)


def test_help_names_plans_and_figures(capsys: pytest.CaptureFixture[str]) -> None:
    for words, names in ((["train", "-h"], available()), (["figures", "-h"], tuple(FIGURES)), (["-h"], tuple(COMMANDS))):
        with pytest.raises(SystemExit, match="0"):
            main(words)
        said = capsys.readouterr().out
        assert all(name in said for name in names)


def test_python_m_runs_it() -> None:
    done = subprocess.run([sys.executable, "-m", "resnet_viz.recorder", "verify", "absent"], capture_output=True, text=True)
    assert (done.returncode, done.stderr.strip()) == (2, "'absent' is no folder")
