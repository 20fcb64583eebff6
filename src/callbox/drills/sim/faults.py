# SPDX-License-Identifier: Apache-2.0
"""What goes wrong: drawn from the seed, one trouble for each episode, two sometimes."""

from collections.abc import Callable

from callbox.drills.sim.watchers import Watcher
from callbox.drills.sim.workers import Workers
from callbox.drills.sim.world import World


class Faults:
    """All kinds of trouble. Each begins at once and mends itself."""

    def __init__(
        self, world: World, workers: Workers, watchers: list[Watcher], send: Callable[[], None]
    ) -> None:
        self._world = world
        self._workers = workers
        self._watchers = watchers
        self._send = send
        self.made: list[str] = []
        self.kinds: tuple[Callable[[], float], ...] = (
            self._crash,
            self._freeze,
            self._cut_door,
            self._cut_web,
            self._break,
            self._kill_door,
            self._power,
            self._kill_worker,
            self._kill_worker,
            self._power_in_outage,
            self._power_while_spooling,
            self._power_while_spooling,
            self._power_while_draining,
            self._power_while_draining,
            self._screens,
        )

    def one(self) -> float:
        """Make one; seconds until it is over."""
        kind = self._world.dice.choice(self.kinds)
        self.made.append(kind.__name__.strip("_"))
        lasts = kind()
        self._world.disturbed()
        self._world.schedule.after(lasts, self._world.disturbed)
        return lasts

    def _later(self, least: float, most: float, call: Callable[[], None]) -> float:
        seconds = self._world.dice.uniform(least, most)
        self._world.schedule.after(seconds, call)
        return seconds

    def _blind(self) -> None:
        if self._world.door_blind_since is None:
            self._world.door_blind_since = self._world.now

    def _crash(self) -> float:
        """The server is gone just after a contact; often it comes back for a moment only, while all connect anew."""
        self._send()
        at = self._world.dice.uniform(0.02, 0.3)
        self._world.schedule.after(at, self._go_down)
        back = at + self._world.dice.uniform(1.0, 12.0)
        if self._world.dice.random() < 0.5:
            self._world.schedule.after(back, self._come_back)
            back += self._world.dice.uniform(0.05, 0.8)
            self._world.schedule.after(back, self._go_down)
            back += self._world.dice.uniform(0.2, 2.0)
        self._world.schedule.after(back, self._come_back)
        return back

    def _go_down(self) -> None:
        self._world.server.crash()
        self._blind()

    def _come_back(self) -> None:
        self._world.door_blind_since = None
        self._world.server.restart()

    def _freeze(self) -> float:
        """Nothing moves, and somebody calls meanwhile."""
        self._world.server.freeze()
        self._blind()
        self._later(0.05, 1.0, self._send)

        def back() -> None:
            self._world.door_blind_since = None
            self._world.server.thaw()

        return self._later(0.3, 15.0, back)

    def _cut_door(self) -> float:
        """Nothing passes between door and server, and somebody calls meanwhile."""
        self._world.server.cut("door")
        self._blind()
        self._later(0.05, 1.0, self._send)

        def back() -> None:
            self._world.door_blind_since = None
            self._world.server.join("door")

        return self._later(0.5, 15.0, back)

    def _cut_web(self) -> float:
        self._world.server.cut("web")
        return self._later(0.5, 10.0, lambda: self._world.server.join("web"))

    def _break(self) -> float:
        for host in self._world.dice.sample(("door", "web", "worker0", "worker1"), 2):
            self._world.server.break_links(host)
        return 0.0

    def _kill_door(self) -> float:
        self._world.door.kill(power=False)
        return self._later(0.1, 4.0, self._world.door.start)

    def _power(self) -> float:
        self._world.door.kill(power=True)
        return self._later(0.5, 6.0, self._world.door.start)

    def _power_in_outage(self) -> float:
        """The database is away, the spool fills, and the power goes."""
        over = self._outage()
        self._later(over / 2, over, self._lose_power)
        return over + 5.0

    def _power_while_spooling(self) -> float:
        """The same in the midst of a write."""
        over = self._outage()
        self._later(0.3, over / 2, self._set_trap)
        self._world.schedule.after(over, self._clear_trap)
        return over + 5.0

    def _power_while_draining(self) -> float:
        """The database has come back, and what is drained is being forgotten."""
        over = self._outage()
        self._world.schedule.after(over - 0.01, self._set_trap)
        self._world.schedule.after(over + 4.0, self._clear_trap)
        return over + 5.0

    def _outage(self) -> float:
        """Many call meanwhile: a small spool is full before the end."""
        over = self._crash()
        for _ in range(self._world.dice.randrange(4, 11)):
            self._later(0.3, over, self._send)
        return over

    def _clear_trap(self) -> None:
        self._world.door.disk.trap = None

    def _set_trap(self) -> None:
        self._world.door.disk.trap = self._lose_power

    def _lose_power(self) -> None:
        self._world.door.kill(power=True)
        self._later(0.2, 4.0, self._world.door.start)

    def _kill_worker(self) -> float:
        self._workers.kill_one(self._world.dice.uniform(0.1, 3.0))
        return 3.0

    def _screens(self) -> float:
        for watcher in self._watchers:
            watcher.drop()
        return 0.0
