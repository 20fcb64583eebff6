# SPDX-License-Identifier: Apache-2.0
"""The simulation itself: the same seed gives the same run, and the product as it is breaks nothing in it."""

from typing import Any

import pytest
from django.db.models.sql.compiler import SQLCompiler

from callbox.drills.sim.compiling import KeepingCompiler
from callbox.drills.sim.play import play
from callbox.drills.sim.server import Server

BRIEF_H, QUIET_S = 0.04, (20.0, 60.0)


def test_the_same_seed_is_the_same_run() -> None:
    first, again, other = (play(seed, BRIEF_H, quiet=QUIET_S) for seed in (7, 7, 8))
    assert first.trace == again.trace
    assert (first.contacts, first.actions, first.faults) == (again.contacts, again.actions, again.faults)
    assert other.trace != first.trace


@pytest.mark.parametrize("seed", [1, 2])
def test_the_product_as_it_is_breaks_nothing(seed: int) -> None:
    run = play(seed, BRIEF_H, quiet=QUIET_S)
    assert run.broken == ()
    assert run.contacts >= 2
    assert run.actions >= 50


def test_the_short_ways_of_the_server_change_nothing() -> None:
    short = play(3, BRIEF_H, quiet=QUIET_S)
    slow = play(3, BRIEF_H, quiet=QUIET_S, patches=[(Server, "at_once", lambda *_: None)])
    assert short.trace == slow.trace
    assert short.contacts == slow.contacts > 0


def test_a_kept_statement_is_the_one_that_django_would_make(monkeypatch: pytest.MonkeyPatch) -> None:
    keeping, kept = KeepingCompiler.as_sql, []

    def compared(self: Any, *options: bool) -> Any:
        sql, values = keeping(self, *options)
        found = (
            sql,
            tuple(values),
            self.annotation_col_map,
            self.col_count,
            [str(each[1]) for each in self.select],
        )
        kept.append(self._kept is not None)
        sql, values = SQLCompiler.as_sql(self, *options)
        own = (
            sql,
            tuple(values),
            self.annotation_col_map,
            self.col_count,
            [str(each[1]) for each in self.select],
        )
        assert found == own
        return sql, values

    monkeypatch.setattr(KeepingCompiler, "as_sql", compared)
    play(3, BRIEF_H, quiet=QUIET_S)
    assert sum(kept) > 0.8 * len(kept) > 100
