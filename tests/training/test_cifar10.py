"""CIFAR-10: read as its author wrote it, refused when damaged, fetched once however many ask."""

from __future__ import annotations

import hashlib
import io
import pickle
import random
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest

from resnet_viz.refused import Refused
from resnet_viz.training.data import cifar10 as module
from resnet_viz.training.data.cifar10 import CIFAR_FOLDER, cifar10_state, download_cifar10
from resnet_viz.training.data.read_cifar10 import cifar10
from tests.training.picture_files import fake_cifar


def test_the_published_checksums_are_torchvisions() -> None:
    from torchvision.datasets import CIFAR10

    theirs = dict([*CIFAR10.train_list, *CIFAR10.test_list, [CIFAR10.meta["filename"], CIFAR10.meta["md5"]]])
    assert theirs == module.CHECKSUMS
    assert (CIFAR10.url, CIFAR10.tgz_md5) == (module.URL, module.ARCHIVE_MD5)


def test_it_is_read_as_its_author_wrote_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cifar10_state(tmp_path) == "absent"
    data = fake_cifar(tmp_path, monkeypatch)
    assert cifar10_state(tmp_path) == "whole"
    train, test = cifar10(tmp_path)
    assert np.array_equal(train.images.reshape(15, -1), np.concatenate([data[name] for name in module.TRAINING]))
    assert test.labels.tolist() == [5, 6, 7]


@pytest.mark.parametrize("name", ["data_batch_3", "test_batch", "batches.meta"])
def test_a_file_that_is_missing_half_or_changed_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_cifar(tmp_path, monkeypatch)
    path = tmp_path / CIFAR_FOLDER / name
    whole = path.read_bytes()
    for content in (whole[:50], whole[:-1] + bytes([whole[-1] ^ 1]), b"", None):
        path.unlink() if content is None else path.write_bytes(content)
        assert cifar10_state(tmp_path) == "damaged"
        with pytest.raises(Refused, match=name):
            cifar10(tmp_path)


def test_damage_of_any_kind_is_one_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """2,000 files with bytes changed, left out or added."""
    fake_cifar(tmp_path, monkeypatch)
    folder, dice = tmp_path / CIFAR_FOLDER, random.Random(4)
    names = ["data_batch_2", "test_batch", "batches.meta"]
    whole = {name: (folder / name).read_bytes() for name in names}
    for n in range(2_000):
        name = names[n % 3]
        damaged = bytearray(whole[name])
        at = dice.randrange(len(damaged))
        if n % 2:
            damaged[at] ^= dice.randrange(1, 256)
        else:
            damaged[at : at + dice.randint(0, 20)] = dice.randbytes(dice.randint(21, 40))
        (folder / name).write_bytes(damaged)
        with pytest.raises(Refused, match=name):
            cifar10(tmp_path)
        (folder / name).write_bytes(whole[name])


class _Danger:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("a pickle ran something",)


def test_a_file_that_would_run_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_cifar(tmp_path, monkeypatch)
    (tmp_path / CIFAR_FOLDER / "test_batch").write_bytes(pickle.dumps(_Danger()))
    with pytest.raises(Refused, match="test_batch"):
        cifar10(tmp_path)
    assert capsys.readouterr().out == ""


# The download, from a server of our own


class Published:
    """An archive that a local server gives out, and how often it was asked for."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        fake_cifar(folder / "published", patch)
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w:gz") as tar:
            tar.add(folder / "published" / CIFAR_FOLDER, CIFAR_FOLDER)
        self.bytes, self.asked, self.may_answer = out.getvalue(), 0, threading.Event()
        self.may_answer.set()


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    found = Published(tmp_path, monkeypatch)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked += 1
            found.may_answer.wait(30)
            self.send_response(200)
            self.send_header("Content-Length", str(len(found.bytes)))
            self.end_headers()
            self.wfile.write(found.bytes)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(module, "URL", f"http://127.0.0.1:{server.server_port}/cifar-10-python.tar.gz")
    monkeypatch.setattr(module, "ARCHIVE_MD5", hashlib.md5(found.bytes).hexdigest())
    yield found
    found.may_answer.set()
    server.shutdown()
    server.server_close()


def test_a_download_replaces_what_is_damaged_and_leaves_nothing_else(tmp_path: Path, published: Published) -> None:
    home = tmp_path / "home"
    (home / CIFAR_FOLDER).mkdir(parents=True)
    (home / CIFAR_FOLDER / "test_batch").write_bytes(b"half of it")
    assert cifar10_state(home) == "damaged"
    download_cifar10(home)
    assert cifar10_state(home) == "whole"
    assert [path.name for path in home.iterdir()] == [CIFAR_FOLDER]


def test_a_class_that_asks_at_once_downloads_once(tmp_path: Path, published: Published) -> None:
    published.may_answer.clear()
    watching = threading.Barrier(7)
    ended: list[BaseException | None] = []

    def ask() -> None:
        once = iter([watching.wait])
        try:
            download_cifar10(tmp_path / "home", lambda _: next(once, lambda: None)())
            ended.append(None)
        except OSError as error:
            ended.append(error)

    students = [threading.Thread(target=ask) for _ in range(6)]
    for student in students:
        student.start()
    watching.wait(30)  # all six look at a download that has not begun to arrive
    published.may_answer.set()
    for student in students:
        student.join(30)
    assert ended == [None] * 6
    assert published.asked == 1
    assert cifar10_state(tmp_path / "home") == "whole"


def test_an_archive_of_another_checksum_is_refused_and_thrown_away(tmp_path: Path, published: Published) -> None:
    published.bytes = b"a login page of the hotel"
    with pytest.raises(OSError, match="checksum"):
        download_cifar10(tmp_path / "home")
    assert list((tmp_path / "home").iterdir()) == []
    assert cifar10_state(tmp_path / "home") == "absent"


def test_without_a_network_it_is_an_os_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "URL", "http://127.0.0.1:9/nothing")
    with pytest.raises(OSError):
        download_cifar10(tmp_path)
