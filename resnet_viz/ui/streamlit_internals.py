"""What this app relies on that Streamlit or Starlette do not promise: one function each, called from where it is needed.

Each says in which version it was seen and what its absence would break. Where it is gone, `Missing` is raised, in one
sentence, and `tests/ui/test_streamlit_internals.py` fails with it. Three things stand where Streamlit reads them, and the same
tests watch them: the names of its elements in `ui/static/app.css`, the hidden option `runner.postScriptGC` in
`.streamlit/config.toml`, and the line breaks by which it knows a component's script from a path (`components/bundle.py`).
"""

from __future__ import annotations

import importlib
import importlib.util
import logging
import re
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from resnet_viz.missing import Missing

log = logging.getLogger(__name__)
MEDIA = "/media/"
"""Where pictures and downloads of a session are. Elsewhere they would be kept by caches."""
FOR_ADMINISTRATORS = ("/_stcore/metrics", "/_stcore/script-health-check", "/_stcore/agent/")
"""What tells about the server or drives the app without a browser. Elsewhere it would be open to visitors."""
UNUSED = ("/auth/", "/oauth2callback")
"""Signing in, which this app has not. Elsewhere it would be open."""
SOCKET_LOG = "streamlit.web.server.starlette.starlette_websocket"
"""The logger of the socket, where strangers can cause lines. By another name it would not be bounded."""


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


def kept_with_this_run() -> dict[str, Any]:
    """What stays with the run that is under way and with those of its session that its thread goes on with; empty outside of one.

    Seen in streamlit 1.67: the context of a run is an object of a session's, with attributes. Without it what is asked for a
    hundred times in a run is looked up in the session's state each time.
    """
    context = get_script_run_ctx(suppress_warning=True)
    kept: dict[str, Any] = vars(context).setdefault("resnet_viz_kept", {}) if context else {}
    return kept


_LOST = {
    "is_history_navigation": "Back and Forward do not come back to a view",
    "page_script_hash": "Back and Forward do not come back to a view",
}


def _of_this_run(name: str, default: object) -> object:
    from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

    if not (hasattr(ScriptRunContext, name) or name in ScriptRunContext.__dataclass_fields__):
        raise Missing(f"streamlit's ScriptRunContext.{name}", "streamlit 1.67", _LOST[name])
    context = get_script_run_ctx(suppress_warning=True)
    return getattr(context, name) if context else default


def static_folder() -> Path:
    """Where Streamlit keeps its document `index.html` and, in `static`, the scripts and styles that it names.

    Seen in streamlit 1.67. Without it a first visit takes 2.7 MB instead of 1, and no policy for the document can be made.
    """
    folder = Path(st.__file__).parent / "static"
    if not (folder / "index.html").is_file() or not any((folder / "static").rglob("*.js")):
        raise Missing("the folder of streamlit's document and scripts", "streamlit 1.67", "they cannot be served compressed")
    return folder


@lru_cache
def index_page() -> str:
    """The document that every page of the app is."""
    return (static_folder() / "index.html").read_text(encoding="utf-8")


def inline_scripts(page: str) -> list[str]:
    """The scripts inside a document: a browser that is told our policy runs them by their checksums only.

    Seen in streamlit 1.67: one, in a bare `<script>`. A script written in another way would not run, and no page would open.
    """
    found: list[str] = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    if len(found) != len(re.findall(r"<script\b(?![^>]*\bsrc=)", page)):
        raise Missing("the bare <script> of streamlit's document", "streamlit 1.67", "browsers would not run what it has instead")
    return found


def import_what_the_first_run_needs() -> None:
    """Import what Streamlit imports in the middle of the first run that has an icon: 0.1 s of everybody's time.

    Seen in streamlit 1.67: `streamlit.emojis` and `streamlit.material_icon_names`. Without it the first visitor waits for them.
    """
    for name in ("streamlit.emojis", "streamlit.material_icon_names"):
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise Missing(name, "streamlit 1.67", "the first visitor waits for what replaces it") from error


def remember_the_theme() -> None:
    """Write the theme into a run's first message as it was written before; Streamlit reads 400 options for every run.

    Seen in streamlit 1.67: `app_session._populate_theme_msg`. A theme that is edited while the server runs shows at its next
    start. Without it every run takes a millisecond more.
    """
    from streamlit.runtime import app_session

    populate: Any = getattr(app_session, "_populate_theme_msg", None)
    if populate is None:
        raise Missing("streamlit's _populate_theme_msg", "streamlit 1.67", "every run reads the theme's options")
    if getattr(populate, "remembers", False):
        return
    known: dict[str, bytes] = {}

    def again(message: Any, section: str = "theme") -> None:
        if section not in known:
            populate(message, section)
            known[section] = message.SerializeToString()
        elif known[section]:
            message.MergeFromString(known[section])

    again.remembers = True  # type: ignore[attr-defined]
    app_session._populate_theme_msg = again  # type: ignore[assignment]


def ask_once_what_is_kept_by_browsers() -> None:
    """Ask for the option that says which messages browsers keep once, and not for every message, under the lock of all options.

    Seen in streamlit 1.67: `forward_msg_cache` asks its `config` for `global.minCachedMessageSize`. Without it a class that
    goes to a page together waits for that lock: a sixth of all time where sixty pages are drawn at once.
    """
    from streamlit.runtime import forward_msg_cache

    config: Any = getattr(forward_msg_cache, "config", None)
    if config is None:
        raise Missing(
            "the options of streamlit's forward_msg_cache", "streamlit 1.67", "pages that are drawn at once wait for a lock"
        )
    if not isinstance(config, _Options):
        forward_msg_cache.config = _Options(config.get_option)  # type: ignore[assignment, attr-defined]


class _Options:
    """Streamlit's options as they were when somebody first asked for each."""

    def __init__(self, get_option: Callable[[str], Any]) -> None:
        self.get_option = lru_cache(get_option)


def take_no_mapping_for_a_table() -> None:
    """Send the mappings and lists in a component's data as JSON without trying each kind of table there is on them.

    Seen in streamlit 1.67: `serialization.is_dataframe_like`, which takes a mapping of pandas' columns for a table; we send none.
    Without it every component takes 0.2 ms more.
    """
    from streamlit.components.v2.bidi_component import serialization

    is_table: Any = getattr(serialization, "is_dataframe_like", None)
    if is_table is None:
        raise Missing("streamlit's is_dataframe_like", "streamlit 1.67", "what components are sent is searched for tables")
    if getattr(is_table, "knows_mappings", False):
        return

    def is_dataframe_like(value: object) -> bool:
        return not isinstance(value, dict | list) and bool(is_table(value))

    is_dataframe_like.knows_mappings = True  # type: ignore[attr-defined]
    serialization.is_dataframe_like = is_dataframe_like  # type: ignore[assignment, attr-defined]


def look_for_no_repl() -> None:
    """Leave out the warning for who runs an app in Python's own shell: the first page would wait until every module's source has
    been looked for.

    Seen in streamlit 1.67: `delta_generator._use_warning_has_been_displayed`, before `env_util.is_repl`. Without it the first
    visitor waits 50 ms more.
    """
    from streamlit import delta_generator

    if not isinstance(getattr(delta_generator, "_use_warning_has_been_displayed", None), bool):
        raise Missing("streamlit's _use_warning_has_been_displayed", "streamlit 1.67", "the first page is searched for a shell")
    delta_generator._use_warning_has_been_displayed = True


def is_started_by_streamlit() -> bool:
    """Whether `streamlit run` has started this process, and no other server.

    Seen in streamlit 1.67: its command line is `streamlit.web.cli`. Without it the start does not say where the app is.
    """
    if importlib.util.find_spec("streamlit.web.cli") is None:
        raise Missing("streamlit.web.cli", "streamlit 1.67", "the start does not say where the app is")
    return "streamlit.web.cli" in sys.modules
