"""What is relied on without a promise is still there; where it is not, the failing test says in a sentence what breaks."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import streamlit as st
from starlette.formparsers import MultiPartParser
from streamlit import config
from streamlit.components.v2.component_path_utils import ComponentPathUtils
from streamlit.proto.Common_pb2 import FileURLs as FileURLsProto
from streamlit.runtime import scriptrunner
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.runtime.uploaded_file_manager import UploadedFile, UploadedFileRec
from streamlit.web.server.starlette import starlette_agent_routes, starlette_auth_routes, starlette_routes

from resnet_viz.missing import Missing
from resnet_viz.ui import streamlit_internals
from resnet_viz.ui.components import bundle
from tests.test_architecture import ROOT


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


def test_only_what_has_arrived_is_an_upload() -> None:
    assert streamlit_internals.is_upload(UploadedFile(UploadedFileRec("1", "x.png", "image/png", b"x"), FileURLsProto()))
    assert not streamlit_internals.is_upload(None)


def test_the_document_and_its_scripts_are_where_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named = re.findall(r'"\./(static/[^"]+\.js)"', streamlit_internals.index_page())
    assert named
    assert all((streamlit_internals.static_folder() / name).is_file() for name in named)
    monkeypatch.setattr(st, "__file__", str(tmp_path / "__init__.py"))
    with pytest.raises(Missing, match=r"seen in streamlit \d.*is gone: they cannot be served"):
        streamlit_internals.static_folder()


def test_every_script_of_the_document_is_named_or_allowed() -> None:
    assert len(streamlit_internals.inline_scripts(streamlit_internals.index_page())) == 1
    for other in ("<script nonce='1'>run()</script>", "<script type=module>run()</script>"):
        with pytest.raises(Missing, match="is gone: browsers would not run"):
            streamlit_internals.inline_scripts(f"<script>run()</script><script src='a.js'></script>{other}")


def test_what_the_first_run_waits_for_can_be_imported_before(monkeypatch: pytest.MonkeyPatch) -> None:
    streamlit_internals.import_what_the_first_run_needs()
    assert "streamlit.emojis" in sys.modules
    monkeypatch.setitem(sys.modules, "streamlit.emojis", None)  # as if there were none
    with pytest.raises(Missing, match=r"streamlit\.emojis .* is gone: the first visitor waits"):
        streamlit_internals.import_what_the_first_run_needs()


def test_who_started_the_server_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "streamlit.web.cli", raising=False)
    assert not streamlit_internals.is_started_by_streamlit()
    importlib.import_module("streamlit.web.cli")
    assert streamlit_internals.is_started_by_streamlit()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(Missing, match="is gone: the start does not say"):
        streamlit_internals.is_started_by_streamlit()


def test_addresses_are_streamlits() -> None:
    sent = "streamlit sends this elsewhere: our middleware would not see it"
    assert f"/{starlette_routes.BASE_ROUTE_MEDIA}/" == streamlit_internals.MEDIA, sent
    assert f"/{starlette_routes.BASE_ROUTE_UPLOAD_FILE}/" == streamlit_internals.UPLOADS, sent
    for route in ("ROUTE_METRICS", "ROUTE_SCRIPT_HEALTH"):
        assert f"/{getattr(starlette_routes, route)}" in streamlit_internals.FOR_ADMINISTRATORS, sent
    agents, auth = (
        [f"/{value}" for name, value in vars(module).items() if name.startswith("_ROUTE_") and isinstance(value, str)]
        for module in (starlette_agent_routes, starlette_auth_routes)
    )
    assert agents
    assert auth
    assert all(route.startswith(streamlit_internals.FOR_ADMINISTRATORS) for route in agents), sent
    assert all(route.startswith(streamlit_internals.UNUSED) for route in auth), sent


def test_the_sockets_log_has_its_name() -> None:
    module = importlib.import_module(streamlit_internals.SOCKET_LOG)
    loggers = [value.name for value in vars(module).values() if isinstance(value, logging.Logger)]
    assert loggers == [streamlit_internals.SOCKET_LOG], "by another name the lines that strangers cause would not be bounded"


def test_every_element_that_our_style_names_is_streamlits() -> None:
    style = (ROOT / "resnet_viz/ui/static/app.css").read_text(encoding="utf-8")
    named = {*re.findall(r'data-testid="(\w+)', style), *re.findall(r"\.(st[A-Z]\w+|block-container)", style)}
    assert len(named) > 5
    scripts = [path.read_text(encoding="utf-8") for path in streamlit_internals.static_folder().rglob("*.js")]
    gone = [name for name in sorted(named) if not any(name in script for script in scripts)]
    assert not gone, f"app.css styles elements that streamlit has no more: {gone}"


def test_the_garbage_collector_can_still_be_spared() -> None:
    options = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))
    assert options["runner"]["postScriptGC"] is False
    known = config.get_config_options()
    assert "runner.postScriptGC" in known, "streamlit has no runner.postScriptGC: see whether it collects after every run"


SCRIPTS = [path.relative_to(bundle.FOLDER).as_posix() for path in sorted(bundle.FOLDER.glob("*/*.js"))]


def test_a_components_script_is_taken_for_a_script() -> None:
    whole = [name for name in SCRIPTS if "export default" in (bundle.FOLDER / name).read_text(encoding="utf-8")]
    styles = [path.read_text(encoding="utf-8") for path in bundle.FOLDER.glob("*/*.css")]
    assert len(whole) > 5
    for text in [*map(bundle.script, whole), *styles]:
        assert ComponentPathUtils.looks_like_inline_content(text), f"streamlit takes this for a path: {text[:80]}"
