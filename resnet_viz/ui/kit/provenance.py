"""Where numbers come from, in this session's language: a recording's machine and pictures, a cited figure's paper and table."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from resnet_viz.nets.cards import Card
from resnet_viz.nets.published_results import Cited
from resnet_viz.text import Lesson
from resnet_viz.ui.kit.words import text

_MACHINE = re.compile(r"(?P<processor>.+?)(?P<cpu> CPU)?(?:, (?P<threads>\d+) thread\(s\))?, torch (?P<torch>[\w.+]+)")
_CIFAR_COPY = re.compile(r"CIFAR-10, JPEG copy \([^()]+\)")
_PHOTOGRAPHS = "Imagenette, 160 pixels"
_TABLE = re.compile(r"(?P<name>\w+) et al\. (?P<year>\d{4}), Table (?P<table>\d+)")
_SHAPES = re.compile(r"Shapes, drawn from seed (?P<seed>\d+)")


def recorded(made: Mapping[str, Any], words: Lesson, **values: object) -> str:
    """The note of a recording's badge, in this session's language: `recorded_how` with when and on which machine."""
    return words.say("recorded_how", made=made["made"], machine=machine(made["machine"]), **values)


def trained(known: Card, words: Lesson) -> str:
    """The same of weights: on which pictures and machine they were trained."""
    return words.say("recorded_how", made=pictures(known.data), machine=machine(known.machine))


def cited(*figures: Cited) -> str:
    """The tables in which these are printed, each once; a source that is no table as it stands."""
    words = text("common")
    tables: dict[tuple[str, str], dict[str, None]] = {}
    others: dict[str, None] = {}
    for source in (figure.source for figure in figures):
        if found := _TABLE.fullmatch(source):
            tables.setdefault((found["name"], found["year"]), {})[found["table"]] = None
        else:
            others[source] = None
    told = [
        words.say("cited_table" if len(numbers) == 1 else "cited_tables", name=name, year=year, tables=words.listed(numbers))
        for (name, year), numbers in tables.items()
    ]
    return words.separated(";", [*told, *others])


def machine(recorded: str) -> str:
    """What the recorder noted of its machine, such as `x86_64 CPU, 1 thread(s), torch 2.15.0`; anything else as it stands."""
    found = _MACHINE.fullmatch(recorded)
    if not found:
        return recorded
    words = text("common")
    processor = words.say("processor", kind=found["processor"]) if found["cpu"] else found["processor"]
    threads = int(found["threads"] or 0)
    key = "machine_one" if threads == 1 else "machine_threads" if threads else "machine"
    return words.say(key, processor=processor, threads=threads, torch=found["torch"])


def pictures(recorded: str) -> str:
    """What a card says of the pictures, without the place they were fetched from; a name of somebody's own as it stands."""
    words = text("common")
    if _CIFAR_COPY.fullmatch(recorded):
        return words.labels["pictures_cifar"]
    if recorded == _PHOTOGRAPHS:
        return words.labels["pictures_photographs"]
    if found := _SHAPES.fullmatch(recorded):
        return words.say("pictures_shapes", seed=int(found["seed"]))
    return recorded
