"""Both languages say the same things, and the font has every character."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest
import torch
from fontTools.ttLib import TTFont
from PIL import Image

from resnet_viz.csv_table import table
from resnet_viz.nets.presets import presets
from resnet_viz.nets.spec import CHOICES
from resnet_viz.pictures import _SENTENCES
from resnet_viz.samples import samples
from resnet_viz.text import JOINER, LANGUAGES, VERBATIM, lesson, names, unbroken
from resnet_viz.text.glossary import glossary, marked
from resnet_viz.ui.kit.course import LESSONS
from resnet_viz.ui.kit.prose import MORE

ROOT = Path(__file__).parents[2]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("name", names())
def test_languages_have_the_same_sections_labels_and_placeholders(name: str) -> None:
    texts = [lesson(name, language) for language in LANGUAGES]
    assert all(t.title and t.question for t in texts)
    assert len({tuple(t.sections) for t in texts}) == 1
    first = texts[0].labels
    for other in texts[1:]:
        assert set(other.labels) == set(first)
        for key, text in other.labels.items():
            assert placeholders(text) == placeholders(first[key]), key


def test_every_language_has_every_file() -> None:
    assert len({names(language) for language in LANGUAGES}) == 1
    with pytest.raises(ValueError, match="'fr'"):
        lesson("home", "fr")


def test_numbers_agree_between_languages() -> None:
    """A figure in the English prose stands in the Chinese prose, and the other way round."""

    def numbers(language: str, name: str) -> set[str]:
        prose = " ".join(lesson(name, language).sections.values())
        return set(re.findall(r"\d[\d,.]*\d|\d", prose))

    for name in names():
        english, chinese = numbers("en", name), numbers("zh", name)
        assert {n for n in english ^ chinese if len(n) > 2 and "." not in n} == set(), name


@pytest.mark.parametrize("path", sorted((ROOT / "resnet_viz" / "text" / "zh").glob("*.md")), ids=lambda path: path.stem)
def test_no_space_follows_what_is_bold_after_a_chinese_stop(path: Path) -> None:
    """Behind a stop inside of the stars Markdown needs a space, which Chinese has not."""
    assert not re.findall(r".{12}[。？！：]\*\* .{0,8}", path.read_text(encoding="utf-8"))


def test_every_code_has_its_words() -> None:
    network, activations = lesson("network").labels, lesson("activations").labels
    assert {f"net_{name}" for name in presets()} <= set(network)
    assert {f"{field}_{word}" for field, words in CHOICES.items() for word in words} <= set(network)
    assert {f"sample_{sample.code}" for sample in samples()} <= set(activations)
    assert {f"picture_{code}" for code in _SENTENCES} <= set(activations)


IN_VIEW = {"en": 120, "zh": 260}
"""Words of a section that stand in view, and characters of a Chinese one."""


def in_view(section: str, language: str) -> int:
    """How many words, or Chinese characters, of a section a reader sees before *Read more* is opened."""
    prose = re.sub(r"```.*?```|^\|.*$", "", section.partition(MORE)[0], flags=re.DOTALL | re.MULTILINE)
    return len(re.findall(r"[\u2e80-\u9fff]", prose) if language == "zh" else prose.split())


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LESSONS)
def test_a_section_is_short_until_more_is_asked_for(name: str, language: str) -> None:
    long = {key: in_view(section, language) for key, section in lesson(name, language).sections.items()}
    assert not {key: words for key, words in long.items() if words > IN_VIEW[language]}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_glossary_explains_every_form_once(language: str) -> None:
    terms = glossary(language)
    forms = [form for term in terms for form in term.words]
    assert len(forms) == len({*forms})
    assert [term.key for term in terms] == [term.key for term in glossary("en")]
    assert all(term.meaning.endswith(("." if language == "en" else "。", "！")) for term in terms)
    for form in forms:
        sentence = f"## {form}\n\n`{form}` and {form} and {form}"
        explained, found = marked(sentence, terms)
        assert len(found) == explained.count('class="term"') == 1, "once, and neither in the heading nor in code"
        assert f'0">{form}<span' in explained


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_no_line_ends_within_a_name_and_code_is_left_as_it_is_typed(name: str, language: str) -> None:
    words = lesson(name, language)
    for text in (*words.sections.values(), *words.labels.values()):
        prose = re.sub(VERBATIM, "", text, flags=re.DOTALL)
        if not re.fullmatch(r"[\w-]*", text):  # a name alone, as in a menu
            assert not re.findall(r"(?:Net|plain|residual|CIFAR|普通|残差)-\d+(?![\d.])", prose)
        for code in re.findall(VERBATIM, text, flags=re.DOTALL):
            assert not {JOINER, "\u00a0"} & {*code}, code


def test_what_is_held_together_is_explained_and_written_to_files_like_any_other_word() -> None:
    said = unbroken("On CIFAR-10, and CIFAR-100")
    assert said.count(JOINER) == 2
    assert marked(said, glossary("en"))[1] == ["cifar_10"]
    assert marked(unbroken("CIFAR-100 only"), glossary("en"))[1] == []
    assert table([[said]]) == '"On CIFAR-10, and CIFAR-100"\n'
    assert unbroken(unbroken(said)) == said


def test_the_glossary_marks_whole_words_only() -> None:
    terms = glossary("en")
    assert marked("a batching, stemmed, prebatch word", terms)[1] == []
    assert marked("[the stem](https://example.org/stem) $stem$", terms)[1] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("term", "elsewhere"), [("depth", {"shortcuts", "mixing"}), ("loss", {"activations", "shortcuts"})])
def test_a_word_with_an_everyday_meaning_is_not_used_in_that_meaning(term: str, elsewhere: set[str], language: str) -> None:
    """The thickness of a box is no depth of a network, and what a narrow network lacks is no loss that training lowers."""
    for name in elsewhere:
        words = lesson(name, language)
        told = {key: marked(text, glossary(language))[1] for key, text in {**words.sections, **words.labels}.items()}
        assert not {key: found for key, found in told.items() if term in found}


@pytest.mark.parametrize("language", LANGUAGES)
def test_features_are_called_so_only_where_they_are_a_networks_last(language: str) -> None:
    """The glossary means one number a channel, before the last layer: not what stands behind any block."""
    for name in {*names()} - {"glossary", "refused", "transfer", "claims", "quiz"}:
        words = lesson(name, language)
        for key, text in {**words.sections, **words.labels}.items():
            assert "features" not in marked(text, glossary(language))[1], (name, key)


def test_deep_learning_is_no_depth() -> None:
    told, found = marked("《动手学深度学习》讲深度监督，深度另说。", glossary("zh"))
    assert found == ["depth"]
    assert told.startswith('《动手学深度学习》讲深度监督，<span class="term"')


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [name for name in names() if name != "refused"])
def test_emphasis_is_drawn_wherever_it_stands(name: str, language: str) -> None:
    """Markdown would show the stars of “是*捷径*的” once a word in them is marked. Code and formulas keep theirs."""
    words = lesson(name, language)
    for key, text in {**words.sections, **words.labels}.items():
        told, _ = marked(text, glossary(language))
        prose = re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$|<[^>]*>", "", told, flags=re.DOTALL)
        assert "*" not in prose, key


def test_emphasis_around_a_word_of_the_glossary() -> None:
    told, found = marked("就是*捷径*的**全部**", glossary("zh"))
    assert found == ["shortcut"]
    assert told.startswith('就是<em><span class="term"')
    assert told.endswith("</span></em>的<strong>全部</strong>")


@pytest.mark.parametrize(("value", "said"), [(1.4e-14, "1·10⁻¹⁴"), (3e5, "3·10⁵"), (0.0, "0·10⁰")])
def test_a_power_of_ten_is_printed_as_one(value: float, said: str) -> None:
    words = lesson("quiz")._replace(labels={"told": "{x:power}, {x:.1g}"})
    assert words.say("told", x=value) == f"{said}, {value:.1g}"


def test_no_text_writes_a_number_as_a_program_does() -> None:
    labels = [label for language in LANGUAGES for name in names(language) for label in lesson(name, language).labels.values()]
    assert not [label for label in labels if re.search(r"\{\w+:\.\d[eE]\}", label)]


def test_chinese_has_no_spaces_between_its_words() -> None:
    chinese, english = lesson("transfer", "zh"), lesson("transfer")
    told = chinese.say("compared_one", source="（照片） 训练", accuracy=0.5)
    assert told == "（照片）训练 50%"
    told = chinese.joined(["**一。** 二。", "三。", "4 步，", "x。"])
    assert told == "**一。** 二。三。4 步，x。", "behind stars a space stays"
    assert english.joined(["One.", "Two."]) == "One. Two."


def test_the_font_has_every_chinese_character() -> None:
    font = TTFont(ROOT / "resnet_viz" / "ui" / "static" / "cjk.woff2")
    text = "".join(p.read_text(encoding="utf-8") for p in (ROOT / "resnet_viz" / "text" / "zh").glob("*.md")) + "中文"
    missing = {c for c in text if ord(c) >= 0x2E80} - {chr(code) for code in font.getBestCmap()}
    assert not missing, "run tools/subset_font.py"


def test_no_chinese_paragraph_is_broken_within() -> None:
    """A break of lines in Markdown is a space on the page, which Chinese has not."""
    broken = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]\n[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“（*]")
    assert not [(name, key) for name in names("zh") for key, text in lesson(name, "zh").sections.items() if broken.search(text)]


def test_chinese_is_put_together_with_its_own_signs() -> None:
    """What code joins, and what it puts in brackets, has the wide signs of Chinese."""
    for name in ("common", "diagram"):
        words = lesson(name, "zh")
        assert words.separated(",", ("一", "二")) == "一，二"
    common = lesson("common", "zh")
    assert common.say("your_answer", option="一次也不变") == "一次也不变（你的答案）"
    assert common.say("take_away", sentence="先测量。") == "**记住**：先测量。"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LESSONS)
def test_what_has_an_index_is_set_as_a_formula(name: str, language: str) -> None:
    """Beside x with a small l, "x_l" would be another thing."""
    for key, section in lesson(name, language).sections.items():
        prose = re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$\n]*\$", "", section, flags=re.DOTALL)
        assert not re.search(r"\b[A-Za-z]_\w", prose, re.ASCII), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_said_of_torchvisions_networks_is_code_that_runs(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is downloaded: its weights are those of a network that was never trained."""
    import torchvision

    def never_trained(weights: object, *_args: object, **_more: object) -> dict[str, object]:
        assert weights is torchvision.models.ResNet50_Weights.DEFAULT
        return dict(torchvision.models.resnet50().state_dict())

    monkeypatch.setattr(torchvision.models.ResNet50_Weights, "get_state_dict", never_trained)
    network, prepare = (
        eval(code, {"torchvision": torchvision})
        for code in re.findall(r"`(torchvision[^`]*)`", lesson("transfer", language).sections["take"])
    )
    assert not network.training
    with torch.no_grad():
        assert network(prepare(Image.new("RGB", (320, 240)))[None]).shape == (1, 1000)
