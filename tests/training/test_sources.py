"""Where pictures come from: what is there is offered, what is broken is named."""

from __future__ import annotations

import io
import pickle
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_viz import ResNetSpec
from resnet_viz.training.data import sources
from resnet_viz.training.data.datasets import cifar10, has_cifar10
from resnet_viz.training.data.sources import available, source
from resnet_viz.training.experiment import Experiment
from resnet_viz.training.trainer import run, watched


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RESNET_VIZ_HOME", str(tmp_path))
    sources._read.cache_clear()
    return tmp_path


def fill(folder: Path, classes: tuple[str, ...], count: int, size: tuple[int, int] = (40, 30)) -> None:
    random = np.random.default_rng(0)
    for name in classes:
        (folder / name).mkdir(parents=True)
        for n in range(count):
            Image.fromarray(random.integers(0, 255, (*size, 3), dtype=np.uint8)).save(folder / name / f"{n}.png")


def fake_cifar(folder: Path) -> dict[str, np.ndarray]:
    """The files of CIFAR-10 with three pictures each, in the format of its authors."""
    at = folder / "cifar-10-batches-py"
    at.mkdir(parents=True)
    random = np.random.default_rng(1)
    names = [f"data_batch_{n}" for n in range(1, 6)] + ["test_batch"]
    data = {name: random.integers(0, 255, (3, 3072), dtype=np.uint8) for name in names}
    for n, name in enumerate(names):
        (at / name).write_bytes(pickle.dumps({"data": data[name], "labels": [n, 1, 2]}))
    (at / "batches.meta").write_bytes(pickle.dumps({"label_names": list(sources.CIFAR_CLASSES)}))
    return data


def test_a_folder_of_ones_own_trains(at_home: Path) -> None:
    fill(at_home / "pictures" / "leaves", ("ash", "oak", "yew"), 12)
    assert available() == ("shapes", "folder-leaves")
    found = source("folder-leaves")
    train, test = found.draw(3)
    assert found.classes == train.classes == ("ash", "oak", "yew")
    assert train.images.shape[1:] == (3, sources.SIDE, sources.SIDE)
    assert len(train.labels) + len(test.labels) == 36
    again, _ = found.draw(3)
    other, _ = found.draw(4)
    assert torch.equal(train.images, again.images)
    assert not torch.equal(train.labels, other.labels)
    spec = ResNetSpec(stages=(1, 1, 1), width=8, stem="cifar/2", shortcut="A", classes=3)
    e = Experiment(spec, data="folder-leaves", steps=3, batch=8)
    assert Experiment.parse(str(e)) == e
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
        source("folder-mixed").draw(0)


def test_a_class_without_pictures_is_named(at_home: Path) -> None:
    fill(at_home / "pictures" / "thin", ("a", "b"), 3)
    (at_home / "pictures" / "thin" / "c").mkdir()
    with pytest.raises(ValueError, match="'c'"):
        source("folder-thin").draw(0)


def test_cifar10_is_read_as_its_authors_wrote_it(at_home: Path) -> None:
    data = fake_cifar(at_home)
    assert has_cifar10(at_home)
    assert "cifar10" in available()
    train, test = cifar10(at_home)
    flat = np.concatenate([data[f"data_batch_{n}"] for n in range(1, 6)])
    assert np.array_equal(train.images.flatten(1).numpy(), flat)
    assert test.labels.tolist() == [5, 1, 2]
    drawn, _ = source("cifar10").draw(0)
    assert sorted(drawn.labels.tolist()) == sorted(train.labels.tolist())


def test_a_damaged_file_is_named(at_home: Path) -> None:
    fake_cifar(at_home)
    path = at_home / "cifar-10-batches-py" / "data_batch_3"
    path.write_bytes(path.read_bytes()[:50])
    with pytest.raises(ValueError, match="data_batch_3"):
        cifar10(at_home)


class _Danger:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("a pickle ran something",)


def test_a_file_that_would_run_code_is_refused(at_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fake_cifar(at_home)
    out = io.BytesIO()
    pickle.dump(_Danger(), out)
    (at_home / "cifar-10-batches-py" / "test_batch").write_bytes(out.getvalue())
    with pytest.raises(ValueError, match="test_batch"):
        cifar10(at_home)
    assert capsys.readouterr().out == ""
