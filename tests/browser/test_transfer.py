"""Own classes in a browser: a drop of several files, a name, a verdict."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from resnet_viz.samples.to_teach import set_to_teach
from resnet_viz.text import lesson, unbroken
from resnet_viz.ui.streamlit_uploads import UPLOADS
from tests.browser.conftest import Visitor, serious_findings_in_both_schemes
from tests.nets.test_weights_file import published

pytestmark = pytest.mark.browser
WORDS = lesson("transfer").labels


def test_two_classes_are_taught_from_files(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    made = set_to_teach("drawings")
    files: list[list[str]] = []
    for name, taught in zip(made.classes[:2], made.taught, strict=False):
        paths = [tmp_path / f"{name}{n}.png" for n in range(3)]
        for path, image in zip(paths, taught, strict=False):
            image.save(path)
        files.append([str(path) for path in paths])
    visitor = visit()
    page = visitor.open("/transfer?set=own&from=cifar_resnet20")
    page.locator(".st-key-w_predict_transfer_show button").click()
    visitor.settled()
    upload = page.locator(".st-key-panel_transfer input[type=file]")
    counts = page.locator(".rv-classes .count")
    upload.set_input_files(files[0])
    expect(counts.first).to_have_text("3", timeout=30_000)
    page.get_by_role("radio", name=WORDS["unnamed"].format(number=2)).click()
    visitor.settled()
    upload.set_input_files(files[1])
    expect(counts.nth(1)).to_have_text("3", timeout=30_000)
    expect(page.locator(".rv-flow .trained")).to_contain_text("130")  # 64 weights and a bias for each of two classes
    expect(page.get_by_role("heading", name=WORDS["judge_title"])).to_be_visible(timeout=30_000)


@pytest.mark.endurance
def test_weights_of_any_of_the_papers_networks_can_be_brought_and_pictures_cannot_be_as_large(
    visit: Callable[..., Visitor], tmp_path: Path
) -> None:
    """A file of 45 MB is recognised; of one that had to wait too long the page tells why it is not there."""
    weights, other = tmp_path / "resnet18.pth", tmp_path / "other.pth"
    for path in (weights, other):
        path.write_bytes(published("resnet18", "archive"))
    page = visit().open("/transfer?set=own&from=cifar_resnet20&lang=en&further=weights")
    place = page.locator(".st-key-w_transfer_weights")
    place.locator("input[type=file]").set_input_files(str(weights))
    expect(page.get_by_text(unbroken("The weights of ResNet-18: 18 layers"))).to_be_visible(timeout=30_000)
    page.route(f"**{UPLOADS}**", lambda route: route.fulfill(status=202))  # what the server says of one that it does not keep
    place.locator("input[type=file]").set_input_files(str(other))
    expect(page.get_by_text("come one at a time")).to_be_visible(timeout=30_000)
    page.unroute(f"**{UPLOADS}**")
    for upload in page.locator("[data-testid=stFileUploader]").all():
        if upload.locator("xpath=ancestor::*[contains(@class, 'st-key-w_transfer_weights')]").count() == 0:
            upload.locator("input[type=file]").set_input_files(str(weights))
            expect(upload).to_contain_text("File must be 20")


@pytest.mark.parametrize("code", ["drawings", "own"])
def test_everybody_can_use_it(visit: Callable[..., Visitor], code: str) -> None:
    page = visit().open(f"/transfer?set={code}&from=cifar_resnet20")
    assert not serious_findings_in_both_schemes(page)
