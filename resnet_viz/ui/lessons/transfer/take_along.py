"""The trained layer to take away: with the backbone and runnable code that classifies a file."""

from __future__ import annotations

import io
import zipfile

import streamlit as st

from resnet_viz.nets.cards import Card
from resnet_viz.nets.classifier_code import to_classifier
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.figures import Download, downloads
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.transfer import classes, measured
from resnet_viz.ui.lessons.transfer.classes import Taught
from resnet_viz.ui.lessons.transfer.measured import Backbone


@sentence_instead()
def show(words: Lesson) -> None:
    """The three files, and all of them as one archive."""
    of, taught = measured.backbone(), classes.teachable(words) or classes.of_first_set(words)
    code = to_classifier(of.card, taught.names)
    head = head_file(taught, of)
    st.markdown(words.sections["take"])
    downloads(
        [
            Download(words.labels["file_archive"], "my-classes.zip", "application/zip", lambda: archive(of.card, head, code)),
            Download(words.labels["file_head"], "head.safetensors", "application/octet-stream", lambda: head),
            Download(words.labels["file_code"], "classify.py", "text/x-python", lambda: code),
        ],
        key="transfer",
    )
    st.code(code, language="python", height=320)


def head_file(taught: Taught, of: Backbone) -> bytes:
    """The trained layer as a safetensors file: `fc.weight` and `fc.bias`."""
    import safetensors.torch

    head = measured.head(taught, of)
    return safetensors.torch.save({"fc.weight": head.weight.contiguous(), "fc.bias": head.bias})


def archive(known: Card, head: bytes, code: str) -> bytes:
    """Backbone, head and code."""
    from resnet_viz.nets.weights import weights_file

    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("backbone.safetensors", weights_file(known.name))
        made.writestr("head.safetensors", head)
        made.writestr("classify.py", code)
    return buffer.getvalue()
