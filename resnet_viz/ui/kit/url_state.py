"""What a link carries: typed parameters, read from the URL and written back after every run.

A parameter is a `Param`. Those that lessons share stand in `shared_params`, a lesson's own in its `params.py`; none is known
here. The values live in the session, so they outlast a switch of pages. A widget is only a view of one: `control` sets it from
the value before it is drawn and stores what the user does with it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import streamlit as st

from resnet_viz.refused import Refused
from resnet_viz.ui import streamlit_internals

T = TypeVar("T")
MAX_LENGTH = 16_000
"""Characters of one value: a network of 2,000 blocks without every other skip takes a third of it."""
_LINK = "link"


@dataclass(frozen=True, eq=False)
class Param(Generic[T]):
    """One value that a link carries."""

    name: str
    """In the URL. Two lessons may use the same one."""
    parser: Callable[[str], T]
    """Raises `ValueError` for what it does not accept."""
    default: T
    """Not written. None where what suits depends on the page."""
    dump: Callable[[Any], str] = str
    """Inverts `parser`; never given a default of None."""
    options: tuple[T, ...] = ()
    """All values, where a widget lists them."""
    formerly: Mapping[str, Callable[[str], str]] = field(default_factory=dict)
    """Names that older links use, each with what makes this parameter's text of theirs."""
    opening: Callable[[], T] | None = None
    """The value of a new session where that is not the default. It is written always, then."""

    def parse(self, text: str) -> T:
        """The value, or `ValueError`."""
        if len(text) > MAX_LENGTH:
            raise Refused("too_long", most=MAX_LENGTH, given=len(text))
        return self.parser(text)

    def first(self) -> T:
        """The value where no link says anything."""
        return self.opening() if self.opening else self.default

    def written(self, value: T) -> bool:
        """Whether a link says this value."""
        return self.opening is not None or value != self.default


class _Link:
    """What one session's link says, and how far the run that is under way has read it."""

    def __init__(self) -> None:
        self.values: dict[Param[Any], Any] = {}
        self.page = ""
        self.saved: dict[str, str] = {}
        """What was last written into the URL."""
        self.read: Mapping[str, str] = {}
        """What this run reads of the URL."""
        self.whole = False
        """Whether it says everything: what it lacks has its default then."""
        self.bare = False
        """Whether this run has opened another page and its URL says nothing."""
        self.loaded: list[Param[Any]] = []
        self.untried: set[Param[Any]] = set()
        """What has come with a link just now and no page has tried yet."""
        self.notices: dict[str, ValueError] = {}
        self.named: dict[Param[Any], Any] = {}
        """What this run's page shows where nobody has chosen, and names in its link all the same."""


def _link() -> _Link:
    kept = streamlit_internals.kept_with_this_run()
    if _LINK not in kept:
        kept[_LINK] = st.session_state[_LINK]
    found: _Link = kept[_LINK]
    return found


def get(param: Param[T]) -> T:
    """The value of a parameter in this session."""
    link = _link()
    if param not in link.values:  # of another page, which has not been opened yet
        link.values[param] = param.first()
    value: T = link.values[param]
    return value


def put(param: Param[T], value: T) -> None:
    """Change a parameter; the URL follows at the end of the run."""
    _link().values[param] = value


def start() -> None:
    """At the start of a run: decide whether it reads the URL.

    It does when the session starts, for Back and Forward, and when a link inside the app opens another page. A click never does:
    it can overtake the answer to the click before it and then carries an older URL.
    """
    is_new = _LINK not in st.session_state
    link: _Link = st.session_state.setdefault(_LINK, _Link())
    is_elsewhere = streamlit_internals.page_of_this_run() != link.page
    reads = is_new or streamlit_internals.is_back_or_forward() or is_elsewhere
    link.read = st.query_params.to_dict() if reads else {}
    link.whole = any(param.name in link.read for param in link.values if param.opening)
    link.bare = is_elsewhere and not is_new and not link.read
    link.loaded, link.untried, link.named = [], set(), {}


def is_read(param: Param[Any]) -> bool:
    """Whether the link that this run reads says this parameter."""
    return param.name in _link().read


def says_without(param: Param[Any], of_no_view: Iterable[Param[Any]]) -> bool:
    """Whether the link that this run reads says what is shown, and not this parameter. Those `of_no_view` do not count."""
    link = _link()
    said = {other for other in link.loaded if {other.name, *other.formerly} & {*link.read}}
    return param not in said and bool(said - {*of_no_view})


def name_in_link(param: Param[T], value: T) -> None:
    """Let this run's link say what is shown where nobody has chosen, so that it still shows that if it is no longer usual."""
    _link().named[param] = value


def open_by_link() -> None:
    """Let the next run read the URL, also where it shows the same page: the app itself follows a link."""
    _link().page = ""


def comes_without_link() -> bool:
    """Whether this run has opened another page by the navigation, where nothing says what to show."""
    return _link().bare


def load(params: Iterable[Param[Any]]) -> None:
    """Take the values of these parameters from the URL, as far as this run reads it; `save` will write these and no others.

    A parameter that is always written tells a link of this app's from a bare address, which keeps what the session has.
    """
    link = _link()
    link.page = streamlit_internals.page_of_this_run()
    for param in params:
        link.loaded.append(param)
        before = get(param)
        name = next((name for name in (param.name, *param.formerly) if name in link.read), None)
        if name is not None:
            link.values[param] = _read(param, name, link)
            if link.values[param] != before:
                link.untried.add(param)
        elif link.whole:
            link.values[param] = param.default


def _read(param: Param[T], name: str, link: _Link) -> T:
    text = link.read[name]
    try:
        return param.parse(text if name == param.name else param.formerly[name](text))
    except ValueError as error:
        link.notices.setdefault(name, error)
        return param.first()


def save() -> None:
    """Write every value that differs from its default, so that the address bar is always the link to this view."""
    link = _link()
    shown = {param: link.values[param] for param in link.loaded}
    shown |= {param: value for param, value in link.named.items() if not param.written(shown.get(param))}
    written = {param.name: param.dump(value) for param, value in shown.items() if param.written(value)}
    if not st.query_params.to_dict() == link.saved == written:
        st.query_params.from_dict(written)
    link.saved = written


def saved() -> dict[str, str]:
    """What was last written: the link to the view that is on the screen."""
    return dict(_link().saved)


def fitting(param: Param[T], fits: bool, code: str, **values: object) -> T:
    """The value of a parameter where the page has what it names; where it does not fit, its default takes its place.

    When the value has just come with a link, `notices` tells the reason, as `Refused(code, …)`. What was left behind by a
    change of network goes in silence.
    """
    link, value = _link(), get(param)
    if value != param.default and not fits:
        if param in link.untried:
            link.notices.setdefault(param.name, Refused(code, given=param.dump(value), **values))
        put(param, param.default)
    link.untried.discard(param)
    return get(param)


def notices() -> list[tuple[str, ValueError]]:
    """(parameter, what was wrong with it) for each part of the link that could not be used."""
    return list(_link().notices.items())


def dismiss_notices() -> None:
    """The user has seen them."""
    _link().notices.clear()


def _are_among(offered: Container[Any], chosen: Any) -> bool:
    """Whether what is chosen is one of those offered, several of them, or nothing."""
    return chosen is None or all(each in offered for each in (chosen if isinstance(chosen, list) else [chosen]))


def control(
    widget: Callable[..., Any], label: str, *args: Any, value: Any, then: Callable[[Any], None], key: str, **options: Any
) -> Any:
    """Draw a widget as a view of `value`; `then` receives what the user changes it to, before the page runs again.

    A browser names an option by its words. Where those have changed on the way, what arrives is no option, and nothing changes.
    """
    name = f"w_{key}"
    st.session_state[name] = value
    has_words = "format_func" in options

    def changed() -> None:
        chosen = st.session_state[name]
        if not has_words or _are_among(args[0], chosen):
            then(chosen)

    return widget(label, *args, key=name, on_change=changed, **options)


def view(widget: Callable[..., Any], label: str, *args: Any, of: Param[T], **options: Any) -> Any:
    """`control` of one parameter, with its options where it has some. A choice that is taken back keeps the value."""
    listed = (of.options,) if of.options else ()

    def take(value: T | None) -> None:
        put(of, get(of) if value is None else value)

    return control(widget, label, *listed, *args, value=get(of), then=take, key=of.name, **options)


def labels(words: Mapping[str, str], prefix: str) -> Callable[[Any], str]:
    """A `format_func` that shows `words[prefix + code]`, or the code where there is no word."""
    return lambda code: words.get(f"{prefix}{code}", str(code))
