from __future__ import annotations

import asyncio

import pytest

from pytest_stt.runner.exclusivity import Turns

pytestmark = pytest.mark.asyncio


class Stage:
    """Notes who is on, and lets them off when told to."""

    def __init__(self) -> None:
        self.turns = Turns()
        self.on: list[str] = []
        self.leave: dict[str, asyncio.Event] = {}
        self.tasks: dict[str, asyncio.Task[None]] = {}

    async def enter(self, *names: str) -> None:
        """Let them come; capitals come alone."""
        for name in names:
            self.leave[name] = asyncio.Event()
            self.tasks[name] = asyncio.create_task(self._perform(name))
        await settle()

    async def _perform(self, name: str) -> None:
        async with self.turns.turn(alone=name.isupper()):
            self.on.append(name)
            try:
                await self.leave[name].wait()
            finally:
                self.on.remove(name)

    async def exit(self, *names: str) -> None:
        for name in names:
            self.leave[name].set()
        await settle()

    async def cancel(self, name: str) -> None:
        self.tasks[name].cancel()
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_ordinary_ones_run_side_by_side() -> None:
    stage = Stage()
    await stage.enter("a", "b", "c")
    assert stage.on == ["a", "b", "c"]
    await stage.exit("a", "b", "c")


async def test_an_exclusive_one_runs_alone_and_in_its_turn() -> None:
    stage = Stage()
    await stage.enter("a", "b", "X", "c", "Y", "d")
    assert stage.on == ["a", "b"]
    await stage.exit("a")
    assert stage.on == ["b"]
    await stage.exit("b")
    assert stage.on == ["X"]
    await stage.exit("X")
    assert stage.on == ["c"]
    await stage.exit("c")
    assert stage.on == ["Y"]
    await stage.exit("Y")
    assert stage.on == ["d"]
    await stage.exit("d")
    await stage.enter("Z")
    assert stage.on == ["Z"]
    await stage.exit("Z")


async def test_an_exclusive_one_that_gives_up_lets_the_others_in() -> None:
    stage = Stage()
    await stage.enter("a", "X", "b", "c")
    await stage.cancel("X")
    assert stage.on == ["a", "b", "c"]
    await stage.exit("a", "b", "c")


async def test_an_exclusive_one_that_is_cancelled_while_it_runs_lets_the_others_in() -> None:
    stage = Stage()
    await stage.enter("X", "b")
    await stage.cancel("X")
    assert stage.on == ["b"]
    await stage.exit("b")


async def test_one_that_is_cancelled_as_it_is_called_is_counted_out() -> None:
    stage = Stage()
    await stage.enter("a", "X", "b")
    stage.leave["a"].set()
    # Two steps later X is called, and has not run yet.
    while not stage.turns._alone:
        await asyncio.sleep(0)
    assert stage.on == []
    await stage.cancel("X")
    assert stage.on == ["b"]
    await stage.exit("b")


async def test_those_that_give_up_together_don_t_keep_the_next_one_out() -> None:
    stage = Stage()
    await stage.enter("a", "X", "Y", "b")
    for name in ("a", "X", "Y"):
        stage.tasks[name].cancel()
    await settle()
    assert stage.on == ["b"]
    await stage.exit("b")
