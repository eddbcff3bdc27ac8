"""One palette: what is written in Python, JavaScript, style sheets and the theme is the same."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import resnet_viz
from resnet_viz.draw import palette
from resnet_viz.draw.colour_scales import colour_scale
from resnet_viz.draw.svg import SYMBOLS

PACKAGE = Path(resnet_viz.__file__).parent
COLOURS = {name: value for name, value in vars(palette).items() if isinstance(value, str) and re.fullmatch("#[0-9A-F]{6}", value)}
NEUTRAL = {
    *("#FFFFFF", "#0F141B", "#F4F6F9", "#1A212B", "#1F2937", "#E5E9F0", "#111827"),  # the theme's paper, ink and soft
    "#D0D5DD",  # a border where the theme names none
    *("#D62728", "#2CA02C", "#1F5FD6"),  # the picture's own red, green and blue
    "#E2812F",  # the lighter stripes of a plain network's bar
    "#1C83E1",  # Streamlit's own blue, which one of its texts mixes with the ink
    "#00754F",  # the green as text on white, dark enough to be read
}


def test_the_scripts_have_pythons_colours() -> None:
    script = (PACKAGE / "ui" / "components" / "shared" / "palette.js").read_text(encoding="utf-8")
    theirs = dict(re.findall(r'^const ([A-Z_]+) = "(#\w+)"$', script, re.MULTILINE))
    assert theirs
    assert {name: value.upper() for name, value in theirs.items()} == {name: COLOURS[name] for name in theirs}


def test_the_themes_colours_are_pythons() -> None:
    theme = tomllib.loads((PACKAGE.parent / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    assert (theme["light"]["primaryColor"], theme["dark"]["primaryColor"]) == (palette.BLUE, palette.BLUE_ON_DARK)
    assert {*theme["chartCategoricalColors"]} <= {*COLOURS.values()}


def test_no_other_colour_stands_anywhere() -> None:
    known = {*COLOURS.values(), *NEUTRAL}
    places = [path for room in ("draw", "ui") for ending in ("css", "js", "py") for path in PACKAGE.glob(f"{room}/**/*.{ending}")]
    for path in places:
        if path.name == "colours.js":  # those of Streamlit's charts, which it takes for a file on white ground
            continue
        found = {colour.upper() for colour in re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8"))}
        assert found <= known, f"{path.name}: {sorted(found - known)}"


def test_what_is_lighter_on_dark_ground_is_so_in_style_sheets() -> None:
    """Such a colour is a variable that follows the theme, with itself for a file, or mixed with the ink, or below white words."""
    app = (PACKAGE / "ui" / "static" / "app.css").read_text(encoding="utf-8")
    pairs = re.findall(r"--rv-(?:residual|slate|green): light-dark\((#\w+), (#\w+)\);", app)
    assert {light.upper(): dark.upper() for light, dark in pairs} == palette.ON_DARK
    fine = r"var\(--rv-\w+, #\w+\)|light-dark\([^)]*\)|#\w+ \d+%, (?:currentColor|var\(--ink\))|\{[^}]*\bcolor: #fff;[^}]*\}"
    for path in [*PACKAGE.glob("draw/*.css"), *PACKAGE.glob("ui/**/*.css")]:
        if path.name != "diagram.css":  # which sets its own for dark ground
            left = re.sub(fine, "", path.read_text(encoding="utf-8")).upper()
            assert not [colour for colour in palette.ON_DARK if colour in left], path.name


def test_scripts_take_their_colours_from_the_palette() -> None:
    """No palette colour stands in a script, of either language, but in those that are the palette."""
    for path in (*PACKAGE.glob("ui/components/**/*.js"), *PACKAGE.glob("**/*.py")):
        text = path.read_text(encoding="utf-8").upper()
        assert path.stem == "palette" or not [value for value in COLOURS.values() if value in text], path.name


def test_scales_and_marks_use_the_palette() -> None:
    assert {*SYMBOLS.values()} <= {*COLOURS.values()}
    stops = colour_scale(True, 9)
    assert {f"#{stops[3 * at : 3 * at + 3].hex()}".upper() for at in (1, 7)} == {palette.BLUE, palette.VERMILION}
