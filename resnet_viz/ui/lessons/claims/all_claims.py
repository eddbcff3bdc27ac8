"""All ten at once: what each came to, in one table."""

from __future__ import annotations

import streamlit as st

from resnet_viz.studies.claims import CLAIMS
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.figures import Download, figure
from resnet_viz.ui.kit.words import sentence_instead, text
from resnet_viz.ui.lessons.claims.measurement import guesses, is_held, measured
from resnet_viz.ui.lessons.claims.verdicts import GUESSES, summary, to_csv, verdict_text


def show(words: Lesson) -> None:
    """Measure all of them, which takes some seconds the first time; those that a class is being asked wait for its teacher."""
    say, own, found = words.labels, guesses(), {}
    held = [claim for claim in CLAIMS if is_held(claim)]
    with st.spinner(say["measuring"]):
        for claim in CLAIMS:
            if claim not in held:
                with sentence_instead():
                    found[claim] = measured(claim)
    listed = [claim for claim in CLAIMS if claim in found or claim in held]
    rows = {
        say["column_claim"]: [_said(claim, words) for claim in listed],
        say["column_guess"]: [say[f"guess_{GUESSES[own[claim]]}"] if claim in own else "–" for claim in listed],
        say["column_verdict"]: [verdict_text(claim, found[claim], words) if claim in found else "–" for claim in listed],
    }
    file = Download(say["file_all_csv"], "claims.csv", "text/csv", lambda: to_csv(found))
    told = [summary(found, own, words)] if found else []
    if held:
        told.append(text("classroom").labels["result_later"])
    kind, files = ("measured", [file]) if found else ("", [])
    with figure("claims_all", caption=words.joined(told), kind=kind, files=files):
        st.table(rows, border="horizontal", hide_index=True)


def _said(claim: str, words: Lesson) -> str:
    """All of a claim: its sentence, and the code that some speak of."""
    return "\n\n".join([words.labels[f"claim_{claim}"], *([words.sections[claim]] if claim in words.sections else [])])
