"""Figures of every kind that lessons draw: components with canvases and with SVG, Plotly, pictures, HTML, words."""

from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from PIL import Image

from resnet_viz import plan, preset, ui
from resnet_viz.csv_table import table as csv
from resnet_viz.draw import palette
from resnet_viz.ui.components.curves import Curve, curves, training_views
from resnet_viz.ui.components.figure import figure as drawing
from resnet_viz.ui.kit import network_picker, url_state
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.page import open_page
from resnet_viz.ui.kit.shared_params import SHARED
from resnet_viz.ui.kit.words import text

COLOURS = (*palette.ON_DARK, palette.VERMILION)
HTML = (
    "<div style='background:#0072b2;color:#fff;padding:20px;border-radius:8px'>white on blue</div>"
    "<div style='border:1px dashed;padding:4px;width:50%'>framed</div><div style='display:none'>hidden</div>"
)

st.html(Path(ui.__file__).parent / "static" / "app.css")
url_state.start()
url_state.load(SHARED)
open_page("home")
degradation = text("degradation").labels
with figure("curves", "Training error of **plain** and residual networks, $y = x$.", "measured", "two runs"):
    lines = [
        Curve("plain-8", "plain", 8, [0.9, 0.5, 0.4], [2.0, 1.0, 0.5]),
        Curve("residual-8", "residual", 8, [0.9, 0.4, 0.3], [2.0, 0.9, 0.4]),
    ]
    curves(lines, views=training_views(10), steps=3, words=degradation, key="curves")
with figure("diagram", "A network as a diagram.", "recorded"):
    network_picker.show_diagram(plan(preset("resnet18")), key="diagram", hint="")
with figure(
    "chart", "Bars.", "cited", files=[Download("CSV", "bars.csv", "text/csv", lambda: csv([["layer", "norm"], ["fc", 1]]))]
):
    bars = go.Figure([go.Bar(x=["a", "b"], y=[1, 2], marker={"color": colour}) for colour in COLOURS])
    st.plotly_chart(bars.update_layout(title="Two bars", showlegend=False), key="bars")
with figure("picture", "Eight squares."):
    st.image(Image.fromarray((np.indices((8, 8)).sum(0) % 2 * 200).astype(np.uint8)), width=300)
with figure("words", "Words in boxes."):
    st.html(HTML)
    st.markdown("A sentence with **bold** words, :blue[blue ones] and `code`, long enough to be broken on a phone's screen.")
    st.button("left out", key="left_out")
with figure("svg", "A drawing."):
    drawing(
        "<svg viewBox='0 0 80 40'><style>.a { fill: #d55e00 }</style><circle class='a' cx='20' cy='20' r='15'/></svg>", key="svg"
    )
