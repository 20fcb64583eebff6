# SPDX-License-Identifier: Apache-2.0
"""An event loop for asyncio that lives in simulated time. One for each process of the door; it can be killed."""

import asyncio
import contextvars
from asyncio import events
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, cast

from callbox.drills.sim.schedule import Schedule


class SimLoop:
    """The part of an event loop that the door and asyncio's own tasks and futures need."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self.dead = False
        self.errors: list[str] = []

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
        return asyncio.Future(loop=cast("asyncio.AbstractEventLoop", self))

    def create_task(self, coro: Any, **more: Any) -> asyncio.Task[Any]:
        """A task of this loop."""
        return asyncio.Task(coro, loop=cast("asyncio.AbstractEventLoop", self), **more)

    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """Call at the same time, after all that is due already."""
        handle = asyncio.Handle(callback, args, cast("asyncio.AbstractEventLoop", self), context)
        self._schedule.after(0.0, partial(self._run, handle))
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        """From another process."""
        return self.call_soon(callback, *args, context=context)

    def call_later(
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call so many seconds later."""
        loop = cast("asyncio.AbstractEventLoop", self)
        handle = asyncio.TimerHandle(self._schedule.now + delay, callback, args, loop, context)
        self._schedule.after(delay, partial(self._run, handle))
        return handle

    def call_at(
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        """Call at a time of this loop."""
        return self.call_later(when - self._schedule.now, callback, *args, context=context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        pass

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

    def _run(self, handle: asyncio.Handle) -> None:
        if not self.dead and not handle.cancelled():
            self._inside(handle._run)

    def _inside(self, call: Callable[[], Any]) -> Any:
        """Call it where asyncio's code finds this loop."""
        before = events._get_running_loop()
        events._set_running_loop(cast("asyncio.AbstractEventLoop", self))
        try:
            return call()
        finally:
            events._set_running_loop(before)


def _settle(future: asyncio.Future[Any], result: object) -> None:
    if not future.done():
        future.set_result(result)
