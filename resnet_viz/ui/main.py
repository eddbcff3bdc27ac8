"""The script of every run: configuration, link, navigation, the page, link again."""

import streamlit as st

from resnet_viz.ui import lessons
from resnet_viz.ui.kit import class_session, classroom, extent, live, navigation, own_networks, tour, turns, url_state
from resnet_viz.ui.kit.page import close_page
from resnet_viz.ui.kit.shared_params import SHARED
from resnet_viz.ui.kit.words import show_notices
from resnet_viz.ui.server import after_run, import_pandas


def run() -> None:
    """One run, from the link to the link."""
    classroom.go()
    extent.dress_app()
    url_state.start()
    url_state.load(SHARED)  # the language first: the navigation speaks it
    own_networks.leave_behind()
    page = navigation.enter()
    name = page.url_path or "home"
    tour.follow()
    class_session.start(name)
    url_state.load(lessons.params(name))
    tour_bar = st.container(key="tour")
    live.start()
    notices = st.container()
    with notices:
        show_notices()
        classroom.show_problem()
    if name != "home":  # the first page of most has neither charts nor tables
        import_pandas()
    page.run()
    close_page(name)
    with notices:  # what only the page could find out
        show_notices()
        classroom.show_problem()
    with tour_bar:
        tour.bar(name)
    url_state.save()
    classroom.note(name)
    live.connect()
    after_run()


with turns.drawing.taken():
    run()
