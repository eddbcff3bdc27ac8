"""All ten at once: what each came to, in one table."""

from __future__ import annotations

import streamlit as st

from resnet_viz.studies.claims import CLAIMS
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.words import sentence_instead
from resnet_viz.ui.lessons.claims.measurement import guesses, measured
from resnet_viz.ui.lessons.claims.verdicts import GUESSES, summary, to_csv, verdict_text


def show(words: Lesson) -> None:
    """Measure all of them, which takes some seconds the first time."""
    say, own, found = words.labels, guesses(), {}
    with st.spinner(say["measuring"]):
        for claim in CLAIMS:
            with sentence_instead():
                found[claim] = measured(claim)
    rows = {
        say["column_claim"]: [_said(claim, words) for claim in found],
        say["column_guess"]: [say[f"guess_{GUESSES[own[claim]]}"] if claim in own else "–" for claim in found],
        say["column_verdict"]: [verdict_text(claim, finding, words) for claim, finding in found.items()],
    }
    file = Download(say["file_all_csv"], "claims.csv", "text/csv", lambda: to_csv(found))
    with figure("claims_all", caption=summary(found, own, words), kind="measured", files=[file]):
        st.table(rows, border="horizontal", hide_index=True)


def _said(claim: str, words: Lesson) -> str:
    """All of a claim: its sentence, and the code that some speak of."""
    return "\n\n".join([words.labels[f"claim_{claim}"], *([words.sections[claim]] if claim in words.sections else [])])
