"""Where pictures come from: what is there is offered, what is broken is named."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image

from resnet_viz import ResNetSpec
from resnet_viz.jobs.limits import Limits
from resnet_viz.refused import Refused
from resnet_viz.training.data import folders, sources
from resnet_viz.training.data.load import load
from resnet_viz.training.data.sources import available, source
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import run, watched
from tests.training.picture_files import fake_cifar, fill, write


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESNET_VIZ_HOME", str(tmp_path))
    monkeypatch.setattr(sources, "LISTED", 0.0)
    return tmp_path


def test_a_folder_of_ones_own_trains(at_home: Path) -> None:
    fill(at_home / "pictures" / "leaves", ("ash", "oak", "yew"), 12)
    found = source("folder-leaves")
    assert available() == ("shapes", found.name)
    assert found.name.startswith("folder-leaves-")
    train, test = load(found.name, 3)
    assert found.classes == train.classes == ("ash", "oak", "yew")
    assert train.images.shape[1:] == (3, sources.SIDE, sources.SIDE)
    assert len(train.labels) + len(test.labels) == 36
    again, _ = load(found.name, 3)
    other, _ = load(found.name, 4)
    assert torch.equal(train.images, again.images)
    assert not torch.equal(train.labels, other.labels)
    spec = ResNetSpec(stages=(1, 1, 1), width=8, stem="cifar/2", shortcut="A", classes=3)
    e = Experiment(spec, data="folder-leaves", steps=3, batch=8)
    assert Experiment.parse(str(e)) == e
    assert e.data == found.name, "the run is named by what is in the folder"
    assert [len(step.glimpse.guesses) for step in run(e) if step.glimpse] == [len(watched(test).labels)] * 2


def test_networks_must_fit_the_folder(at_home: Path) -> None:
    fill(at_home / "pictures" / "two", ("a", "b"), 3)
    with pytest.raises(ValueError, match="3 channels and 2 classes"):
        Experiment(ResNetSpec(stages=(1,), classes=10), data="folder-two")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("folder-nothing", "'nothing'"),
        ("folder-one", "'one'"),
        ("folder-../x", "'../x'"),
        ("cifar10", "download"),
        ("cats", "'cats'"),
    ],
)
def test_what_is_not_there_is_named(at_home: Path, name: str, said: str) -> None:
    fill(at_home / "pictures" / "one", ("only",), 2)
    with pytest.raises(ValueError) as caught:
        source(name)
    assert said in str(caught.value)
    assert name not in available()


def test_a_broken_picture_is_named(at_home: Path) -> None:
    fill(at_home / "pictures" / "mixed", ("a", "b"), 3)
    (at_home / "pictures" / "mixed" / "b" / "broken.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"b/broken\.png"):
        load("folder-mixed", 0)


def test_a_class_without_pictures_is_named(at_home: Path) -> None:
    fill(at_home / "pictures" / "thin", ("a", "b"), 3)
    (at_home / "pictures" / "thin" / "c").mkdir()
    with pytest.raises(ValueError, match="'c'"):
        source("folder-thin")


@pytest.mark.parametrize("what", ["iterdir", "stat"])
@pytest.mark.parametrize("part", ["shut", "a"])
def test_a_folder_that_cannot_be_read_is_named_and_hides_no_other(
    at_home: Path, monkeypatch: pytest.MonkeyPatch, what: str, part: str
) -> None:
    for name in ("shut", "open"):
        fill(at_home / "pictures" / name, ("a", "b"), 2)
    whole = getattr(Path, what)

    def shut(path: Path, **how: bool) -> object:
        asked = path if what == "iterdir" else path.parent
        if asked.name == part and "shut" in asked.parts:
            raise PermissionError(13, "Permission denied", str(path))
        return whole(path, **how)

    monkeypatch.setattr(Path, what, shut)
    with pytest.raises(Refused, match=f"{part!r} cannot be read"):
        source("folder-shut")
    assert available() == ("shapes", source("folder-open").name)


def test_a_picture_that_is_deleted_while_its_folder_is_listed_is_not_there(
    at_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(at_home / "pictures" / "leaves", ("a", "b"), 3)
    before, listed = source("folder-leaves"), folders.files_of
    monkeypatch.setattr(folders, "files_of", lambda folder: [*listed(folder), folder / "gone.png"])
    assert source("folder-leaves") == before


def test_other_pictures_are_other_data(at_home: Path) -> None:
    """A run of a folder is never shown as one of the pictures that have taken its place."""
    folder = at_home / "pictures" / "my pictures"
    fill(folder, ("a", "b"), 6)
    before = Experiment(ResNetSpec(stages=(1,), width=4, stem="cifar/2", classes=2), data="folder-my pictures", steps=1, batch=2)
    drawn = load(before.data, 0)
    write(folder / "a" / "0.png", seed=99)
    after = replace(before, data="folder-my pictures")
    assert after.data != before.data
    assert not all(torch.equal(new.images, old.images) for new, old in zip(load(after.data, 0), drawn, strict=True))
    for trains in (Limits().check, lambda e: load(e.data, 0)):
        with pytest.raises(Refused, match="'my pictures' have changed"):
            trains(before)
    assert replace(before, seed=1).data == before.data == Experiment.parse(str(before)).data, "it stays what it is"
    sources._former.clear()  # as in another process
    with pytest.raises(Refused, match="'my pictures' have changed"):
        Experiment.parse(str(before))
    assert Experiment.parse(str(after)) == after


def test_a_channel_that_is_constant_trains(at_home: Path) -> None:
    folder = at_home / "pictures" / "no blue"
    for label, name in enumerate(("a", "b")):
        for n in range(8):
            pixels = write(folder / name / f"{n}.png", (32, 32), seed=10 * label + n).copy()
            pixels[..., 2] = 0
            Image.fromarray(pixels).save(folder / name / f"{n}.png")
    spec = ResNetSpec(stages=(1,), width=4, stem="cifar/2", classes=2)
    steps = list(run(Experiment(spec, data="folder-no blue", steps=5, batch=4)))
    assert [step.stopped for step in steps] == [""] * 5
    assert all(math.isfinite(step.loss) for step in steps)


def test_cifar10_is_offered_only_while_it_is_whole(at_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_cifar(at_home, monkeypatch)
    assert "cifar10" in available()
    train, test = load("cifar10", 0)
    assert (len(train.labels), len(test.labels)) == (15, 3)
    path = at_home / "cifar-10-batches-py" / "data_batch_3"
    path.write_bytes(path.read_bytes()[:50])
    assert "cifar10" not in available()
    with pytest.raises(Refused, match="damaged or incomplete"):
        source("cifar10")


def test_names_that_are_no_folders_of_ours_are_refused() -> None:
    for name in ("folder-", "folder-../x", "folder-a~b", "folder-a!b", "folder-" + "x" * 60, "folder- x", "folder-a/b"):
        with pytest.raises(Refused):
            source(name)
