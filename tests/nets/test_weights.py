"""Shipped weights do what their card says; downloads arrive whole or not at all."""

from __future__ import annotations

import hashlib
import http.server
import io
import json
import math
import tarfile
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional as F

from resnet_viz import ResNetSpec, WeightsUnavailable, build, preset, pretrained, trained
from resnet_viz.download import Downloads, Reason
from resnet_viz.nets import akamaster, weights
from resnet_viz.nets.checkpoint import COUNTER
from resnet_viz.text import LANGUAGES, lesson

NAME = "cifar_resnet20"


# Shipped weights


FOLDER = Path(weights.__file__).parent / "trained"


CIFAR = tuple(name for name in weights.shipped() if weights.card(name).facts["data"].startswith("CIFAR-10"))
SHAPES = tuple(name for name in weights.shipped() if weights.card(name).facts["data"].startswith("Shapes"))
PHOTOGRAPHS = "photo_resnet18"


def test_the_networks_that_ship() -> None:
    twins = {preset(f"cifar_resnet{depth}") for depth in (20, 56)}
    bottleneck = ResNetSpec(block="bottleneck", stages=(2, 2, 2), width=16, stem="cifar", classes=10)
    assert {weights.card(name).spec for name in CIFAR} == twins | {spec.plain() for spec in twins} | {bottleneck}
    small = {replace(spec, width=8, stem="cifar/2") for spec in twins}
    assert {weights.card(name).spec for name in SHAPES} == small | {spec.plain() for spec in small}
    assert weights.card(PHOTOGRAPHS).spec == replace(preset("resnet18"), width=32, classes=10)
    assert {*CIFAR, *SHAPES, PHOTOGRAPHS} == set(weights.shipped())
    assert sum(file.stat().st_size for file in FOLDER.glob("*.safetensors")) < 16_000_000
    for names in (CIFAR, SHAPES):  # one recipe and the same pictures
        assert len({(weights.card(name).facts["recipe"], weights.card(name).facts["data_sha256"]) for name in names}) == 1


def test_degradation_is_in_the_recorded_training_error() -> None:
    """The paper's Fig. 6: without skips the deeper network trains worse, with them better."""

    def error(name: str) -> float:
        history = json.loads((FOLDER / f"{name}.history.json").read_text(encoding="utf-8"))
        return float(history["epochs"][-1]["train_error"])

    names = {weights.card(name).spec: name for name in CIFAR}
    shallow, deep = preset("cifar_resnet20"), preset("cifar_resnet56")
    assert error(names[deep.plain()]) > error(names[shallow.plain()])
    assert error(names[deep]) < error(names[shallow])


@pytest.mark.parametrize("name", weights.shipped())
def test_the_card_says_what_is_in_the_file(name: str) -> None:
    card = weights.card(name)
    file = FOLDER / f"{name}.safetensors"
    assert hashlib.sha256(file.read_bytes()).hexdigest() == card.facts["sha256"]
    assert {"data", "recipe", "seed", "test_accuracy", "command", "data_sha256"} <= set(card.facts)
    assert not trained(name).training


@pytest.mark.parametrize("name", CIFAR)
def test_the_history_ends_where_the_card_says(name: str) -> None:
    card = weights.card(name)
    assert card.facts["test_accuracy"] >= (0.85 if name == NAME else 0.5)
    history = json.loads((FOLDER / f"{name}.history.json").read_text(encoding="utf-8"))
    assert history["epochs"][-1]["test_error"] == pytest.approx(1 - card.facts["test_accuracy"], abs=0.005)


def test_a_removed_skip_keeps_every_other_weight() -> None:
    whole, cut = trained(NAME), trained(NAME, preset(NAME).with_skip("layer2.0", False))
    assert all(torch.equal(value, whole.state_dict()[key]) for key, value in cut.state_dict().items())


def test_an_unknown_name_is_quoted() -> None:
    with pytest.raises(WeightsUnavailable, match="'nothing'"):
        trained("nothing")


# The shipped weights and a third party's, on real pictures


EVERY, EVERY_PHOTOGRAPH = 4, 16
"""The steps with which some test pictures are taken: as many of each class. `recorder verify` measures with all."""


def some_pictures(archive: Path, every: int) -> tuple[list[Image.Image], Tensor]:
    """Some of the test pictures, and their classes."""
    images, labels = [], []
    with tarfile.open(archive) as tar:
        members = {m.name.removeprefix("./"): m for m in tar if "test/" in m.name and m.name.endswith(".jpg")}
        classes = sorted({name.split("/")[-2] for name in members})
        for name in sorted(members)[::every]:
            file = tar.extractfile(members[name])
            assert file is not None
            images.append(Image.open(io.BytesIO(file.read())).convert("RGB"))
            labels.append(classes.index(name.split("/")[-2]))
    return images, torch.tensor(labels)


@pytest.fixture(scope="module")
def test_pictures(data: Path) -> tuple[Tensor, Tensor]:
    """Of CIFAR-10, uint8, and their classes."""
    images, labels = some_pictures(data / "cifar10-jpeg.tar.xz", EVERY)
    return torch.from_numpy(np.stack([np.asarray(image) for image in images])).permute(0, 3, 1, 2), labels


@torch.no_grad()
def logits(model: nn.Module, images: Tensor, mean: tuple[float, ...], std: tuple[float, ...]) -> Tensor:
    m, s = torch.tensor(mean)[:, None, None], torch.tensor(std)[:, None, None]
    fast = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    parts = [((part / 255 - m) / s).contiguous(memory_format=torch.channels_last) for part in torch.split(images, 125)]
    return torch.cat([fast(part) for part in parts])


def is_as_right_as_its_card_says(name: str, images: Tensor, labels: Tensor) -> None:
    """As far as a draw of some test pictures, without replacement, can tell."""
    card = weights.card(name)
    accuracy = (logits(trained(name), images, card.mean, card.std).argmax(1) == labels).float().mean().item()
    said, drawn, all_ = card.test_accuracy, len(labels), card.test_pictures
    error = math.sqrt(said * (1 - said) / drawn * (all_ - drawn) / (all_ - 1))
    assert accuracy == pytest.approx(said, abs=3 * error)


@pytest.mark.endurance
@pytest.mark.parametrize("name", CIFAR)
def test_shipped_networks_are_as_right_as_their_cards_say(name: str, test_pictures: tuple[Tensor, Tensor]) -> None:
    is_as_right_as_its_card_says(name, *test_pictures)


@pytest.mark.endurance
def test_the_network_for_photographs_is_as_right_as_its_card_says(data: Path) -> None:
    """At its card's side, by PIL's resizing in the place of torch's."""
    card = weights.card(PHOTOGRAPHS)
    images, labels = some_pictures(data / "imagenette-160.tar", EVERY_PHOTOGRAPH)
    sized = [np.asarray(image.resize((card.size, card.size), Image.Resampling.BILINEAR)) for image in images]
    is_as_right_as_its_card_says(PHOTOGRAPHS, torch.from_numpy(np.stack(sized)).permute(0, 3, 1, 2), labels)


class TheirBlock(nn.Module):
    """Another way to write an option-A block, to compare with."""

    def __init__(self, i: int, o: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(i, o, 3, stride, 1, bias=False), nn.BatchNorm2d(o)
        self.conv2, self.bn2 = nn.Conv2d(o, o, 3, 1, 1, bias=False), nn.BatchNorm2d(o)
        self.stride, self.extra = stride, o - i

    def forward(self, x: Tensor) -> Tensor:
        y = self.bn2(self.conv2(F.relu(self.bn1(self.conv1(x)))))
        if self.extra:
            zeros = torch.zeros(len(x), self.extra // 2, *y.shape[2:])
            x = torch.cat([zeros, F.max_pool2d(x, 1, self.stride), zeros], 1)
        return F.relu(y + x)


class TheirNet(nn.Module):
    def __init__(self, n: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16)
        sizes = [(16, 16, 1), (16, 32, 2), (32, 64, 2)]
        for stage, (i, o, stride) in enumerate(sizes, 1):
            rest = [TheirBlock(o, o, 1) for _ in range(n - 1)]
            self.add_module(f"layer{stage}", nn.Sequential(TheirBlock(i, o, stride), *rest))
        self.linear = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.layer3(self.layer2(self.layer1(F.relu(self.bn1(self.conv1(x))))))
        return self.linear(x.mean((2, 3)))


@pytest.mark.endurance
@pytest.mark.parametrize(("depth", "file", "right"), [(20, "resnet20-12fca82f.th", 0.814), (56, "resnet56-4bfd9763.th", 0.832)])
def test_published_weights_load_and_score_what_their_own_network_scores(
    data: Path, test_pictures: tuple[Tensor, Tensor], depth: int, file: str, right: float
) -> None:
    """On this JPEG copy; their authors state 91.8 % and 93.6 % on the originals (github.com/akamaster/pytorch_resnet_cifar10)."""
    images, labels = test_pictures
    saved = torch.load(data / "akamaster" / file, map_location="cpu", weights_only=True)["state_dict"]
    theirs = TheirNet((depth - 2) // 6).eval()
    theirs.load_state_dict({key.removeprefix("module."): value for key, value in saved.items()})
    ours = build(preset(f"cifar_resnet{depth}")).eval()
    ours.load_state_dict(akamaster.from_akamaster(saved))
    mean, std = akamaster.AKAMASTER_MEAN, akamaster.AKAMASTER_STD
    found = logits(ours, images, mean, std)
    torch.testing.assert_close(found[:250], logits(theirs, images[:250], mean, std), rtol=1e-4, atol=1e-3)
    assert (found.argmax(1) == labels).float().mean().item() == pytest.approx(right, abs=0.0013)


# Downloads


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SimpleNamespace]:
    """A small server in torchvision's place, and an empty cache."""
    buffer = io.BytesIO()
    torch.save(build(preset("resnet18"), 9).state_dict(), buffer)
    box = SimpleNamespace(body=buffer.getvalue(), requests=0)
    name = f"resnet18-{hashlib.sha256(box.body).hexdigest()[:8]}.pth"

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            box.requests += 1
            self.send_response(200)
            self.send_header("Content-Length", str(len(box.body)))
            self.end_headers()
            self.wfile.write(box.body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    box.cache = tmp_path / "checkpoints" / name
    box.url = f"http://127.0.0.1:{server.server_address[1]}/{name}"
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(weights, "_torchvision_weights", lambda _name: SimpleNamespace(url=box.url))
    monkeypatch.setattr(weights, "downloads", Downloads())
    yield box
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_download_reports_progress_and_is_kept(served: SimpleNamespace) -> None:
    seen: list[tuple[int, int]] = []
    model = pretrained("resnet18", progress=lambda done, total: seen.append((done, total)))
    assert torch.equal(model.conv1.weight, build(preset("resnet18"), 9).conv1.weight)
    assert seen[-1] == (len(served.body), len(served.body))
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    pretrained("resnet18")
    assert served.requests == 1, "the second time it is there"
    assert [path.name for path in served.cache.parent.iterdir()] == [served.cache.name], "no temporary file is left"


def test_a_damaged_download_is_thrown_away(served: SimpleNamespace) -> None:
    served.body = served.body[:-10] + b"0123456789"
    with pytest.raises(WeightsUnavailable) as caught:
        pretrained("resnet18")
    assert caught.value.code == "spoiled"
    assert list(served.cache.parent.iterdir()) == []


def test_offline_says_where_the_file_belongs(served: SimpleNamespace) -> None:
    served.url = served.url.replace("127.0.0.1:", "127.0.0.1:1/")  # nobody listens on port 1
    with pytest.raises(WeightsUnavailable, match="offline") as caught:
        pretrained("resnet18")
    folder = str(served.cache.parent)
    assert caught.value.code == "offline"
    assert folder in str(caught.value)
    assert caught.value.values["folder"] == folder


def test_a_damaged_file_in_the_cache(served: SimpleNamespace) -> None:
    served.cache.parent.mkdir()
    served.cache.write_bytes(b"no weights")
    with pytest.raises(WeightsUnavailable) as caught:
        pretrained("resnet18")
    assert caught.value.code == "damaged"
    with pytest.raises(WeightsUnavailable, match="damaged"):
        weights.check_pretrained("resnet18")


def test_torchvisions_first_release_is_taken_and_another_networks_file_is_told(served: SimpleNamespace) -> None:
    served.cache.parent.mkdir()
    whole = build(preset("resnet18"), 9).state_dict()
    torch.save({name: value for name, value in whole.items() if not name.endswith(COUNTER)}, served.cache)
    weights.check_pretrained("resnet18")
    assert torch.equal(pretrained("resnet18").fc.weight, whole["fc.weight"])
    torch.save(build(preset("resnet34"), 9).state_dict(), served.cache)
    for ask in (pretrained, weights.check_pretrained):
        with pytest.raises(
            WeightsUnavailable, match=r"Missing: 0\. Not part of the network: 96 \(layer1\.2\.conv1\.weight, "
        ) as caught:
            ask("resnet18")
        assert caught.value.values["folder"] == str(served.cache.parent)
        assert served.cache.name in caught.value.said("zh")


def test_a_file_is_looked_at_again_only_once_it_has_changed(served: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    served.cache.parent.mkdir()
    served.cache.write_bytes(served.body)
    read, load = [], torch.load
    monkeypatch.setattr(torch, "load", lambda *a, **k: read.append(1) or load(*a, **k))  # type: ignore[func-returns-value]
    monkeypatch.setattr(weights, "build", None)  # no network is made to find out
    for _ in range(3):
        weights.check_pretrained("resnet18")
    assert read == [1]
    served.cache.write_bytes(served.body[:-9])
    with pytest.raises(WeightsUnavailable, match="damaged"):
        weights.check_pretrained("resnet18")


def test_without_leave_to_download_nothing_is_asked(served: SimpleNamespace) -> None:
    with pytest.raises(WeightsUnavailable, match="not on this machine"):
        pretrained("resnet18", download=False)
    assert served.requests == 0


def test_torchvision_has_no_such_network() -> None:
    with pytest.raises(ValueError, match="'cifar_resnet20'"):
        pretrained("cifar_resnet20")


# What is said


def test_every_reason_has_its_words_in_every_language() -> None:
    raised = {*get_args(Reason), "absent", "damaged", "misfit", "unknown", "gone", "broken", "garbled"}
    values = {key: f"[{key}]" for key in ("name", "names", "file", "folder", "other", "where", "missing", "unexpected", "shapes")}
    for language in LANGUAGES:
        assert set(lesson("weights", language).labels) == raised
        for code in raised:
            assert "[file]" in WeightsUnavailable(code, **values).said(language) or code in ("unknown", "busy", "disk")
