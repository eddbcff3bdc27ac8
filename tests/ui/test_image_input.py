"""What a browser reports as a pasted picture is parsed: a picture, or a sentence, and the old picture stays."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image

from resnet_viz.ui.components.gallery import read_pasted
from resnet_viz.ui.kit import image_input, url_state


def pasted(value: object, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    session: dict[str, Any] = {}
    monkeypatch.setattr(image_input.st, "session_state", session)
    monkeypatch.setattr(url_state, "put", lambda param, value: session.update({param.name: value}))
    image_input.take(read_pasted(value))
    return session


def test_a_pasted_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
    session = pasted(base64.b64encode(buffer.getvalue()).decode(), monkeypatch)
    assert session["own_picture"].getpixel((9, 9)) == (0, 128, 128)
    assert session["pic"] == "own"


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "empty"),
        (7, "empty"),
        (float("nan"), "empty"),
        (["aGVsbG8="], "empty"),
        ({"a": 1}, "empty"),
        ("no base64!", "empty"),
        ("图片", "empty"),
        ("aGVsbG8=", "format"),
        (base64.b64encode(bytes(20 * 2**20 + 1)).decode(), "too-heavy"),
    ],
)
def test_anything_else_is_a_sentence(value: object, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    session = pasted(value, monkeypatch)
    assert session["picture_problem"][0] == code
    assert "own_picture" not in session
    assert "pic" not in session
