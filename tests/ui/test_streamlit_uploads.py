"""What is relied on for files that people bring is still there; where it is not, the failing test says what breaks."""

from __future__ import annotations

import inspect
import tracemalloc
from collections.abc import AsyncGenerator, Callable
from types import SimpleNamespace

import pytest
from starlette import formparsers
from starlette.datastructures import Headers, UploadFile
from streamlit.proto.Common_pb2 import FileURLs as FileURLsProto
from streamlit.runtime import scriptrunner
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile, UploadedFileRec

from resnet_viz.missing import Missing
from resnet_viz.ui import streamlit_uploads
from tests.loops import run as in_a_loop


def test_uploads_can_be_kept_in_memory() -> None:
    """And what is read of one is its very buffer: twenty megabytes are in memory once."""
    streamlit_uploads.keep_uploads_in_memory()

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield b'--edge\r\nContent-Disposition: form-data; name="file"; filename="x"\r\n\r\n'
        for _ in range(20):
            yield bytes(2**20)
        yield b"\r\n--edge--\r\n"

    async def arrived() -> tuple[bytes, int]:
        headers = Headers({"content-type": "multipart/form-data; boundary=edge"})
        form = await formparsers.MultiPartParser(headers, pieces()).parse()
        file = form["file"]
        assert isinstance(file, UploadFile)
        tracemalloc.start()
        try:
            return await file.read(), tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    data, more = in_a_loop(arrived())
    assert data == bytes(20 * 2**20)
    assert more < 2**20


class Noting:
    """Keeps large files as long as they are let be, and says so."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.drops: list[Callable[[], None]] = []

    def arrived(self, file: str, drop: Callable[[], None]) -> None:
        self.said.append(f"{file} came")
        self.drops.append(drop)

    def gone(self, file: str) -> None:
        self.said.append(f"{file} went")


@pytest.mark.parametrize(("most_bytes", "most_files"), [(250, 9), (10_000, 2)])
def test_a_session_keeps_its_newest_uploads(most_bytes: int, most_files: int, monkeypatch: pytest.MonkeyPatch) -> None:
    as_streamlit_has_them(monkeypatch)
    for _ in range(2):  # once more changes nothing
        streamlit_uploads.keep_newest_uploads(most_bytes, most_files, 10_000, 100, Noting())
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


def as_streamlit_has_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Now and after the test; another one may have started the app."""
    for name in ("add_file", "remove_file"):
        monkeypatch.setattr(MemoryUploadedFileManager, name, inspect.unwrap(getattr(MemoryUploadedFileManager, name)))


def test_all_sessions_together_keep_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    as_streamlit_has_them(monkeypatch)
    streamlit_uploads.keep_newest_uploads(250, 9, 300, 100, Noting())
    manager = MemoryUploadedFileManager("/")
    for session in "abcd":
        manager.add_file(session, UploadedFileRec(session, "x.png", "image/png", bytes(100)))
    assert [len(manager.get_files(session, [session])) for session in "abcd"] == [0, 1, 1, 1]
    manager.remove_session_files("b")
    manager.remove_file("c", "c")
    for session in "ef":
        manager.add_file(session, UploadedFileRec(session, "x.png", "image/png", bytes(100)))
    assert [len(manager.get_files(session, [session])) for session in "def"] == [1, 1, 1], "what has been read takes no room"


def test_a_large_file_takes_no_room_from_a_sessions_small_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    as_streamlit_has_them(monkeypatch)
    large = Noting()
    streamlit_uploads.keep_newest_uploads(250, 9, 10_000, 100, large)
    manager = MemoryUploadedFileManager("/")
    for name, size in (("small", 100), ("large", 1000), ("other", 100)):
        manager.add_file("a", UploadedFileRec(name, "x", "", bytes(size)))
    assert [file.file_id for file in manager.get_files("a", ["small", "large", "other"])] == ["small", "large", "other"]
    large.drops[0]()
    manager.remove_file("a", "other")
    assert [file.file_id for file in manager.get_files("a", ["small", "large", "other"])] == ["small"]
    assert large.said == ["large came", "large went", "other went"]


def test_a_file_that_has_been_read_is_let_go_of(monkeypatch: pytest.MonkeyPatch) -> None:
    manager = MemoryUploadedFileManager("/")
    files = [UploadedFileRec(str(number), "x.png", "image/png", bytes(100)) for number in range(2)]
    for file in files:
        manager.add_file("a", file)
    context = SimpleNamespace(session_id="a", uploaded_file_mgr=manager)
    monkeypatch.setattr(scriptrunner, "get_script_run_ctx", lambda: context)
    value = UploadedFile(files[0], FileURLsProto())
    streamlit_uploads.forget_upload(value)
    assert value.getvalue() == b"", "the session's state keeps the value until the next run"
    assert manager.get_files("a", ["0", "1"]) == [files[1]]


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [
        (formparsers, "SpooledTemporaryFile", streamlit_uploads.keep_uploads_in_memory),
        (MemoryUploadedFileManager, "remove_file", lambda: streamlit_uploads.keep_newest_uploads(2, 2, 2, 2, Noting())),
    ],
)
def test_what_is_gone_is_said(owner: object, name: str, call: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(owner, name)
    with pytest.raises(Missing, match=r"seen in (starlette|streamlit) \d.*is gone: uploads"):
        call()  # type: ignore[operator]


def test_only_what_has_arrived_is_an_upload_and_what_is_not_there_any_more_is_gone() -> None:
    arrived = UploadedFile(UploadedFileRec("1", "x.png", "image/png", b"x"), FileURLsProto())
    told = [(streamlit_uploads.is_upload(one), streamlit_uploads.is_gone(one)) for one in (arrived, DeletedFile("1"), None)]
    assert told == [(True, False), (False, True), (False, False)]
