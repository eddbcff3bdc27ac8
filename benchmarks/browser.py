"""What a visitor waits for: the first paint, the bytes, a click on the diagram."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Browser, Page

from benchmarks import Amount, Row, p95
from benchmarks._server import chromium, one_line_app, ours, wait_for

ROUNDS = 5
CLICKS = 40


def first_paint(browser: Browser, url: str) -> float:
    """Seconds from asking for the page to its title, with an empty cache.

    Asked at every frame: `wait_for_selector` asks again after 20, 50, 100 and then every 500 ms, and what it says is rounded so.
    """
    context = browser.new_context()
    page = context.new_page()
    start = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_function("() => document.querySelector('h1')?.checkVisibility({ visibilityProperty: true })", polling="raf")
    seconds = time.perf_counter() - start
    context.close()
    return seconds


class Received:
    """What a page of a new visitor receives: bytes, WebSocket frames included, and the hosts that were asked."""

    def __init__(self, page: Page) -> None:
        self.bytes, self.largest_message, self.hosts = 0, 0, set[str]()
        network = page.context.new_cdp_session(page)
        network.send("Network.enable")
        network.on("Network.loadingFinished", lambda event: self._add(event["encodedDataLength"]))
        network.on("Network.webSocketFrameReceived", lambda event: self._hear(event["response"]["payloadData"]))
        page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]) if "//" in request.url else None)

    def _hear(self, base64: str) -> None:
        size = len(base64) * 3 // 4
        self.largest_message = max(self.largest_message, size)
        self._add(size)

    def _add(self, size: float) -> None:
        self.bytes += int(size)


def _bytes_of(browser: Browser, url: str, wanted: str) -> tuple[int, set[str]]:
    """Bytes that a first visit receives until `wanted` is there, and the hosts that were asked."""
    context = browser.new_context()
    page = context.new_page()
    received = Received(page)
    page.goto(url)
    page.wait_for_selector(wanted, timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_load_state("networkidle")
    context.close()
    return received.bytes, received.hosts


def first_visit(browser: Browser, url: str) -> tuple[int, bool]:
    """Bytes of a first visit, and whether Plotly's library is among them, and is most of them."""
    context = browser.new_context()
    page = context.new_page()
    received, asked = Received(page), list[str]()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(url)
    page.wait_for_selector("h1", timeout=60_000)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_load_state("networkidle")
    context.close()
    return received.bytes, any("/PlotlyChart" in address for address in asked)


_CLICK = """async ([block, expected]) => {
  const find = root => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) { const f = find(e.shadowRoot); if (f) return f }
      if (e.matches(`[data-kind=skip][data-name="skip:${block}"]`)) return e
    }
  }
  const start = performance.now()
  find(document).dispatchEvent(new MouseEvent('click', { bubbles: true, composed: true }))
  const drawn = performance.now() - start
  while (!document.querySelector('[data-testid=stMain]').innerText.includes(expected)) {
    if (performance.now() - start > 20000) return [drawn, NaN]
    await new Promise(requestAnimationFrame)
  }
  return [drawn, performance.now() - start]
}"""


def _clicks(page: Page, url: str, sentence: str, blocks: list[str]) -> tuple[list[float], list[float]]:
    """Milliseconds to the redrawn arc and to the page's words about it, for each of many clicks."""
    page.goto(url)
    page.wait_for_selector("svg.rv")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_load_state("networkidle")
    drawn, said = [], []
    removed: set[str] = set()
    for n in range(CLICKS):
        block = blocks[n % len(blocks)]
        removed ^= {block}
        if not removed:  # nothing removed: there is no such sentence
            removed ^= {block}
            continue
        d, s = page.evaluate(_CLICK, [block, sentence.format(cut=len(removed))])
        drawn.append(d)
        said.append(s)
        page.wait_for_timeout(100)  # a hand does not click faster
    return drawn, said


def rows() -> Iterator[Row | Amount]:
    with chromium() as browser:
        paints: dict[str, list[float]] = {"ours": [], "theirs": []}
        for _ in range(ROUNDS):
            with ours(warm=False) as url:
                paints["ours"].append(first_paint(browser, url))
            with one_line_app() as url:
                paints["theirs"].append(first_paint(browser, url))
        mine, other = median(paints["ours"]), median(paints["theirs"])
        yield Row("first paint of Home, fresh server", mine, "a one-line app", other, mine / other, "≤ 1.3×")
        with ours() as url:
            wait_for(f"{url}/readyz")
            everything: set[str] = set()
            for name, wanted, limit in (("", ".hero .said", 1.2), ("why", ".js-plotly-plot .main-svg", 2.8)):
                size, hosts = _bytes_of(browser, f"{url}/{name}", wanted)
                everything |= hosts
                yield Amount(f"first visit to /{name}", f"{size / 1e6:.2f} MB", f"≤ {limit} MB")
            elsewhere = len([host for host in everything if not host.startswith("127.0.0.1")])
            yield Amount("other hosts asked", str(elsewhere), "0")
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            for name, sentence, count in (
                ("build?net=resnet18", "{cut} of 8 skips removed", 8),
                ("activations", "{cut} of 8 skips removed", 8),
            ):
                blocks = [f"layer{i // 2 + 1}.{i % 2}" for i in range(count - 1)]  # one stays: a plain network is another story
                drawn, said = _clicks(page, f"{url}/{name}", sentence, blocks)
                for what, times, limit in (("arc redrawn", drawn, 16), ("words follow", said, 400)):
                    given = f"{p95(times):.1f} ms"
                    yield Amount(f"click on /{name.split('?')[0]}: {what}, p95 of {len(times)}", given, f"≤ {limit} ms")
