"""The page with what surrounds every page of ours: headers, policy, routes."""

import streamlit as st

from resnet_viz.ui.server import lifespan, middleware, on_script_error

app = st.App("page.py", lifespan=lifespan, middleware=middleware(), on_script_error=on_script_error)
