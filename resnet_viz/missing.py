"""`Missing`: something that we rely on without a promise is gone."""

from __future__ import annotations


class Missing(RuntimeError):
    """What a package never promised is no longer where it was."""

    def __init__(self, what: str, seen: str, breaks: str) -> None:
        super().__init__(f"{what} (seen in {seen}) is gone: {breaks}")
