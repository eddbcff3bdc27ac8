"""What is relied on without a promise is still there; where it is not, the failing test says in a sentence what breaks."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from starlette.formparsers import MultiPartParser
from streamlit.proto.Common_pb2 import FileURLs as FileURLsProto
from streamlit.runtime import scriptrunner
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec

from resnet_viz.ui import streamlit_internals
from resnet_viz.ui.streamlit_internals import Missing


def test_uploads_can_be_kept_in_memory() -> None:
    streamlit_internals.keep_uploads_in_memory()
    assert MultiPartParser.spool_max_size == 0


def test_a_session_keeps_its_newest_uploads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MemoryUploadedFileManager, "add_file", MemoryUploadedFileManager.add_file)  # put back afterwards
    streamlit_internals.keep_newest_uploads(2)
    streamlit_internals.keep_newest_uploads(2)  # once more changes nothing
    manager = MemoryUploadedFileManager("/")
    for number in range(5):
        for session in ("a", "b"):
            manager.add_file(session, UploadedFileRec(f"{session}{number}", "x.png", "image/png", bytes(100)))
    for session in ("a", "b"):
        kept = manager.get_files(session, [f"{session}{number}" for number in range(5)])
        assert [file.file_id for file in kept] == [f"{session}3", f"{session}4"]
    manager.remove_session_files("a")
    assert manager._total_bytes == 200
    assert manager._file_count == 2


def test_a_file_that_has_been_read_is_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = MemoryUploadedFileManager("/")
    files = [UploadedFileRec(str(number), "x.png", "image/png", bytes(100)) for number in range(2)]
    for file in files:
        manager.add_file("a", file)
    context = SimpleNamespace(session_id="a", uploaded_file_mgr=manager)
    monkeypatch.setattr(scriptrunner, "get_script_run_ctx", lambda: context)
    streamlit_internals.forget_upload(UploadedFile(files[0], FileURLsProto()))
    assert manager.get_files("a", ["0", "1"]) == [files[1]]


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [
        (MultiPartParser, "spool_max_size", streamlit_internals.keep_uploads_in_memory),
        (MemoryUploadedFileManager, "remove_file", lambda: streamlit_internals.keep_newest_uploads(2)),
    ],
)
def test_what_is_gone_is_said(owner: type, name: str, call: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(owner, name)
    with pytest.raises(Missing, match=r"seen in (starlette|streamlit) \d.*is gone: uploads"):
        call()  # type: ignore[operator]


@pytest.mark.parametrize("ask", [streamlit_internals.is_back_or_forward, streamlit_internals.page_of_this_run])
def test_a_run_still_says_whether_it_answers_back_and_on_which_page(
    ask: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not ask(), "no run, no Back and no page"
    monkeypatch.setattr(script_run_context, "ScriptRunContext", type("Other", (), {"__dataclass_fields__": {}}))
    with pytest.raises(Missing, match=r"seen in streamlit \d.*is gone: Back and Forward"):
        ask()
