"""How large a file may be that somebody brings, in bytes. The app's server, its pages and what opens the files hold to it."""

from __future__ import annotations

MAX_PICTURE = 20 * 2**20
MAX_WAITING = 40 * 2**20
"""Of pictures of one session that have arrived and wait to be read: one of the file dialogue's and one of the camera's, or a drop
of many."""
MAX_WAITING_OF_ALL = 500 * 2**20
"""The same of all sessions: about as much memory as the app takes by itself."""
MAX_WEIGHTS = 250 * 10**6
"""ResNet-152 of ImageNet in float32, the largest of the paper's networks, has 241.7 million. Browsers count in such MB."""
