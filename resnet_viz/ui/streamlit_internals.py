"""What this app relies on that Streamlit or Starlette do not promise: one function each, called from where it is needed.

Each says in which version it was seen and what its absence would break. Where it is gone, `Missing` is raised, in one
sentence, and `tests/ui/test_streamlit_internals.py` fails with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


class Missing(RuntimeError):
    """Something that is not public is no longer where it was."""

    def __init__(self, what: str, seen: str, breaks: str) -> None:
        super().__init__(f"{what} (seen in {seen}) is gone: {breaks}")


def keep_uploads_in_memory() -> None:
    """Let the server hold an upload in memory while it arrives; Starlette moves it to a temporary file at 1 MB.

    Seen in starlette 1.10 and streamlit 1.67, whose upload route parses with it and ends a body above `server.maxUploadSize`.
    Without it uploads pass through the disk, against what README and the page say.
    """
    from starlette.formparsers import MultiPartParser

    if not isinstance(getattr(MultiPartParser, "spool_max_size", None), int):
        raise Missing("starlette's MultiPartParser.spool_max_size", "starlette 1.10", "uploads above 1 MB are written to disk")
    MultiPartParser.spool_max_size = 0  # SpooledTemporaryFile's word for "never"


def keep_newest_uploads(count: int) -> None:
    """Keep at most `count` files of a session; Streamlit would keep all that a browser cares to send until the session ends.

    Seen in streamlit 1.67: `MemoryUploadedFileManager.file_storage`, session to file to record, in the order of their coming.
    Without it one browser could fill the memory with files that no page ever looks at.
    """
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager as Manager

    add: Any = getattr(Manager, "add_file", None)
    if add is None or not hasattr(Manager, "remove_file") or not isinstance(getattr(Manager("/"), "file_storage", None), dict):
        raise Missing("streamlit's MemoryUploadedFileManager", "streamlit 1.67", "uploads of a session are not bounded")
    if getattr(add, "keeps_newest", False):
        return

    def add_file(self: Any, session_id: str, file: Any) -> None:
        add(self, session_id, file)
        for old in list(self.file_storage.get(session_id, ()))[:-count]:
            self.remove_file(session_id, old)

    add_file.keeps_newest = True  # type: ignore[attr-defined]
    Manager.add_file = add_file  # type: ignore[method-assign]


def forget_upload(file: UploadedFile) -> None:
    """Let go of the bytes of a file that has been read; Streamlit would keep them until the session ends.

    Seen in streamlit 1.67, whose chat input does the same. At the next run the widget's value is a file without content.
    Without it a class of a hundred keeps a hundred photographs of several megabytes.
    """
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx()
    if context and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def is_back_or_forward() -> bool:
    """Whether the run that is under way answers the browser's Back or Forward, and no click.

    Seen in streamlit 1.67: `ScriptRunContext.is_history_navigation`. Without it Back could not be told from a click that
    overtakes the answer to the click before it, and carries an older address too.
    """
    return bool(_of_this_run("is_history_navigation", default=False))


def page_of_this_run() -> str:
    """What identifies the page that is asked for and, once `st.navigation` has run, the page that is shown.

    Seen in streamlit 1.67: `ScriptRunContext.page_script_hash`. Without it a link inside the app would lose its values.
    """
    return str(_of_this_run("page_script_hash", default=""))


def _of_this_run(name: str, default: object) -> object:
    from streamlit.runtime.scriptrunner import get_script_run_ctx
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

    if not (hasattr(ScriptRunContext, name) or name in ScriptRunContext.__dataclass_fields__):
        raise Missing(f"streamlit's ScriptRunContext.{name}", "streamlit 1.67", "Back and Forward do not come back to a view")
    context = get_script_run_ctx(suppress_warning=True)
    return getattr(context, name) if context else default
