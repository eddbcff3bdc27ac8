"""What is relied on without a promise is still there; where it is not, the failing test says in a sentence what breaks."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import re
import sys
import threading
import tomllib
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa  # type: ignore[import-untyped]
import pytest
import streamlit as st
from streamlit import config, dataframe_util, delta_generator
from streamlit.components.v2.bidi_component import serialization
from streamlit.components.v2.component_path_utils import ComponentPathUtils
from streamlit.config_option import ConfigOption
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session, forward_msg_cache
from streamlit.runtime.scriptrunner_utils import script_run_context
from streamlit.web.server.starlette import starlette_agent_routes, starlette_auth_routes, starlette_routes

from resnet_viz.missing import Missing
from resnet_viz.ui import streamlit_internals, streamlit_uploads
from resnet_viz.ui.components import bundle
from resnet_viz.ui.components.columns import column
from tests.test_architecture import ROOT


@pytest.mark.parametrize("ask", [streamlit_internals.is_back_or_forward, streamlit_internals.page_of_this_run])
def test_a_run_still_says_whether_it_answers_back_and_on_which_page(
    ask: Callable[[], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not ask(), "no run, no Back and no page"
    monkeypatch.setattr(script_run_context, "ScriptRunContext", type("Other", (), {"__dataclass_fields__": {}}))
    with pytest.raises(Missing, match=r"seen in streamlit \d.*is gone: Back and Forward"):
        ask()


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


@pytest.mark.parametrize("name", ["streamlit.emojis", "streamlit.material_icon_names"])
def test_what_the_first_run_waits_for_can_be_imported_before(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    streamlit_internals.import_what_the_first_run_needs()
    assert name in sys.modules
    monkeypatch.setitem(sys.modules, name, None)  # as if there were none
    with pytest.raises(Missing, match=rf"{name} .* is gone: the first visitor waits"):
        streamlit_internals.import_what_the_first_run_needs()


def test_a_remembered_theme_is_the_theme(monkeypatch: pytest.MonkeyPatch) -> None:
    sections = ("theme", "theme.light", "theme.dark", "theme.sidebar")
    options = tomllib.loads((ROOT / ".streamlit/config.toml").read_text(encoding="utf-8"))["theme"]
    for section in ("light", "dark"):
        for name, value in options[section].items():
            monkeypatch.setitem(config.get_config_options(), f"theme.{section}.{name}", ConfigOption(f"theme.{section}.{name}"))
            config.get_config_options()[f"theme.{section}.{name}"].set_value(value, "here")

    def written() -> CustomThemeConfig:
        message = CustomThemeConfig()
        for section, part in zip(sections, (message, message.light, message.dark, message.sidebar), strict=True):
            app_session._populate_theme_msg(part, section)
        return message

    monkeypatch.setattr(app_session, "_populate_theme_msg", app_session._populate_theme_msg)
    plain = written()
    assert plain.dark.primary_color == options["dark"]["primaryColor"]
    streamlit_internals.remember_the_theme()
    assert written() == written() == plain
    monkeypatch.setattr(config, "get_options_for_section", lambda _: pytest.fail("the options were read again"))
    assert written() == plain


def test_which_messages_browsers_keep_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_msg_cache, "config", config)
    least = int(config.get_option("global.minCachedMessageSize"))

    def kept(size: int) -> bool:
        message = ForwardMsg()
        message.delta.new_element.markdown.body = "x" * size
        forward_msg_cache.populate_hash_if_needed(message)
        return message.metadata.cacheable

    streamlit_internals.ask_once_what_is_kept_by_browsers()
    streamlit_internals.ask_once_what_is_kept_by_browsers()
    assert (kept(0), kept(least)) == (False, True)
    monkeypatch.setattr(config, "get_option", lambda _: pytest.fail("the option was asked for again"))
    assert (kept(0), kept(least)) == (False, True)


def test_a_mapping_is_no_table_and_an_array_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serialization, "is_dataframe_like", dataframe_util.is_dataframe_like)
    data = {"about": {"words": ["a", "b"]}, "list": [1, 2], "values": np.arange(5, dtype=np.float32)}
    plain, spared = BidiComponent(), BidiComponent()
    serialization.serialize_mixed_data(data, plain)
    streamlit_internals.take_no_mapping_for_a_table()
    serialization.serialize_mixed_data(data, spared)
    assert spared == plain
    looked = "streamlit.dataframe_util.determine_data_format"
    monkeypatch.setattr(looked, lambda _: pytest.fail("a mapping was searched for tables"))
    serialization.serialize_mixed_data({"about": {"words": []}, "list": []}, BidiComponent())


def test_nobody_looks_for_a_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delta_generator, "_use_warning_has_been_displayed", False)
    looked = list[bool]()
    monkeypatch.setattr("streamlit.env_util.is_repl", lambda: bool(looked.append(True)))
    monkeypatch.setattr("streamlit.runtime.exists", lambda: True)
    delta_generator._maybe_print_use_warning()
    assert looked.pop(), "Streamlit does"
    monkeypatch.setattr(delta_generator, "_use_warning_has_been_displayed", False)
    streamlit_internals.look_for_no_repl()
    delta_generator._maybe_print_use_warning()
    assert not looked


@pytest.mark.parametrize(
    "values", [np.arange(12, dtype=np.uint8).reshape(3, 4), np.linspace(-1, 1, 7, dtype=np.float32), np.zeros(0)]
)
def test_a_column_is_what_streamlit_makes_of_the_array(values: npt.NDArray[Any]) -> None:
    """As the browser reads it: the one column's numbers, in order and in their type."""

    def read(given: object) -> npt.NDArray[Any]:
        table = pa.ipc.open_stream(dataframe_util.convert_anything_to_arrow_bytes(given)).read_all()
        found: npt.NDArray[Any] = table.column(0).to_numpy()
        return found

    ours, theirs = read(column(values)), read(values.ravel())
    assert ours.dtype == theirs.dtype == values.dtype
    np.testing.assert_array_equal(ours, theirs)


def test_what_a_run_keeps_is_its_own() -> None:
    assert streamlit_internals.kept_with_this_run() == {}, "no run, nothing to keep"
    kept: list[dict[str, Any]] = []
    for _ in range(2):
        context: Any = SimpleNamespace()
        thread = threading.Thread(target=lambda: kept.append(streamlit_internals.kept_with_this_run()))
        script_run_context.add_script_run_ctx(thread, context)
        thread.start()
        thread.join()
        assert vars(context)["resnet_viz_kept"] is kept[-1]
    assert kept[0] is not kept[1]


@pytest.mark.parametrize(
    ("owner", "name", "call"),
    [
        (app_session, "_populate_theme_msg", streamlit_internals.remember_the_theme),
        (serialization, "is_dataframe_like", streamlit_internals.take_no_mapping_for_a_table),
        (delta_generator, "_use_warning_has_been_displayed", streamlit_internals.look_for_no_repl),
        (forward_msg_cache, "config", streamlit_internals.ask_once_what_is_kept_by_browsers),
    ],
)
def test_a_run_that_cannot_be_spared_is_said(
    owner: object, name: str, call: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(owner, name)
    with pytest.raises(Missing, match=r"seen in streamlit \d.*is gone: "):
        call()


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
    assert f"/{starlette_routes.BASE_ROUTE_UPLOAD_FILE}/" == streamlit_uploads.UPLOADS, sent
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
