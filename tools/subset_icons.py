"""Make ui/server/icons.woff2: of Streamlit's font of 4,300 icons those that the app or Streamlit's own scripts may show.

    python tools/subset_icons.py

Needs fonttools and brotli. Run it after the app has begun to use another icon, or Streamlit's font has changed; tests say when.
"""

from __future__ import annotations

import io
import re
from hashlib import sha256
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from resnet_viz.ui.server.static_files import ICONS
from resnet_viz.ui.streamlit_internals import static_folder

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r":material/([a-z0-9_]+)")
QUOTED = re.compile(r"""["'`:/]([a-z0-9_]{2,40})["'`:]""")


def icons_of_the_app() -> set[str]:
    """The icons that code and texts of the app name."""
    files = [*ROOT.glob("pages/*.py"), *ROOT.glob("resnet_viz/**/*.py"), *ROOT.glob("resnet_viz/text/*/*.md")]
    return {name for path in files for name in NAMED.findall(path.read_text(encoding="utf-8"))}


def scripts_of_streamlit() -> str:
    """The text of all of its scripts."""
    return "".join(path.read_text(encoding="utf-8") for path in (static_folder() / "static" / "js").glob("*.js"))


def ligatures(font: TTFont) -> dict[str, str]:
    """The glyph of each icon by the name that is written for it."""
    letters = {glyph: chr(code) for code, glyph in font.getBestCmap().items()}
    found = {}
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            for first, each in getattr(table, "ExtSubTable", table).ligatures.items():
                found |= {"".join(letters[part] for part in (first, *one.Component)): one.LigGlyph for one in each}
    return found


def main() -> None:
    original = ICONS.original()
    font = TTFont(original)
    glyphs = ligatures(font)
    wanted = icons_of_the_app() | {name for name in QUOTED.findall(scripts_of_streamlit()) if name in glyphs}
    options = subset.Options(layout_closure=False, layout_features=["*"], hinting=False, flavor="woff2")
    maker = subset.Subsetter(options)
    maker.populate(text="abcdefghijklmnopqrstuvwxyz0123456789_", glyphs=[glyphs[name] for name in wanted])
    maker.subset(font)
    made = io.BytesIO()
    subset.save_font(font, made, options)
    ICONS.path.write_bytes(made.getvalue())
    print(f"{len(wanted)} icons, {len(made.getvalue()):,} bytes; made_from: {sha256(original.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
