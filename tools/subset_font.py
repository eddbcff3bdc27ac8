"""Make static/cjk.woff2, the characters of the Chinese texts and no others, and the language switch's own small font.

    python tools/subset_font.py NotoSansCJK-Regular.ttc

Needs fonttools and brotli. Run it after the Chinese texts have changed; a test says when a character is missing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).parents[1] / "resnet_viz"
NAMES = "中文"  # shown on every page: the language switch
SIMPLIFIED_CHINESE = 2  # the face's place in Noto's collection


def characters() -> str:
    """Every character beyond ASCII in the Chinese texts."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "text" / "zh").glob("*.md"))]
    return "".join(sorted({c for c in "".join(texts) + NAMES if ord(c) >= 0x2E80}))


def write(source: str, text: str, name: str) -> None:
    """One subset."""
    out = ROOT / "ui" / "static" / name
    options = {"font-number": SIMPLIFIED_CHINESE, "text": text, "flavor": "woff2", "output-file": out}
    subset.main([source, *(f"--{key}={value}" for key, value in options.items()), "--no-hinting"])
    print(f"{name}: {len(text)} characters, {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    write(sys.argv[1], characters(), "cjk.woff2")
    write(sys.argv[1], NAMES, "cjk-names.woff2")
