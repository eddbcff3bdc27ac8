"""Which of several apps behind one proxy this is. A class lives in one of them, and its code says in which.

`RESNET_VIZ_REPLICA` names this app by a letter of `ALPHABET`; the codes of its classes begin with it, and the proxy sends a link
with `?class=CODE` to the app of that letter.
"""

from __future__ import annotations

import os

from resnet_viz.refused import Refused
from resnet_viz.ui.classroom.classroom import ALPHABET


def replica() -> str:
    """This app's letter; empty where it is the only one. Raises `ValueError` for anything else."""
    name = os.environ.get("RESNET_VIZ_REPLICA", "").upper()
    if name and (len(name) != 1 or name not in ALPHABET):
        raise ValueError(f"RESNET_VIZ_REPLICA must be one of {', '.join(ALPHABET)}, got {os.environ['RESNET_VIZ_REPLICA']!r}")
    return name


def check_here(code: str) -> None:
    """Raises `Refused` where the class of this code lives in another app."""
    own = replica()
    if own and not code.startswith(own):
        raise Refused("class_elsewhere", given=code)
