"""Pictures of one's own, as people bring them: pasted large ones, files whose type the browser does not know."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from resnet_viz.text import lesson
from resnet_viz.ui.components.gallery import MAX_PASTED
from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
WORDS = lesson("activations").labels

_PASTE = """
() => {
  const transfer = new DataTransfer()
  transfer.items.add(document.querySelector("#brought").files[0])
  document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }))
}
"""


def noise(width: int, height: int, colour: tuple[int, int, int]) -> Image.Image:
    """A picture of one colour that cannot be compressed."""
    spread = np.random.default_rng(0).integers(-40, 41, (height, width, 3))
    return Image.fromarray((np.array(colour) + spread).clip(0, 255).astype(np.uint8))


def png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def paste(page: Page, path: Path) -> None:
    """As if the file were on the clipboard."""
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<input type=file id=brought hidden>')")
    page.locator("#brought").set_input_files(path)
    page.evaluate(_PASTE)
    page.evaluate("document.querySelector('#brought').remove()")


def expect_mine(page: Page) -> None:
    mine = page.get_by_role("radio", name=WORDS["sample_own"])
    expect(mine).to_have_attribute("aria-checked", "true", timeout=60_000)


def thumbnail_of_mine(page: Page) -> str:
    source = page.get_by_role("radio", name=WORDS["sample_own"]).locator("img").get_attribute("src")
    assert source
    return source


def average_of_mine(page: Page) -> np.ndarray:
    """The mean colour of the thumbnail that the server made of it."""
    image = Image.open(io.BytesIO(base64.b64decode(thumbnail_of_mine(page).split(",")[1])))
    return np.asarray(image.convert("RGB")).mean((0, 1))


@pytest.mark.endurance
def test_a_pasted_picture_of_25_megabytes(visit: Visit, tmp_path: Path) -> None:
    """It is made smaller before it is sent: the socket stays open, and the server has the picture."""
    file = tmp_path / "large.png"
    file.write_bytes(png(noise(3400, 3000, (200, 60, 90))))
    assert file.stat().st_size > 25e6
    visitor = visit()
    page = visitor.open("/activations")
    sockets: list[object] = []
    page.on("websocket", lambda socket: sockets.append(socket))  # a new one comes only where the old one has broken
    expect(page.get_by_role("radio", name=WORDS["sample_church"])).to_be_visible()
    paste(page, file)
    expect_mine(page)
    assert np.abs(average_of_mine(page) - (200, 60, 90)).max() < 8
    assert sockets == []


def test_what_cannot_be_read_is_said(visit: Visit, tmp_path: Path) -> None:
    """Too large to send and too damaged to be made smaller: here. A small damaged one is judged by the server."""
    file = tmp_path / "damaged.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(MAX_PASTED))
    visitor = visit()
    page = visitor.open("/activations")
    expect(page.get_by_role("radio", name=WORDS["sample_church"])).to_be_visible()
    paste(page, file)
    said = page.get_by_role("status").filter(has_text=WORDS["paste_heavy"].format(limit_mb=15))
    expect(said).to_be_visible()
    page.emulate_media(color_scheme="dark")  # everything is drawn anew
    expect(page.get_by_test_id("stApp")).to_have_css("background-color", "rgb(15, 20, 27)")
    visitor.settled()
    expect(said).to_be_visible()
    file.write_bytes(png(noise(60, 40, (9, 200, 90)))[:900])
    paste(page, file)
    expect(page.get_by_text(WORDS["picture_damaged"])).to_be_visible(timeout=30_000)
    expect(said).to_have_count(0)


def test_the_bytes_decide_not_the_name(visit: Visit) -> None:
    """Browsers know no type for these; Chromium would not even pass them on where a type is asked for."""
    page = visit().open("/activations")
    page.get_by_text(WORDS["more"]).click()
    bring(page, "IMG_1234", png(noise(64, 48, (10, 200, 30))), (10, 200, 30))
    church = page.get_by_role("radio", name=WORDS["sample_church"])
    church.click()
    page.wait_for_url(lambda url: "pic=own" not in url)
    expect(church).to_have_attribute("aria-checked", "true")  # the file, let go of by now, does not come again
    bring(page, "picture.unknown", png(noise(64, 48, (200, 10, 30))), (200, 10, 30))
    heif = pytest.importorskip("pillow_heif")
    buffer = io.BytesIO()
    heif.from_pillow(noise(64, 48, (10, 30, 200))).save(buffer)
    bring(page, "IMG_1234.heic", buffer.getvalue(), (10, 30, 200))


def bring(page: Page, name: str, data: bytes, colour: tuple[int, int, int]) -> None:
    """Choose a file of one colour; it replaces the one that is there, if any."""
    mine = page.get_by_role("radio", name=WORDS["sample_own"])
    before = thumbnail_of_mine(page) if mine.count() else ""
    page.locator("input[type=file]").first.set_input_files(FilePayload(name=name, mimeType="", buffer=data))
    expect_mine(page)
    expect(mine.locator("img")).not_to_have_attribute("src", before)
    assert np.abs(average_of_mine(page) - colour).max() < 12
