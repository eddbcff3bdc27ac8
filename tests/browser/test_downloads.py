"""Every download of every page is pressed, and what comes is opened."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.browser.conftest import Visitor
from tests.files import VIEWS, open_file

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]


@pytest.mark.parametrize("view", VIEWS)
def test_every_download_gives_its_file(visit: Visit, view: str) -> None:
    page = visit().open(f"/{view.split()[0]}?{urlencode({'lang': 'en', **VIEWS[view]})}")
    buttons = page.get_by_test_id("stDownloadButton").get_by_role("button")
    buttons.first.wait_for(timeout=60_000)
    for button in buttons.all():
        with page.expect_download(timeout=60_000) as waiting:
            button.click()
        open_file(waiting.value.suggested_filename, waiting.value.path().read_bytes())
