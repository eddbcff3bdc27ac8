"""What a link carries: one typed table, read from the URL when a session starts and written back after every run.

The values live in `st.session_state` under their own names, so they outlast a switch of pages. A widget is only a view of one:
`control` sets it from the value before it is drawn and stores what the user does with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from resnet_viz.jobs.limits import Limits
from resnet_viz.nets.presets import parse_network, short_name
from resnet_viz.nets.spec import ResNetSpec
from resnet_viz.refused import Refused
from resnet_viz.studies.claims import CLAIMS
from resnet_viz.studies.depth_sweep import Sweep
from resnet_viz.studies.quiz import QUESTIONS
from resnet_viz.studies.race import DEPTHS, network
from resnet_viz.text import LANGUAGES
from resnet_viz.training.experiment import Experiment

_WRITTEN = "_url_written"
_NOTICES = "_url_notices"
_LINKED = "_url_untried"
_ACTED = "_acted"
MAX_RUNS = 6
"""Runs that one session watches at once."""


class Param(NamedTuple):
    """How one value gets into the URL and back. `parse` raises `ValueError` for what it does not accept."""

    parse: Callable[[str], Any]
    dump: Callable[[Any], str]
    default: Callable[[], Any]


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not low <= int(text[:9]) <= high:
            raise Refused("whole", low=low, high=high, given=text[:40])
        return int(text)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in words:
            raise Refused("one_of", words=", ".join(words), given=text[:40])
        return text

    return parse


def _name(text: str) -> str:
    if len(text) > 60 or not all(c.isascii() and (c.isalnum() or c in "._-") for c in text):
        raise Refused("name", given=text[:40])
    return text


def _names(text: str) -> tuple[str, ...]:
    names = tuple(text.split(".")) if text else ()
    if any(not _name(name).startswith("layer") for name in names):
        raise Refused("names", given=text[:40])
    return names


def _place(text: str) -> tuple[int, int, int]:
    parts = text.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        raise Refused("place", given=text[:40])
    return int(parts[0]), int(parts[1]), int(parts[2])


def _shape(text: str) -> tuple[int, int, int]:
    shape = _place(text)
    if not (1 <= shape[0] <= 2048 and all(1 <= side <= 224 for side in shape[1:])):
        raise Refused("shape", given=text[:40])
    return shape


def _spot(text: str) -> tuple[int, int]:
    row, column, _ = _place(f"{text}.0")
    if max(row, column) > 31:
        raise Refused("spot", given=text[:40])
    return row, column


def _gone(text: str) -> tuple[str, ...]:
    parts = text.split("_") if text else []
    if len(parts) > 60 or not all(re.fullmatch(r"\d\.\d{1,3}", part, re.ASCII) for part in parts):
        raise Refused("gone", given=text[:40])
    return tuple(f"layer{part}" for part in parts)


def _measured(text: str) -> tuple[int, int]:
    seed, side, _ = _place(f"{text}.0")
    if seed > 999 or side not in (11, 17, 25):
        raise Refused("measured", given=text[:40])
    return seed, side


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def _mix(text: str) -> Any:
    from resnet_viz.probes.mixing import parse_mix  # with torch, which a page without it should not wait for

    return parse_mix(text)


def _claims(text: str) -> tuple[str, ...]:
    asked = text.split(".")
    if unknown := [name for name in asked if name not in CLAIMS]:
        raise Refused("claims", example=f"{CLAIMS[0]}.{CLAIMS[1]}", given=unknown[0][:40])
    return tuple(name for name in CLAIMS if name in asked)


def _experiment(text: str) -> Experiment:
    return _trainable(Experiment.parse(text))


def _trainable(experiment: Experiment) -> Experiment:
    Limits().check(experiment)
    return experiment


def _experiments(text: str) -> tuple[Experiment, ...]:
    found = tuple(_experiment(part) for part in text.split("!")) if text else ()
    if len(found) > MAX_RUNS:
        raise Refused("runs", most=MAX_RUNS, given=len(found))
    return found


def _flow(text: str) -> ResNetSpec:
    spec = parse_network(text)
    if spec.depth not in DEPTHS or spec != replace(network(spec.depth), norm=spec.norm, init=spec.init, skips=spec.skips):
        raise Refused("flow", example=f"{network(56)}-nobn-xavier", given=text[:60])
    return spec


def _sweep(text: str) -> Sweep:
    sweep = Sweep.parse(text)
    _trainable(sweep.like)
    return sweep


def _network_text(value: str | ResNetSpec) -> str:
    return value if isinstance(value, str) else short_name(value)


def _browser_language() -> str:
    return "zh" if (st.context.locale or "").lower().startswith("zh") else "en"


PARAMS: dict[str, Param] = {
    "lang": Param(_one_of(*LANGUAGES), str, _browser_language),
    "net": Param(parse_network, short_name, lambda: None),
    "vs": Param(lambda text: text if text == "none" else parse_network(text), _network_text, lambda: None),
    "size": Param(_whole(8, 512), str, lambda: None),
    "seed": Param(_whole(0, 999_999), str, lambda: 0),
    "pick": Param(_name, str, lambda: ""),
    "open": Param(_name, str, lambda: ""),
    "unfold": Param(_names, ".".join, lambda: None),
    "pic": Param(_name, str, lambda: "cat"),
    "weights": Param(_one_of("trained", "untrained"), str, lambda: "trained"),
    "show": Param(_one_of("maps", "strip"), str, lambda: "maps"),
    "block": Param(_name, str, lambda: ""),
    "branch": Param(_one_of("full", "zero"), str, lambda: "full"),
    "at": Param(_place, _dotted, lambda: None),
    "step": Param(_whole(0, 20), str, lambda: 0),
    "mix": Param(_mix, str, lambda: None),
    "left": Param(_shape, _dotted, lambda: (64, 56, 56)),
    "right": Param(_shape, _dotted, lambda: (128, 28, 28)),
    "exp": Param(_experiment, str, lambda: None),
    "board": Param(_one_of("cifar", "shapes"), str, lambda: "cifar"),
    "sweep": Param(_sweep, str, lambda: None),
    "runs": Param(_experiments, lambda runs: "!".join(map(str, runs)), lambda: ()),
    "bc": Param(_whole(16, 1024), str, lambda: None),
    "bh": Param(_whole(1, 112), str, lambda: None),
    "bw": Param(_whole(1, 112), str, lambda: None),
    "flow": Param(_flow, short_name, lambda: None),
    "px": Param(lambda text: int(_one_of("16", "32")(text)), str, lambda: 16),
    "past": Param(_one_of("shapes-56", "shapes-20", "cifar-56", "cifar-20", "board"), str, lambda: "shapes-56"),
    "touch": Param(_one_of("noise", "dot"), str, lambda: "noise"),
    "much": Param(_one_of("0.1", "0.3", "0.7", "1", "3", "10"), str, lambda: "0.7"),
    "dot": Param(_spot, _dotted, lambda: (16, 16)),
    "pair": Param(_one_of("cifar-56", "cifar-20", "shapes-56", "shapes-20"), str, lambda: "cifar-56"),
    "wound": Param(_one_of("one", "some", "swap"), str, lambda: "one"),
    "gone": Param(_gone, lambda names: "_".join(name.removeprefix("layer") for name in names), lambda: ()),
    "panel": Param(_one_of("small", "ensemble", "surface", "nested"), str, lambda: "small"),
    "nt": Param(_one_of("tent", "bell", "wave", "step", "line"), str, lambda: "tent"),
    "nd": Param(_whole(1, 6), str, lambda: 5),
    "nf": Param(_whole(0, 99), str, lambda: 61),
    "ns": Param(_one_of("no", "yes"), str, lambda: "no"),
    "lp": Param(_one_of("shapes-56", "shapes-20", "cifar-56", "cifar-20"), str, lambda: "shapes-56"),
    "lw": Param(_one_of("trained", "untrained"), str, lambda: "trained"),
    "lv": Param(_one_of("solid", "map"), str, lambda: "solid"),
    "lh": Param(_one_of("linear", "log", "own"), str, lambda: "linear"),
    "lr": Param(_one_of("1", "0.5"), str, lambda: "1"),
    "lm": Param(_measured, _dotted, lambda: (1, 11)),
    "claims": Param(_claims, ".".join, lambda: ()),
    "quiz": Param(_whole(1, len(QUESTIONS)), str, lambda: 1),
}
"""What is None until somebody chooses is what suits the page."""


def get(name: str) -> Any:
    """The value of one parameter in this session."""
    return st.session_state[name]


def put(name: str, value: Any) -> None:
    """Change one parameter; the URL follows at the end of the run."""
    st.session_state[name] = value
    acted()


def acted() -> None:
    """Called by a widget's callback: this run is the answer to a click, not to the browser's Back or a pasted link.

    A click can overtake the answer to the click before it. It then carries the URL of before, which must not undo both.
    """
    st.session_state[_ACTED] = True


def load_url() -> None:
    """Take the URL's values: when the session starts, and when the browser's Back or a pasted link changed them."""
    given = {name: st.query_params[name] for name in PARAMS if name in st.query_params}
    first = _WRITTEN not in st.session_state
    clicked = st.session_state.pop(_ACTED, False)
    if not first and (clicked or not given or given == st.session_state[_WRITTEN]):
        return
    notices, before = [], st.session_state.get(_WRITTEN, {})
    for name, param in PARAMS.items():
        value = None
        if name in given:
            try:
                value = param.parse(given[name])
            except ValueError as error:
                notices.append((name, error))
        if name in given or first:
            st.session_state[name] = param.default() if value is None else value
    st.session_state[_NOTICES] = notices
    st.session_state[_LINKED] = {name for name in given if given[name] != before.get(name)}
    st.session_state[_WRITTEN] = given


def save_url() -> None:
    """Write every value that differs from its default, so that the address bar is always the link to this view."""
    written = {}
    for name, param in PARAMS.items():
        value = get(name)
        if name == "lang" or value != param.default():
            written[name] = param.dump(value)
    shown = {name: st.query_params[name] for name in PARAMS if name in st.query_params}
    if not shown == st.session_state[_WRITTEN] == written:
        st.query_params.from_dict(written)
    st.session_state[_WRITTEN] = written
    st.session_state.pop(_ACTED, None)


def fitting(name: str, fits: bool, code: str, **values: object) -> Any:
    """The value of one parameter where the page has what it names; where it does not fit, its default takes its place.

    Of a value that has just come with a link it is said why, as `Refused(code, …)`: see `notices`. What was left behind by a
    change of network goes in silence.
    """
    value, default, linked = get(name), PARAMS[name].default(), st.session_state[_LINKED]
    if value != default and not fits:
        if name in linked:
            problem = Refused(code, given=PARAMS[name].dump(value), **values)
            st.session_state[_NOTICES] = [*notices(), (name, problem)]
        st.session_state[name] = default
    linked.discard(name)
    return get(name)


def notices() -> list[tuple[str, ValueError]]:
    """(parameter, what was wrong with it) for each part of the link that could not be used."""
    return list(st.session_state.get(_NOTICES, []))


def dismiss_notices() -> None:
    """The user has seen them."""
    st.session_state[_NOTICES] = []


def control(
    widget: Callable[..., Any], label: str, *args: Any, value: Any, then: Callable[[Any], None], key: str, **options: Any
) -> Any:
    """Draw a widget as a view of `value`; `then` receives what the user changes it to, before the page runs again."""
    name = f"w_{key}"
    st.session_state[name] = value

    def changed() -> None:
        then(st.session_state[name])

    return widget(label, *args, key=name, on_change=changed, **options)


def labels(words: Mapping[str, str], prefix: str) -> Callable[[Any], str]:
    """A `format_func` that shows `words[prefix + code]`, or the code where there is no word."""
    return lambda code: words.get(f"{prefix}{code}", str(code))
