"""Where things stand on a page: nothing is hidden behind an inner edge, and every word has its room."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from resnet_viz.text import lesson
from tests.browser.conftest import Visitor
from tests.thinned import quickly

pytestmark = pytest.mark.browser
Visit = Callable[..., Visitor]
PHONE = {"has_touch": True, "is_mobile": True}

_HIDDEN_SIDEWAYS = """() => [...document.querySelectorAll('[data-testid=stMain] *')].filter(e =>
    e.clientWidth > 20 && e.scrollWidth > e.clientWidth + 1
    && ['auto', 'scroll'].includes(getComputedStyle(e).overflowX)
    && !e.closest('[data-testid=stCode], [data-testid=stDataFrame], .katex-display'))
  .map(e => `${e.textContent.trim().slice(0, 60)}: ${e.scrollWidth - e.clientWidth} px`)"""
"""What scrolls inside of itself, but for code and the one sortable table."""
_PARTED = """() => [...document.querySelectorAll('[data-testid=stSliderThumbValue] p')]
  .filter(e => e.getClientRects()[0].height > 1.9 * parseFloat(getComputedStyle(e).fontSize)).map(e => e.textContent)"""
"""Values of sliders that take more than one line."""
_OPEN_EDGES = """() => [...document.querySelectorAll('[data-variant=segmented_control]')].filter(e =>
    ['Left', 'Right', 'Top', 'Bottom'].some(side => /, 0\\)$/.test(getComputedStyle(e)[`border${side}Color`])))
  .map(e => e.textContent)"""
_ROWS = "all => new Set(all.map(e => Math.round(e.getBoundingClientRect().top))).size"
"""At how many heights elements begin, all asked at once: the page may move between two questions."""
_REACHED = """e => {
  const main = document.querySelector('[data-testid=stMain]')
  main.scrollBy({ top: e.getBoundingClientRect().top - innerHeight / 5, behavior: 'instant' })
  const box = e.getBoundingClientRect()
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
  return e.contains(e.getRootNode().elementFromPoint(x, y))
}"""
"""Scrolls a control to a fifth of the window's height, as a finger may, and says whether a touch of its middle is its own."""
_LINES = "e => { const words = document.createRange(); words.selectNodeContents(e); return words.getClientRects().length }"
_WHOLE = """places => places.every(place => {
  const box = document.querySelector(`[class*='st-key-stage_'] ${place}`)?.getBoundingClientRect()
  const head = document.querySelector("[data-testid=stHeader]").getBoundingClientRect().bottom
  return box?.height > 0 && box.top >= head && box.bottom < innerHeight + 1
})"""
"""Whether all of these places of a picture and its controls are seen whole."""
_CONTRAST = """() => {
  const light = colour => {
    const part = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
    const [r, g, b] = colour.match(/[\\d.]+/g).map(Number)
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
  }
  const ground = light(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor)
  return [...document.querySelectorAll('.js-plotly-plot svg text')].filter(e => e.textContent).map(e => {
    const word = light(getComputedStyle(e).fill)
    return [e.textContent, (Math.max(word, ground) + 0.05) / (Math.min(word, ground) + 0.05)]
  })
}"""
"""Each word of the charts in Plotly with its contrast."""


@pytest.mark.endurance
@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("/degradation?further=glimpses.sweep", "en"),
        ("/mixing?further=cost", "zh"),
        ("/shortcuts", "en"),
        ("/bottleneck?further=compare", "zh"),
        ("/build", "en"),
    ],
)
def test_on_a_phone_nothing_is_beyond_an_inner_edge(visit: Visit, path: str, language: str) -> None:
    visitor = visit(390, 844, **PHONE)
    page = visitor.open(f"{path}{'&' if '?' in path else '?'}lang={language}")
    for shown in page.locator("[class*=st-key-w_predict_][class*=_show] button").all():
        if shown.is_visible():
            shown.click()
            visitor.settled()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(_HIDDEN_SIDEWAYS) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_phone_no_word_of_a_table_is_broken(visit: Visit, language: str) -> None:
    visitor = visit(390, 844, **PHONE)
    page = visitor.open(f"/why?panel=surface&lang={language}")
    page.locator("[class*=st-key-w_predict_][class*=_show] button").click()
    visitor.settled()
    heads = page.locator("[data-testid=stMarkdownContainer] th")
    expect(heads).to_have_count(6)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(_HIDDEN_SIDEWAYS) == []
    words = lesson("surfaces", language).labels["table_roughness"]
    expect(heads.last).to_have_text(words)
    assert heads.last.evaluate(_LINES) == 1
    assert (
        heads.last.evaluate("e => e.getBoundingClientRect().right - e.closest('.stMarkdown').getBoundingClientRect().right") < 1
    )


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("width", quickly([1280, 1440], 1280))
def test_the_three_deletions_stand_in_a_row(visit: Visit, width: int, language: str) -> None:
    visitor = visit(width, 800)
    page = visitor.open(f"/why?panel=ensemble&lang={language}")
    page.locator("[class*=st-key-w_predict_][class*=_show] button").click()
    visitor.settled()
    choices = page.get_by_role("radiogroup", name=lesson("ensemble", language).labels["deletion"]).get_by_role("radio")
    expect(choices).to_have_count(3)
    assert choices.evaluate_all(_ROWS) == 1


@pytest.mark.parametrize("width", [1280, 1024, 768])
def test_what_networks_see_fits_every_window(visit: Visit, width: int) -> None:
    page = visit(width, 720).open("/degradation?further=glimpses&lang=en")
    expect(page.locator(".rv-glimpses td.filters").first).to_be_visible()
    assert page.evaluate(_HIDDEN_SIDEWAYS) == []
    heads = page.locator(".rv-glimpses tbody th")
    grounds = heads.evaluate_all("all => all.map(e => getComputedStyle(e).backgroundColor)")
    assert {*grounds} == {"rgb(255, 255, 255)"}, "what is scrolled beside them would show through"


def test_a_choice_in_two_rows_has_whole_edges_and_a_sliders_value_one_line(visit: Visit) -> None:
    visitor = visit(1440, 900)
    page = visitor.open("/degradation?lang=en")
    page.get_by_text("More: rate, pictures, seed").click()
    choice = page.get_by_role("radiogroup", name="Before anything is trained, show")
    expect(choice).to_be_visible()
    visitor.settled()
    page.mouse.move(0, 0)
    assert page.evaluate(_OPEN_EDGES) == []
    assert page.evaluate("document.querySelectorAll('[data-testid=stSliderThumbValue] p').length") > 1
    assert page.evaluate(_PARTED) == []


def test_the_words_of_charts_can_be_read(visit: Visit) -> None:
    page = visit(color_scheme="dark").open("/why?lang=en")
    expect(page.locator(".js-plotly-plot .xtick text").first).to_be_visible()
    contrasts = page.evaluate(_CONTRAST)
    assert len(contrasts) > 10
    assert not [each for each in contrasts if each[1] < 4.5]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_has_the_focus_has_a_whole_ring_in_the_colour_of_its_words(visit: Visit, scheme: str) -> None:
    page = visit(color_scheme=scheme).open("/gradients?lang=en")
    words = page.locator("h1").evaluate("e => getComputedStyle(e).color")
    choice = page.get_by_role("combobox", name="Networks")
    slider = page.get_by_test_id("stSlider").last
    link = page.locator(".st-key-foot").get_by_test_id("stPageLink-NavLink")
    for field, shown in (
        (choice, page.locator("[role=group]").filter(has=choice)),
        (slider.locator("input"), slider.get_by_test_id("stSliderThumbValue").locator("..")),
        (link, link),
    ):
        field.focus()
        page.keyboard.press("Shift")  # the ring is the keyboard's
        expect(shown).to_have_css("outline-style", "solid")
        expect(shown).to_have_css("outline-color", words)
    choice.focus()
    expect(choice).to_have_css("outline-style", "none")  # it would be cut


def test_the_switch_over_the_maps_ends_where_they_do(visit: Visit) -> None:
    page = visit(1440, 900).open("/activations?net=cifar_resnet20&pic=cat&lang=en")
    switch = page.locator(".st-key-maps_head [role=radiogroup]")
    expect(switch).to_be_visible()
    ends = [place["x"] + place["width"] for place in (e.bounding_box() for e in (switch, page.locator(".grid canvas"))) if place]
    assert ends == pytest.approx([ends[0]] * 2, abs=2)


@pytest.mark.parametrize(
    ("name", "picture", "language"), [("activations", "diagram_activations", "en"), ("degradation", "cifar_curves", "zh")]
)
def test_a_picture_stays_whole_beside_its_verdict(visit: Visit, name: str, picture: str, language: str) -> None:
    page = visit(1280, 720).open(f"/{name}?lang={language}")
    page.locator(f".st-key-w_predict_{name}_0 button").click()
    expect(page.locator(f".st-key-answered_{name}")).to_be_focused(timeout=30_000)
    page.wait_for_function(_WHOLE, arg=[f".st-key-answered_{name}", f".st-key-{picture}"], timeout=10_000)


def test_a_picture_stays_whole_while_the_lowest_of_its_controls_is_used(visit: Visit) -> None:
    page = visit(1280, 720).open("/degradation?lang=en")
    places = [".st-key-cifar_curves", ".st-key-next_run"]
    assert not page.evaluate(_WHOLE, places)
    page.locator(places[1]).evaluate("e => e.scrollIntoView({ block: 'end', behavior: 'instant' })")
    page.wait_for_function(_WHOLE, arg=places, timeout=10_000)


@pytest.mark.parametrize("path", ["/block", "/transfer"])
def test_code_within_a_sentence_is_no_smaller_than_a_caption(visit: Visit, path: str) -> None:
    page = visit().open(f"{path}?lang=en")
    sizes = page.evaluate("""() => {
      const size = e => parseFloat(getComputedStyle(e).fontSize)
      const all = places => [...document.querySelectorAll(places)].map(size)
      return [all('[data-testid=stMarkdownContainer] :not(pre) > code'), all('[data-testid=stCaptionContainer] p')]
    }""")
    assert all(sizes)
    assert min(sizes[0]) >= max(sizes[1])


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_navigation_speaks_the_pages_language_also_where_not_all_of_it_has_room(visit: Visit, language: str) -> None:
    page, words = visit(768, 700).open(f"/block?lang={language}"), lesson("common", language).labels
    bar = page.get_by_role("navigation", name=words["navigation_pages"])
    more = bar.get_by_role("button", name=words["navigation_more"], exact=True)
    expect(more).to_be_visible()
    assert more.locator("p").evaluate("e => getComputedStyle(e, '::after').content") == f'"{words["navigation_more"]}"'
    more.click()
    expect(page.get_by_role("menuitem", name=lesson("claims", language).labels["nav"])).to_be_visible()


def test_the_way_back_to_a_question_stands_beside_it(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/mixing?lang=en")
    page.locator(".st-key-w_predict_mixing_show button").click()
    expect(page.locator(".st-key-answered_mixing [class*=_again] button")).to_be_visible(timeout=20_000)
    visitor.settled()
    beside = page.evaluate("""() => {
      const box = e => document.querySelector(`.st-key-answered_mixing ${e}`).getBoundingClientRect()
      const [question, back] = [box('[data-testid=stCaptionContainer]'), box('[class*=_again] button')]
      const middle = (back.top + back.bottom) / 2
      return back.left >= question.right && question.top < middle && middle < question.bottom
    }""")
    assert beside


def test_the_help_of_a_control_stands_beside_its_name(visit: Visit) -> None:
    page = visit().open("/gradients?lang=en")
    gaps = page.evaluate("""() => [...document.querySelectorAll('[data-testid=stWidgetLabel]:has(button)')].map(e =>
        e.querySelector('button').getBoundingClientRect().left - e.querySelector('p').getBoundingClientRect().right)""")
    assert gaps
    assert [gap for gap in gaps if not 0 < gap < 20] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_on_a_phone_the_places_of_the_maps_stand_in_a_row(visit: Visit, language: str) -> None:
    visitor = visit(390, 844, **PHONE)
    page = visitor.open(f"/gradients?further=maps&lang={language}")
    page.locator(".st-key-w_predict_nudge_show button").click()
    places = page.locator(".st-key-w_stage [role=radio]")
    expect(places).to_have_count(3)
    assert places.evaluate_all(_ROWS) == 1


def test_the_questions_of_a_part_begin_at_one_height(visit: Visit) -> None:
    page = visit().open("/?lang=en")
    questions = page.locator(".rv-ask")
    expect(questions).to_have_count(11)
    assert questions.evaluate_all(_ROWS) == 2


@pytest.mark.endurance
@pytest.mark.parametrize("path", ["/degradation", "/build", "/why", "/shortcuts"])
def test_what_is_said_of_a_picture_begins_where_the_picture_does_on_paper(visit: Visit, path: str) -> None:
    page = visit(794, 1123).open(f"{path}?lang=zh&sheet=answers&embed=true&embed_options=light_theme")
    badges = page.locator("[class*=st-key-caption_] .stMarkdownBadge")
    expect(badges.first).to_be_visible()
    left = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer] h1').getBoundingClientRect().left")
    assert [b["x"] for b in (badge.bounding_box() for badge in badges.all()) if b and b["x"] > left + 4] == []


def test_on_paper_no_word_of_the_family_is_broken(visit: Visit) -> None:
    page = visit(794, 1123).open("/build?lang=zh&sheet=answers&embed=true&embed_options=light_theme")
    cells = page.locator(".st-key-figure_family tbody :is(th, td):not(:has(.times))")
    expect(cells.first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    for cell in cells.all():  # a word and a number take one line, and what is said of the paper's stride another two
        assert cell.evaluate("e => (e.querySelector('a') ?? e).getClientRects().length") == 1
        assert cell.evaluate("e => e.getBoundingClientRect().width") > 30


@pytest.mark.endurance
@pytest.mark.parametrize(("path", "width"), [("/", 390), ("/why", 390), ("/claims", 1280), ("/build", 390), ("/shortcuts", 1280)])
def test_no_heading_is_larger_than_the_pages_own(visit: Visit, path: str, width: int) -> None:
    page = visit(width, 800).open(f"{path}?lang=en")
    sizes = page.locator("[data-testid=stMain] :is(h1, h2, h3, h4, h5)").evaluate_all(
        "all => all.map(e => [parseFloat(getComputedStyle(e).fontSize), e.tagName])"
    )
    assert len(sizes) > 1
    assert max(sizes)[0] == next(size for size, tag in sizes if tag == "H1")


def test_headings_beside_each_other_are_equally_large(visit: Visit) -> None:
    page = visit().open("/build?lang=en")
    expect(page.get_by_role("heading", name="With and without pooling")).to_be_visible()
    sizes = page.locator("[data-testid=stColumn]:first-child").evaluate_all(
        """all => all.map(column => [column, column.nextElementSibling].map(e => e?.querySelector('h3, h4'))
          .filter(Boolean).map(e => getComputedStyle(e).fontSize)).filter(pair => pair.length === 2)"""
    )
    assert len(sizes) >= 2
    assert [pair for pair in sizes if pair[0] != pair[1]] == []


def test_numbers_beside_each_other_stand_equally_high_whatever_their_unit(visit: Visit) -> None:
    visitor = visit()
    page = visitor.open("/build?lang=zh")
    page.locator(".st-key-w_predict_build_show button").click()
    values = page.locator(".st-key-totals [data-testid=stMetricValue]")
    expect(values).to_have_count(4)
    visitor.settled()
    boxes = [box for box in (value.bounding_box() for value in values.all()) if box]
    assert max(box["y"] for box in boxes) - min(box["y"] for box in boxes) < 1
    assert max(box["height"] for box in boxes) - min(box["height"] for box in boxes) < 1


def test_on_a_phone_the_numbers_of_two_networks_are_said_in_full(visit: Visit) -> None:
    visitor = visit(390, 844, **PHONE)
    page = visitor.open("/build?lang=en&net=cifar_resnet1202&size=512&versus=photo_resnet18")
    page.locator(".st-key-w_predict_build_show button").click()
    words = page.locator(".st-key-totals :is([data-testid=stMetricValue], [data-testid=stMetricDelta]) p")
    expect(words).to_have_count(8)
    visitor.settled()
    beyond = """all => all.filter(p => p.getBoundingClientRect().right
      > p.closest("[data-testid=stMetric]").getBoundingClientRect().right).map(p => p.textContent)"""
    assert words.evaluate_all(beyond) == []


@pytest.mark.parametrize("width", [1440, 390])
def test_a_question_about_bars_hides_none_of_them(visit: Visit, width: int) -> None:
    page = visit(width, 844).open("/shortcuts?lang=en")
    for key in ("errors", "widen"):
        place = page.locator(f".st-key-picture_{key}")
        picture, ask = (place.locator(f"[class*=st-key-{part}_]").first.bounding_box() for part in ("figure", "ask"))
        assert picture
        assert ask
        assert ask["y"] >= picture["y"] + picture["height"]


@pytest.mark.parametrize(("name", "width"), [("bottleneck", 320), ("mixing", 390), ("build", 768)])
def test_controls_are_reached_while_a_question_is_open(visit: Visit, name: str, width: int) -> None:
    page = visit(width, 720, **PHONE).open(f"/{name}?lang=en")
    picture = page.locator("[class*=st-key-picture_]:has([class*=st-key-ask_])").first
    controls = picture.locator("input[type=range]:visible, button:visible")
    expect(controls.first).to_be_attached()
    assert [
        control.get_attribute("aria-label") or control.inner_text()
        for control in controls.all()
        if not control.evaluate(_REACHED)
    ] == []


@pytest.mark.parametrize(
    ("language", "button", "most"), [("en", "Upload", "up to 20 MB a file"), ("zh", "选择文件", "单个不超过 20 MB")]
)
def test_a_place_for_files_speaks_the_pages_language(visit: Visit, language: str, button: str, most: str) -> None:
    page = visit().open(f"/transfer?set=own&from=cifar_resnet20&lang={language}")
    place = page.get_by_test_id("stFileUploaderDropzone").first
    expect(place.locator("button").first).to_have_attribute("aria-label", button)
    expect(place.get_by_role("button", name=button, exact=True)).to_be_visible()
    assert place.locator("button").first.evaluate("e => getComputedStyle(e, '::after').content") == f'"{button}"'
    expect(page.get_by_test_id("stFileUploader").first.locator("label")).to_contain_text(most)
    expect(place.get_by_text("20MB")).to_be_hidden()


def test_a_name_with_its_number_is_whole_in_any_width_and_is_found_and_copied_as_one_types_it(visit: Visit) -> None:
    page = visit().open("/?lang=en")
    words = page.get_by_test_id("stPageLink-NavLink").filter(has_text="A sample").locator("p")
    expect(words).to_have_text(lesson("home").labels["sample_link"])
    lines = words.evaluate("""e => {
      const [text, name] = [e.firstChild, document.createRange()]
      name.setStart(text, 0)
      name.setEnd(text, text.data.indexOf('ResNet-') + 'ResNet-'.length)
      e.style.width = `${name.getBoundingClientRect().width + 2}px`  // a line might end behind the hyphen
      name.setStart(text, text.data.indexOf('ResNet-'))
      name.setEnd(text, text.data.indexOf('20') + 2)
      return name.getClientRects().length
    }""")
    assert lines == 1
    assert page.evaluate("window.find('ResNet-20')")
    copied = words.evaluate("""e => {
      getSelection().selectAllChildren(e)
      const event = new ClipboardEvent('copy', { clipboardData: new DataTransfer(), bubbles: true, cancelable: true })
      e.dispatchEvent(event)
      return ['text/plain', 'text/html'].map(kind => event.clipboardData.getData(kind))
    }""")
    assert [("ResNet-20 " in each) for each in copied] == [True, True]
