# SPDX-License-Identifier: Apache-2.0
"""An event loop for asyncio that lives in simulated time. One for each process of the door; it can be killed."""

import asyncio
import contextvars
from asyncio import events
from collections.abc import Callable, Coroutine
from typing import Any, cast

from callbox.drills.sim.schedule import Schedule


class SimLoop:
    """The part of an event loop that the door and asyncio's own tasks and futures need."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.dead = False
        self.errors: list[str] = []
        self.own = cast("asyncio.AbstractEventLoop", self)  # as asyncio's types name it

    def time(self) -> float:
        """Virtual seconds."""
        return self._schedule.now

    def get_debug(self) -> bool:
        """Never."""
        return False

    def is_running(self) -> bool:
        """Whether it lives."""
        return not self.dead

    def is_closed(self) -> bool:
        """Whether its process is gone."""
        return self.dead

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what nobody caught."""
        if not self.dead:
            self.errors.append(str(context.get("message")))

    def create_future(self) -> asyncio.Future[Any]:
        """A future of this loop."""
        return asyncio.Future(loop=self.own)

    def create_task(self, coro: Any, **more: Any) -> asyncio.Task[Any]:
        """A task of this loop."""
        return asyncio.Task(coro, loop=self.own, **more)

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> "Handle":
        """Call at the same time, after all that is due already."""
        handle = Handle(self, self._schedule.now, callback, args, context)
        self._schedule.after(0.0, handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> "Handle":
        """From another process."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> "Handle":
        """Call so many seconds later."""
        handle = Handle(self, self._schedule.now + delay, callback, args, context)
        self._schedule.after(delay, handle)
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> "Handle":
        """Call at a time of this loop."""
        return self.call_later(when - self._schedule.now, callback, *args, context=context)

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Run blocking work as a process of its own."""
        future = self.create_future()

        def work() -> None:
            try:
                result = func(*args)
            except (OSError, RuntimeError, ValueError) as error:
                self.call_soon(future.set_exception, error)
            else:
                self.call_soon(_settle, future, result)

        self._schedule.start("executor", work)
        return future

    def begin(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Start a task from outside."""
        return cast("asyncio.Task[Any]", self._inside(lambda: self.create_task(work)))

    def _inside(self, call: Callable[[], Any]) -> Any:
        """Call it where asyncio's code finds this loop."""
        before = events._get_running_loop()
        events._set_running_loop(self.own)
        try:
            return call()
        finally:
            events._set_running_loop(before)


class Handle:
    """What is called once, unless it is cancelled; asyncio's own costs three times as much to make and to call."""

    __slots__ = ("_args", "_at", "_callback", "_context", "_loop")

    def __init__(
        self,
        loop: SimLoop,
        at: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        context: contextvars.Context | None,
    ) -> None:
        self._loop, self._at, self._args = loop, at, args
        self._callback: Callable[..., object] | None = callback
        self._context = context

    def when(self) -> float:
        """Virtual seconds."""
        return self._at

    def cancel(self) -> None:
        """It is not called any more."""
        self._callback, self._args = None, ()

    def cancelled(self) -> bool:
        """Whether it is not called any more."""
        return self._callback is None

    def __call__(self) -> None:
        """Call it where asyncio's code finds its loop."""
        callback, loop = self._callback, self._loop
        if callback is None or loop.dead:
            return
        before = events._get_running_loop()
        events._set_running_loop(loop.own)
        try:
            if self._context is None:
                callback(*self._args)
            else:
                self._context.run(callback, *self._args)
        finally:
            events._set_running_loop(before)


def _settle(future: asyncio.Future[Any], result: object) -> None:
    if not future.done():
        future.set_result(result)
