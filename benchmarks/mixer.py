"""Frames per second of the mixer while a slider is dragged."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from playwright.sync_api import Page

from benchmarks import Amount
from benchmarks._server import chromium, ours, wait_for

SECONDS = 4

_DRAG = """async ([seconds, moving]) => {
  const find = root => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) { const f = find(e.shadowRoot); if (f) return f }
      if (e.matches('.slider input')) return e
    }
  }
  const slider = find(document)
  const times = []
  const start = performance.now()
  while (performance.now() - start < seconds * 1000) {
    times.push(await new Promise(requestAnimationFrame))
    if (!moving) continue
    slider.value = String(3 * Math.sin(times.length / 30))
    slider.dispatchEvent(new Event('input', { bubbles: true }))
  }
  const draws = performance.getEntriesByName('mixer-frame').filter(m => m.startTime > start).map(m => m.duration)
  return [times, draws]
}"""


def _rate(times: list[float]) -> float:
    return 1e3 * (len(times) - 1) / (times[-1] - times[0])


def _settle(page: Page) -> None:
    page.wait_for_selector(".mixer .frame canvas")
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_load_state("networkidle")


def rows() -> Iterator[Amount]:
    with chromium() as browser, ours() as url:
        wait_for(f"{url}/readyz")
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        for mix, said in (("note", "one channel"), ("opponent__shuffle__shift1", "three, shuffled, neighbour")):
            page.goto(f"{url}/mixing?mix={mix}")
            _settle(page)
            still, _ = page.evaluate(_DRAG, [1, False])
            times, draws = page.evaluate(_DRAG, [SECONDS, True])
            slowest = sorted(draws)[int(0.95 * (len(draws) - 1))]
            yield Amount(f"mixer dragged, {said}", f"{_rate(times):.1f} fps", f"≥ 55 fps; the page at rest {_rate(still):.1f}")
            yield Amount(f"mixer, {len(draws)} draws, {said}", f"{median(draws):.1f} ms", f"p95 {slowest:.1f} ms")
