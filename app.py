"""Start with `streamlit run app.py`."""

import streamlit as st

from resnet_viz.ui.server import lifespan, middleware, on_script_error, one_thread_for_torch

one_thread_for_torch()
app = st.App("resnet_viz/ui/main.py", lifespan=lifespan, middleware=middleware(), on_script_error=on_script_error)
