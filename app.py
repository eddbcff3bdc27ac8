"""Start with `streamlit run app.py`."""

from pathlib import Path

import streamlit as st

from resnet_viz import ui
from resnet_viz.ui.classroom.here import classes, outcome
from resnet_viz.ui.classroom.route import class_routes
from resnet_viz.ui.live import CHANNEL
from resnet_viz.ui.live.route import live_route
from resnet_viz.ui.server import lifespan, middleware, on_script_error, one_thread_for_torch, spare_every_run

one_thread_for_torch()
spare_every_run()
app = st.App(
    Path(ui.__file__).with_name("main.py"),
    routes=[live_route(CHANNEL), *class_routes(classes, outcome)],
    lifespan=lifespan,
    middleware=middleware(),
    on_script_error=on_script_error,
)
