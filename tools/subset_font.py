"""Make static/cjk.woff2: the characters of the Chinese texts, and no others, from a Noto Sans CJK font.

    python tools/subset_font.py NotoSansCJK-Regular.ttc

Needs fonttools and brotli. Run it after the Chinese texts have changed; a test says when a character is missing.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset

ROOT = Path(__file__).parents[1] / "resnet_viz"
SIMPLIFIED_CHINESE = 2  # the face's place in Noto's collection


def characters() -> str:
    """Every character beyond ASCII in the Chinese texts and the language names."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "text" / "zh").glob("*.md"))]
    return "".join(sorted({c for c in "".join(texts) + "中文" if ord(c) >= 0x2E80}))


def main(source: str) -> None:
    """Write the subset."""
    out = ROOT / "ui" / "static" / "cjk.woff2"
    options = ["--font-number", str(SIMPLIFIED_CHINESE), "--text", characters(), "--flavor", "woff2", "--output-file", str(out)]
    subset.main([source, *(f"{a}={b}" for a, b in zip(options[::2], options[1::2], strict=True)), "--no-hinting"])
    print(f"{len(characters())} characters, {out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(sys.argv[1])
