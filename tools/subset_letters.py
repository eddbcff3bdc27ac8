"""Make ui/server's fonts of letters: of Streamlit's fonts what Latin and Greek are written with, signs and mathematics.

    python tools/subset_letters.py

Needs fonttools and brotli. Run it after the texts have begun to use another character, or Streamlit's fonts have changed; tests
say when. The names inside are changed, as the fonts' licence (ui/static/OFL.txt) asks of what is not the original.
"""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from resnet_viz.ui.server.static_files import LETTERS, SmallFont

ROOT = Path(__file__).parents[1] / "resnet_viz"
RANGES = ((0x0020, 0x017F), (0x0391, 0x03C9), (0x2000, 0x209F), (0x2190, 0x22FF))
"""Latin with its accents, Greek, punctuation, raised and lowered digits, arrows, operators: what people may write."""
FEATURES = ["ccmp", "kern", "liga", "locl", "mark", "mkmk"]


def characters() -> set[int]:
    """What the app itself writes: texts, code and scripts."""
    files = [*ROOT.glob("text/*/*.md"), *ROOT.glob("**/*.py"), *ROOT.glob("ui/components/*/*.js")]
    return {ord(character) for path in files for character in path.read_text(encoding="utf-8")}


def main() -> None:
    for small in LETTERS:
        made = letters_of(small)
        small.path.write_bytes(made)
        print(f"{small.file}: {len(made):,} bytes; made_from: {sha256(small.original().read_bytes()).hexdigest()}")


def letters_of(small: SmallFont) -> bytes:
    """The part of Streamlit's font, as WOFF2."""
    font = TTFont(small.original())
    options = subset.Options(layout_features=FEATURES, name_languages=[0x0409], hinting=False, flavor="woff2")
    maker = subset.Subsetter(options)
    maker.populate(unicodes=characters() | {code for first, last in RANGES for code in range(first, last + 1)})
    maker.subset(font)
    for record in font["name"].names:
        if record.nameID != 0:  # whose font it is
            record.string = str(record).replace("Source", "ResnetLive")
    made = io.BytesIO()
    subset.save_font(font, made, options)
    return made.getvalue()


if __name__ == "__main__":
    main()
