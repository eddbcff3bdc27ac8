"""The tour: a bar at the foot of the window that leads through the pages. Which step it is at stands in the link."""

from __future__ import annotations

import streamlit as st

from resnet_viz.text.tour import Stop, tour
from resnet_viz.ui.components.tour import tour_bar
from resnet_viz.ui.kit import navigation, url_state
from resnet_viz.ui.kit.prediction import answered
from resnet_viz.ui.kit.shared_params import LANGUAGE, TOUR
from resnet_viz.ui.kit.words import text

_WANTED = "tour_wanted"


def start_button() -> None:
    """What begins the tour."""
    st.button(text("tour").labels["tour_start"], key="w_tour", icon=":material/tour:", on_click=_want, args=(1,), type="primary")


def follow() -> None:
    """At the start of a run, once the pages are known: open the view of the step that was asked for; the run ends with it."""
    wanted: int = st.session_state.pop(_WANTED, 0)
    if wanted:
        step = _steps()[wanted - 1]
        url_state.open_by_link()
        link = {**step.link, LANGUAGE.name: url_state.get(LANGUAGE), TOUR.name: TOUR.dump(wanted)}
        st.switch_page(navigation.page(step.page), query_params=link)


def bar(page: str) -> None:
    """The bar, while there is a tour. On another page than the step's it waits, and Next leads back to the step."""
    at = url_state.get(TOUR)
    if not at:
        return
    steps, words = _steps(), text("tour")
    step = steps[at - 1]
    here = page == step.page
    if not here:
        light, says = "", words.say("tour_elsewhere", at=at)
    elif step.after and not answered(step.after):  # nothing is said that a question asks which is still open
        light, says = f"ask_{step.after}", words.labels["tour_after"]
    else:
        light, says = step.light, step.words
    tour_bar(
        at=at,
        count=len(steps),
        here=here,
        light=light,
        says=says,
        words=words.labels,
        key="tour_bar",
        on_step=_want,
    )


def _steps() -> tuple[Stop, ...]:
    return tour(url_state.get(LANGUAGE))


def _want(step: int) -> None:
    """Go to a step, or with 0 leave the tour and stay where one is."""
    if step:
        st.session_state[_WANTED] = step
    else:
        url_state.put(TOUR, 0)
