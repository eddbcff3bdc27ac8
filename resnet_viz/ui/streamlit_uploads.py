"""What this app relies on for files that people bring, and that Streamlit or Starlette do not promise.

As in `streamlit_internals`: one function each, the version in which it was seen, and what its absence would break.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Protocol, TypeGuard

from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile

from resnet_viz.missing import Missing

UPLOADS = "/_stcore/upload_file/"
"""Where files are sent to. Elsewhere they would be neither counted nor bounded."""


def keep_uploads_in_memory() -> None:
    """Let the server hold an upload in memory while it arrives, and once; Starlette moves it to a temporary file at 1 MB.

    Seen in starlette 1.10 and streamlit 1.67, whose upload route parses with it and ends a body above `server.maxUploadSize`.
    Without it uploads pass through the disk, against what README and the page say.
    """
    from starlette import formparsers

    if not hasattr(formparsers, "SpooledTemporaryFile"):
        raise Missing(
            "the SpooledTemporaryFile of starlette's formparsers", "starlette 1.10", "uploads above 1 MB are written to disk"
        )
    formparsers.SpooledTemporaryFile = _InMemory


class _InMemory(io.BytesIO):
    """The file of a form, as Starlette uses it."""

    _rolled = False
    """By which Starlette knows that it need not leave the event loop to write."""

    def __init__(self, max_size: int = 0) -> None:
        super().__init__()

    def seek(self, offset: int, whence: int = 0) -> int:
        """Before it is read: the buffer is cut to its content, and the bytes that are read are this buffer, not a second one."""
        self.getvalue()
        return super().seek(offset, whence)


class Large(Protocol):
    """Who decides how long a file stays that is larger than a picture."""

    def arrived(self, file: str, drop: Callable[[], None]) -> None: ...

    def gone(self, file: str) -> None: ...


def keep_newest_uploads(most_bytes: int, most_files: int, most_together: int, large_from: int, large: Large) -> None:
    """Keep the newest files of a session, so many and together so large at most, and of all sessions so many bytes.

    How long larger ones stay `large` is asked.

    Streamlit would keep all that a browser cares to send until the session ends.
    Seen in streamlit 1.67: `MemoryUploadedFileManager.file_storage`, session to file to record, in the order of their coming.
    Without it one browser could fill the memory with files that no page ever looks at.
    """
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager as Manager

    add: Any = inspect.unwrap(getattr(Manager, "add_file", id))  # a second call takes the place of the first
    remove: Any = inspect.unwrap(getattr(Manager, "remove_file", id))
    if id in (add, remove) or not isinstance(getattr(Manager("/"), "file_storage", None), dict):
        raise Missing("streamlit's MemoryUploadedFileManager", "streamlit 1.67", "uploads of a session are not bounded")

    arrived: dict[tuple[str, str], int] = {}
    """Bytes of the files of all sessions, in the order of their coming."""

    @wraps(add)
    def add_file(self: Any, session_id: str, file: Any) -> None:
        add(self, session_id, file)
        if len(file.data) > large_from:
            large.arrived(file.file_id, partial(self.remove_file, session_id, file.file_id))
            return
        size = number = 0
        for name, record in reversed(list(self.file_storage.get(session_id, {}).items())):
            if len(record.data) <= large_from:
                size, number = size + len(record.data), number + 1
                if number > most_files or size > most_bytes:
                    self.remove_file(session_id, name)
        arrived[session_id, file.file_id] = len(file.data)
        for session, name in [of for of in arrived if of[1] not in self.file_storage.get(of[0], {})]:
            del arrived[session, name]
        while sum(arrived.values()) > most_together:
            session, name = next(iter(arrived))
            del arrived[session, name]
            self.remove_file(session, name)

    @wraps(remove)
    def remove_file(self: Any, session_id: str, file_id: str) -> None:
        remove(self, session_id, file_id)
        large.gone(file_id)

    Manager.add_file = add_file  # type: ignore[method-assign]
    Manager.remove_file = remove_file  # type: ignore[method-assign]


def forget_upload(file: UploadedFile) -> None:
    """Let go of the bytes of a file that has been read; Streamlit would keep them until the session ends.

    Seen in streamlit 1.67, whose chat input does the same. At the next run the widget's value is a file without content; until
    then the session's state holds it, so its bytes are cut off here.
    Without it a class of a hundred keeps a hundred photographs of several megabytes.
    """
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
    file.truncate(0)


def is_upload(value: object) -> TypeGuard[UploadedFile]:
    """Whether a widget's value is a file that has arrived.

    Seen in streamlit 1.67: its class is `streamlit.runtime.uploaded_file_manager.UploadedFile`. Without it no picture is taken.
    """
    return isinstance(value, UploadedFile)


def is_gone(value: object) -> TypeGuard[DeletedFile]:
    """Whether a widget's value is a file that has arrived once and is not in memory any more: read, or dropped before.

    Seen in streamlit 1.67: its class is `streamlit.runtime.uploaded_file_manager.DeletedFile`. Without it nobody is told.
    """
    return isinstance(value, DeletedFile)
