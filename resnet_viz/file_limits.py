"""How large a file may be that somebody brings, in bytes. The app's server, its pages and what opens the files hold to it."""

from __future__ import annotations

MAX_PICTURE = 20 * 2**20
MAX_WEIGHTS = 240 * 2**20
"""ResNet-152 of ImageNet in float32, the largest of the paper's networks, has 231 MB."""
