"""A code leads to a view of this server and nowhere else."""

from __future__ import annotations

import re
from itertools import product
from xml.etree import ElementTree

import pytest
import segno

from resnet_viz.ui.server import qr

SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize(
    "path", ["/", "/why?lang=en", "/build?net=resnet18&pick=layer2.0&lang=zh", "/a?b=%2F%2Fc", f"/{'x' * 1999}"]
)
def test_a_view_of_this_server_has_a_code(path: str) -> None:
    assert qr.is_own_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "why",
        "//evil.example/",
        "/\\evil.example",
        "http://evil.example/",
        "/a b",
        "/a\nb",
        "/中文",
        "/a\x7f",
        f"/{'x' * 2000}",
        "@evil.example/",
    ],
)
def test_nothing_else_has_one(path: str) -> None:
    assert not qr.is_own_path(path)


def test_below_a_base_path_only_what_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(qr, "base_path", lambda: "/resnet")
    assert [qr.is_own_path(path) for path in ("/resnet/", "/resnet/why", "/why", "/resnetwork/why")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("host", "listens", "there", "told"),
    [
        ("localhost:8501", True, "192.0.2.7", "192.0.2.7:8501"),
        ("127.0.0.1:80", True, "192.0.2.7", "192.0.2.7:80"),
        ("[::1]:8501", True, "192.0.2.7", "192.0.2.7:8501"),
        ("app.localhost", True, "192.0.2.7", "192.0.2.7"),
        ("localhost:8501", False, "192.0.2.7", "localhost:8501"),
        ("localhost:8501", True, "", "localhost:8501"),
        ("class.example", True, "192.0.2.7", "class.example"),
        ("192.0.2.9:8501", True, "192.0.2.7", "192.0.2.9:8501"),
    ],
)
def test_others_are_told_an_address_that_they_can_reach(
    monkeypatch: pytest.MonkeyPatch, host: str, listens: bool, there: str, told: str
) -> None:
    monkeypatch.setattr(qr, "listens_to_others", lambda: listens)
    monkeypatch.setattr(qr, "network_address", lambda: there)
    assert qr.host_for_others(host) == told


def modules(svg: bytes) -> list[list[int]]:
    """What a camera sees: the squares that the drawing's one line blackens, without the quiet zone around them."""
    root = ElementTree.fromstring(svg)
    side = int(root.attrib["viewBox"].split()[2])
    grid = [[0] * side for _ in range(side)]
    (line,) = (path for path in root.iter(f"{SVG}path") if "stroke" in path.attrib)
    x = y = 0.0
    for command, numbers in re.findall(r"([Mmh])([-\d. ]+)", line.attrib["d"]):
        values = [float(n) for n in re.findall(r"-?[\d.]+", numbers)]
        if command == "h":
            for column in range(int(x), int(x + values[0])):
                grid[int(y)][column] = 1
            x += values[0]
        else:
            x, y = values if command == "M" else (x + values[0], y + values[1])
    margin = range(4)
    assert not any(grid[a][b] or grid[b][a] or grid[-1 - a][b] or grid[b][-1 - a] for a, b in product(margin, range(side)))
    return [row[4:-4] for row in grid[4:-4]]


def test_a_code_is_black_on_white_and_says_its_address() -> None:
    address = "http://192.0.2.7:8501/why?lang=en&panel=small"
    svg = qr.code(address)
    assert ElementTree.fromstring(svg).findtext(f"{SVG}title") == address
    assert b'fill="#fff"' in svg
    assert b'stroke="#000"' in svg
    expected = segno.make_qr(address, error="l", boost_error=False)
    assert modules(svg) == [[int(bit) for bit in row] for row in expected.matrix]
