"""The one reader of picture folders: every kind of picture as a person sees it, every fault named."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnet_viz.refused import Refused
from resnet_viz.training.data.folders import classes_of, listing_digest
from resnet_viz.training.data.read_folder import read_folder
from tests.training.picture_files import fill, write


def refused(folder: Path, **how: int) -> Refused:
    with pytest.raises(Refused) as caught:
        read_folder(folder, **how)
    assert repr(caught.value.values["given"]) in str(caught.value)
    return caught.value


def test_a_folder_is_read_in_the_order_of_names(tmp_path: Path) -> None:
    second = write(tmp_path / "frog" / "2.PNG", seed=2)
    first = write(tmp_path / "frog" / "1.png", mode="L", seed=1)
    others = [write(tmp_path / "cat" / f"{n}.bmp", seed=n) for n in (8, 9)]
    (tmp_path / "frog" / "notes.txt").write_text("no picture")
    (tmp_path / "readme.txt").write_text("no class")
    found = read_folder(tmp_path)
    assert found.classes == ("cat", "frog")
    assert found.labels.tolist() == [0, 0, 1, 1]
    assert np.array_equal(found.images, np.stack([*others, first, second]).transpose(0, 3, 1, 2))


def test_what_is_hidden_is_no_class_and_no_picture(tmp_path: Path) -> None:
    fill(tmp_path, ("cat", "frog"), 2)
    fill(tmp_path, (".ipynb_checkpoints", "__MACOSX", ".hidden"), 2)
    (tmp_path / "cat" / "._0.png").write_bytes(b"Mac OS X")
    (tmp_path / "cat" / ".thumb.png").write_bytes(b"")
    assert read_folder(tmp_path).classes == ("cat", "frog")
    assert len(read_folder(tmp_path).labels) == 4


def test_pictures_are_as_a_person_sees_them(tmp_path: Path) -> None:
    """Turned upright, 16 bits scaled to 8, transparent parts white, palettes looked up, frames of a film the first one."""
    wide = np.zeros((4, 6, 3), dtype=np.uint8)
    wide[:, :3] = 250
    turned = Image.fromarray(wide).transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise to see it upright
    folder = tmp_path / "a"
    folder.mkdir()
    turned.save(folder / "0.png", exif=exif)
    Image.fromarray((np.full((4, 6), 0x80FF)).astype(np.uint16)).save(folder / "1.tif")
    Image.new("RGBA", (6, 4), (200, 0, 0, 0)).save(folder / "2.webp", lossless=True)
    Image.new("RGB", (6, 4), (10, 200, 30)).quantize(4).save(folder / "3.gif")
    fill(tmp_path, ("b",), 2, (6, 4))
    images = read_folder(tmp_path).images[:4].transpose(0, 2, 3, 1)
    assert np.array_equal(images[0], wide)
    assert np.unique(images[1]).tolist() == [0x80FF // 257]
    assert np.unique(images[2]).tolist() == [255]
    assert np.abs(images[3].astype(int) - (10, 200, 30)).max() <= 8


def test_faults_are_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "absent").code == "folder"
    fill(tmp_path / "single", ("only",), 3)
    assert refused(tmp_path / "single").code == "folder"
    fill(tmp_path / "thin", ("a", "b"), 2)
    (tmp_path / "thin" / "c").mkdir()
    assert refused(tmp_path / "thin").values == {"given": "c", "count": 0}
    fill(tmp_path / "mixed", ("a", "b"), 2)
    write(tmp_path / "mixed" / "b" / "7.png", size=(7, 5))
    assert refused(tmp_path / "mixed").values == {"given": "b/7.png", "first": "40×30", "size": "7×5"}
    assert len(read_folder(tmp_path / "mixed", side=8).labels) == 5, "cut to one size they fit"
    whole = (tmp_path / "mixed" / "a" / "0.png").read_bytes()
    for name, content in {"half.png": whole[: len(whole) // 2], "empty.jpg": b"", "text.gif": b"no picture"}.items():
        fill(tmp_path / name, ("a", "b"), 2)
        (tmp_path / name / "b" / name).write_bytes(content)
        assert refused(tmp_path / name, side=8).values["given"] == f"b/{name}"


def test_the_digest_tells_folders_apart(tmp_path: Path) -> None:
    fill(tmp_path, ("a", "b"), 3)
    first = tmp_path / "a" / "0.png"
    seen = [listing_digest(tmp_path)]
    assert listing_digest(tmp_path) == seen[0]

    def differs() -> None:
        seen.append(listing_digest(tmp_path))
        assert len(set(seen)) == len(seen)

    size, at = first.stat().st_size, first.stat().st_mtime_ns
    first.write_bytes(b"x" * size)
    os.utime(first, ns=(at + 1, at + 1))
    differs()
    first.rename(first.with_name("z.png"))
    differs()
    write(tmp_path / "b" / "more.png")
    differs()
    fill(tmp_path, ("c",), 2)
    differs()
    (tmp_path / "a" / "._junk.png").write_bytes(b"")
    assert listing_digest(tmp_path) == seen[-1], "what is not read does not count"
    assert classes_of(tmp_path) == ("a", "b", "c")
