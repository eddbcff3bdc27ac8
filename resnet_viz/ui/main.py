"""The script of every run: configuration, link, navigation, the page, link again."""

from pathlib import Path

import streamlit as st

from resnet_viz.ui.kit import url_state
from resnet_viz.ui.kit.page import show_notices
from resnet_viz.ui.navigation import pages
from resnet_viz.ui.server import after_run

STATIC = Path(__file__).parent / "static"

st.set_page_config(page_title="ResNet, live", page_icon=str(STATIC / "icon.png"), layout="wide")
st.html(STATIC / "app.css")
url_state.load_url()
notices = st.container()
with notices:
    show_notices()
st.navigation(pages(), position="top").run()
with notices:  # what only the page could find out
    show_notices()
url_state.save_url()
after_run()
