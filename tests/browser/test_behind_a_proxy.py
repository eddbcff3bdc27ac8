"""The site of docs/deploy.md, tried: nginx with TLS before two apps below a path, one training for both, one app killed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Response, expect

from resnet_viz.jobs.run_state import key_of
from resnet_viz.studies.race import network
from resnet_viz.text import unbroken
from resnet_viz.training.experiment import Experiment
from resnet_viz.ui.kit.course import LESSONS
from tests.browser.conftest import Visitor, missing
from tests.browser.site import BASE, Site, whole_site
from tests.browser.test_degradation import answer
from tests.nets.test_weights_file import published
from tests.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.endurance]
LONG = Experiment(network(56), steps=2_000, seed=23)
POINTS = f"() => window.resnetLive?.topics.get('run:{key_of(LONG)}')?.columns.error.length ?? 0"
VALUES = f"() => window.resnetLive.topics.get('run:{key_of(LONG)}').columns.error"
At = Callable[[str], Visitor]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if not (shutil.which("nginx") or Path("/usr/sbin/nginx").is_file()):
        missing("no nginx: 'apt-get install nginx-light'")
    with whole_site(tmp_path_factory.mktemp("site")) as running:
        yield running


@pytest.fixture
def at(site: Site, browser: Browser) -> Iterator[At]:
    """A browser that the proxy sends to the app of this letter."""
    contexts = []

    def new(letter: str) -> Visitor:
        context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 800}, locale="en-GB")
        context.add_cookies([{"name": "replica", "value": letter, "url": site.url, "secure": True}])
        contexts.append(context)
        return Visitor(context, site.url)

    yield new
    for context in contexts:
        context.close()


def test_a_browser_stays_and_a_code_leads(site: Site) -> None:
    firsts: set[str] = set()
    until(lambda: firsts.add(site.which()) or len(firsts) == 2, 60)  # type: ignore[func-returns-value]
    assert firsts == {"a", "c"}, "who comes first gets either"
    for letter, code in (("a", "C39TA"), ("c", "a39ta")):
        assert {site.which(cookie=f"replica={letter}") for _ in range(5)} == {letter}
        assert site.which(f"/?class={code}", f"replica={letter}") == code[0].lower(), "a class is where its code says"


def test_all_is_below_the_path(site: Site, at: At) -> None:
    visitor, root = at("a"), site.url.removesuffix(BASE)
    answers: list[Response] = []
    visitor.page.on("response", lambda answer: answers.append(answer))
    for page in ("", *LESSONS, "teach", "plan"):
        visitor.open(f"/{page}?lang=zh")
        visitor.check()
    paths = [answer.url.removeprefix(root) for answer in answers if answer.url.startswith(root)]
    assert [path for path in paths if not path.startswith(f"{BASE}/")] == []
    for kind in ("cjk.woff2", ".js", ".css"):
        assert any(kind in path for path in paths), kind
    wrong = {answer.url.partition("?")[0] for answer in answers if answer.status >= 400}
    asked_below_the_page = ("_stcore/health", "_stcore/host-config")  # by Streamlit, before it asks where they are
    assert {url for url in wrong if not url.endswith(asked_below_the_page)} == set()


def test_a_large_file_comes_through_and_is_not_written_on_the_way(site: Site, at: At, tmp_path: Path) -> None:
    weights = tmp_path / "resnet18.pth"
    weights.write_bytes(published("resnet18", "archive"))
    folder = site.folder / "nginx-body"
    before = folder.stat().st_mtime_ns  # the time at which a file in it was last made or deleted
    page = at("a").open("/transfer?lang=en&set=drawings&from=cifar_resnet20&further=weights")
    page.locator(".st-key-w_transfer_weights input[type=file]").set_input_files(str(weights))
    expect(page.get_by_text(unbroken("The weights of ResNet-18: 18 layers"))).to_be_visible(timeout=60_000)
    assert folder.stat().st_mtime_ns == before


def test_a_run_is_everybodys_and_outlives_its_app(site: Site, at: At) -> None:
    """Asked for at one app, watched at the other; the first is killed, and its browser sees the run go on at the other."""
    asking, watching = at("a"), at("c")
    page = asking.open(f"/degradation?lang=en&experiment={LONG}&train=all")
    answer(asking)
    page.get_by_role("button", name="Train it, 2,000 steps").click()
    other = watching.open(f"/degradation?lang=en&runs={LONG}")
    answer(watching)
    for each in (page, other):
        more_points(each, 0, 20)
    with other.expect_download() as coming:
        other.get_by_role("button", name="Curves, CSV").click()
    assert Path(coming.value.path()).read_text(encoding="utf-8").startswith("experiment,step,"), "a file comes through the proxy"
    assert site.processes["A"].poll() is None
    site.processes["A"].kill()
    before = page.evaluate(POINTS)
    started = page.evaluate("performance.now()")
    more_points(page, before, 20)
    print(f"after {(page.evaluate('performance.now()') - started) / 1000:.1f} s its browser sees the run go on at the other app")
    mine, theirs = page.evaluate(VALUES), other.evaluate(VALUES)
    common = min(len(mine), len(theirs))
    assert common > before
    assert mine[:common] == theirs[:common], "one training, for both"
    until(lambda: site.which(cookie="replica=a") == "c")  # and from now on it is the other's


def more_points(page: Page, than: int, count: int) -> None:
    page.wait_for_function(f"([than, count]) => ({POINTS})() >= than + count", arg=[than, count], timeout=120_000)
