"""*On your picture*: what zero-padding and projection make of x."""

from __future__ import annotations

import streamlit as st

from resnet_viz.draw import tiles
from resnet_viz.nets.plan import plan
from resnet_viz.nets.presets import preset, short_name
from resnet_viz.pictures import digest
from resnet_viz.text import Lesson
from resnet_viz.ui.kit import image_input, inference, network_picker, url_state, weights_picker
from resnet_viz.ui.kit.figures import figure
from resnet_viz.ui.kit.numbers import shape_text
from resnet_viz.ui.kit.shared_params import SEED
from resnet_viz.ui.kit.words import sentence_instead, text


@sentence_instead()
def show(words: Lesson) -> None:
    """x and what zero-padding and projection make of it, at the first block that changes the shape."""
    spec = network_picker.current(preset("cifar_resnet20")).residual()
    p = plan(spec, network_picker.current_size(spec))
    source = weights_picker.usable(p, text("activations"))
    block = next((b for b in p.blocks if b.shape.shortcut_option in ("projection", "zero-pad") and b.stride > 1), None)
    if source is None or block is None:
        return
    square = image_input.squared(image_input.current(inference.known_classes(spec))[1], p.input_shape[1])
    found = inference.carried(short_name(spec), source, url_state.get(SEED), digest(square), block.name, square)
    headings = {"x": "x", "A": words.labels["zero_padded"], "B": words.labels["projected"]}
    notes = {"x": words.labels["x_note"], "A": words.labels["no_weights"]}
    notes["B"] = words.labels["weights_trained" if spec.shortcut != "A" and source.kind != "untrained" else "weights_initial"]
    caption = words.say("picture_caption", block=block.name, name=network_picker.title(spec))
    with figure("carried", caption=caption, kind="measured"):
        for column, (name, maps) in zip(st.columns(3, gap="large"), found.items(), strict=True):
            with column:
                st.markdown(f"**{headings[name]}** · {shape_text(maps.shape)}")
                st.image(tiles.atlas(maps, tile=48, limit=64), width="stretch", alt=f"{headings[name]}: {notes[name]}")
                st.caption(notes[name])
    with st.expander(words.labels["pictures"], icon=":material/image:"):
        image_input.choose(inference.known_classes(spec))
