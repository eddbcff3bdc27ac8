"""What is written to one connection in one turn of the event loop is sent in one piece, and nothing is lost at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from resnet_viz.ui.server.gathering import MOST, Gathering
from tests.loops import run


class Written(asyncio.Transport):
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 1)})
        self.told: list[object] = []

    def write(self, data: object) -> None:
        self.told.append(data)

    def close(self) -> None:
        self.told.append("closed")

    def abort(self) -> None:
        self.told.append("aborted")

    def write_eof(self) -> None:
        self.told.append("ended")

    def get_write_buffer_size(self) -> int:
        return 5


async def next_turn() -> None:
    """Until the event loop has done what waits now."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    loop.call_soon(done.set_result, None)
    await done


def told_after(*acts: Callable[[Gathering], object]) -> list[object]:
    """What the transport was told by then, and in the next turn of the loop."""

    async def act() -> list[object]:
        written = Written()
        gathering = Gathering(written)
        for one in acts:
            one(gathering)
        await next_turn()
        return written.told

    return run(act())


def test_what_is_written_in_one_turn_is_one_piece() -> None:
    def not_yet(gathering: Gathering) -> None:
        assert gathering.get_write_buffer_size() == 5 + 3, "what waits here counts as unread"

    assert told_after(lambda g: g.write(b"a"), lambda g: g.writelines([b"b", b"c"]), not_yet) == [b"abc"]
    assert told_after() == []


def test_what_is_much_waits_for_nothing() -> None:
    """A client who reads nothing is noticed by what its transport has to keep."""
    half = bytes(MOST // 2)

    def at_once(gathering: Gathering) -> None:
        assert gathering.get_write_buffer_size() == 5

    assert told_after(*3 * [lambda g: g.write(half)], lambda g: g.abort()) == [2 * half, "aborted"]
    assert told_after(lambda g: g.write(2 * half), at_once, lambda g: g.write(b"more")) == [2 * half, b"more"]


@pytest.mark.parametrize(("end", "told"), [(Gathering.close, "closed"), (Gathering.write_eof, "ended")])
def test_what_waits_goes_before_the_end(end: Callable[[Gathering], None], told: str) -> None:
    assert told_after(lambda g: g.write(b"last"), end) == [b"last", told]


def test_what_is_aborted_sends_nothing_more() -> None:
    assert told_after(lambda g: g.write(b"lost"), Gathering.abort) == ["aborted"]


def test_it_is_the_transport_in_everything_else() -> None:
    assert told_after(lambda g: g.write(str(g.get_extra_info("peername")[1]).encode())) == [b"1"]


def test_turns_come_one_after_the_other() -> None:
    async def act() -> list[object]:
        written = Written()
        gathering = Gathering(written)
        for data in (b"first", b"second"):
            gathering.write(data)
            await next_turn()
        return written.told

    assert run(act()) == [b"first", b"second"]
