"""What is published is what was measured, and `verify` finds what is not."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from resnet_viz import build, parse_network
from resnet_viz.nets import weights
from resnet_viz.recorder.command import main
from resnet_viz.recorder.publish import as_written, publish
from resnet_viz.recorder.verify import SHIPPED, verify
from resnet_viz.training.data.split_folders import read_pictures
from resnet_viz.training.evaluation import evaluate
from tests.recorder.tiny_runs import NET, PLAIN, PLAN, card_of, plan_of_two
from tests.training.picture_files import write


def test_verify_finds_what_is_not_as_its_card_says(pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    main([*plan_of_two(pictures, out), "--workers", "1"])
    words = ["verify", str(out), "--data", str(pictures)]
    capsys.readouterr()
    assert main(words) == 0
    assert capsys.readouterr().out.splitlines() == [f"{PLAIN}: ok", f"{NET}: ok"]
    card = card_of(out)
    (out / f"{NET}.json").write_text(json.dumps(card | {"test_accuracy": card["test_accuracy"] - 0.25}), encoding="utf-8")
    file = out / f"{PLAIN}.safetensors"
    file.write_bytes(file.read_bytes()[:-4] + b"0000")
    assert main(words) == 1
    said = capsys.readouterr().out
    assert f"{NET}: test accuracy {card['test_accuracy']}, the card says {card['test_accuracy'] - 0.25}" in said
    assert f"{PLAIN}: {PLAIN}.safetensors is missing or damaged" in said
    other = tmp_path / "other"
    shutil.copytree(pictures, other)
    write(other / "test" / "dark" / "0.png", size=(8, 8), seed=77)
    assert not any(finding.measured for finding in verify(out, read_pictures(other))), "those pictures are not the cards'"


@pytest.mark.endurance
def test_a_network_is_measured_at_the_side_at_which_it_is_used(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It trains on parts of pictures of 8 pixels, and is tested and verified at 12."""
    plan = tmp_path / "parts.toml"
    seen = "crop = 6\npad = 0\nfirst_crop = 6\nsmoothing = 0.1\ntest_side = 12\ntest_every = 3"
    plan.write_text(PLAN.replace("batch = 4", f"batch = 4\n{seen}"), encoding="utf-8")
    out = tmp_path / "out"
    assert main(["train", "--plan", str(plan), "--data", str(pictures), "--out", str(out), "--threads", "1"]) == 0
    card = card_of(out)
    assert (card["size"], card["test_pictures"]) == (12, 8)
    assert "resized to 6 growing to 6 pixels" in card["recipe"]
    capsys.readouterr()
    assert main(["verify", str(out), "--data", str(pictures)]) == 0
    _, test = read_pictures(pictures)
    model = as_written(parse_network(NET), out / f"{NET}.safetensors")
    score = evaluate(model, test, torch.tensor(card["mean"]), torch.tensor(card["std"]), side=12)
    assert (round(1 - score.error, 4), round(score.loss, 4)) == (card["test_accuracy"], card["test_loss"])
    last = json.loads((out / f"{NET}.history.json").read_text())["epochs"][-1]
    assert last["test_error"] in (0, 0.3333, 0.6667, 1), "tested on pictures 0, 3 and 6"


def test_the_shipped_networks_on_shapes_are_as_their_cards_say() -> None:
    """These cards name their experiment, so that no pictures need be at hand. Others are at least whole."""
    found = {finding.name: finding for finding in verify(SHIPPED)}
    assert set(found) == set(weights.shipped())
    assert not [finding for finding in found.values() if finding.differences]
    for name, finding in found.items():
        assert finding.measured == weights.card(name).facts["data"].startswith("Shapes"), str(finding)


def test_weights_that_float16_cannot_hold_are_refused(pictures: Path, tmp_path: Path) -> None:
    train, test = read_pictures(pictures)
    mean, std = train.mean_std()
    model = build(parse_network(NET))
    model.bn1.running_var.fill_(1e5)
    with pytest.raises(ValueError, match=r"bn1\.running_var, the largest is 100000"):
        publish(model, NET, {}, tmp_path, train=train, test=test, mean=mean, std=std)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("folder", "said"), [("absent", "is no folder"), ("empty", "has no cards")])
def test_a_folder_without_cards_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], folder: str, said: str
) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["verify", str(tmp_path / folder)]) == 2
    assert capsys.readouterr().err.strip() == f"{str(tmp_path / folder)!r} {said}"
