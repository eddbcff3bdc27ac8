"""One app of several holds a file, whatever has become of the lock that lies beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from resnet_viz.jobs.file_lock import FileLock

DAMAGE = {"garbage": b"\xff" * 4096, "a few bytes": b"lock", "half a database": b"SQLite format 3\x00" + bytes(500)}


@pytest.mark.parametrize("found", [None, b"", *DAMAGE.values()], ids=["nothing", "an empty file", *DAMAGE])
def test_one_app_holds_it_whatever_lies_there(tmp_path: Path, found: bytes | None) -> None:
    if found is not None:
        (tmp_path / "runs.sqlite.lock").write_bytes(found)
    one, other = (FileLock(tmp_path / "runs.sqlite") for _ in range(2))
    assert one.take()
    assert one.is_held
    assert one.take(), "it has it already"
    assert not other.take()
    assert not other.is_held
    one.release()
    assert other.take()
    assert other.is_held
    assert not one.take()
    other.release()


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_what_is_held_is_not_taken_though_it_is_damaged_meanwhile(tmp_path: Path, damage: bytes) -> None:
    one, other = (FileLock(tmp_path / "runs.sqlite") for _ in range(2))
    assert one.take()
    (tmp_path / "runs.sqlite.lock").write_bytes(damage)
    assert not other.take()
    one.release()


def test_where_no_lock_can_be_had_nobody_is_kept_out(tmp_path: Path) -> None:
    (tmp_path / "runs.sqlite.lock").mkdir()
    lock = FileLock(tmp_path / "runs.sqlite")
    assert lock.take()
    assert not lock.is_held


def test_of_two_that_find_it_damaged_one_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second empties it when the first has done so and holds it already."""
    (tmp_path / "runs.sqlite.lock").write_bytes(DAMAGE["garbage"])
    one, other = (FileLock(tmp_path / "runs.sqlite") for _ in range(2))
    empty = other._empty

    def later() -> None:
        assert one.take()
        empty()

    monkeypatch.setattr(other, "_empty", later)
    assert not other.take()
    assert one.is_held
    one.release()
