# SPDX-License-Identifier: Apache-2.0
"""A few power cuts, full disks and failed writes, each with a seed; `callbox drill NAME --times N` makes more."""

import pytest

from callbox.drills import controls
from callbox.drills.cutting import INSIDE, SETTINGS, ground, store
from callbox.drills.registry import drill
from callbox.drills.result import Result, Skipped
from callbox.drills.wreck import check_wreck


def run(name: str, seed: int, times: int) -> Result:
    try:
        return drill(name).run(seed, times)
    except Skipped as why:
        pytest.skip(f"{name} is not drilled here: {why}")


def test_nothing_promised_is_lost_when_the_power_is_cut() -> None:
    """One cut while contacts go into the spool, one while it is drained; all is worked off and verified."""
    try:
        with store() as place:
            with ground(place, seed=7) as here:
                images = [here.cut(phase) for phase in ("frozen", "draining")]
            for image in images:
                assert list(image.promised.acknowledged())
                broken, _ = check_wreck(image.path, INSIDE, image.promised, SETTINGS, thoroughly=True)
                assert broken == []
    except Skipped as why:
        pytest.skip(f"power cuts are not drilled here: {why}")


def test_a_power_cut_shows_a_spool_that_was_not_flushed() -> None:
    """The control: without its fdatasync the same cut loses what the spool said yes to."""
    try:
        assert controls.with_a_lying_spool(seed=7) > 0
    except Skipped as why:
        pytest.skip(f"power cuts are not drilled here: {why}")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["fsync_off", "synchronous_commit_off"])
def test_a_power_cut_shows_a_database_that_does_not_wait_for_its_disk(name: str) -> None:
    try:
        assert controls.CONTROLS[name](7) > 0
    except Skipped as why:
        pytest.skip(f"power cuts are not drilled here: {why}")


@pytest.mark.parametrize("name", ["disk-full-data", pytest.param("disk-full-wal", marks=pytest.mark.slow)])
def test_nothing_is_lost_when_a_disk_of_the_database_is_full(name: str) -> None:
    result = run(name, seed=7, times=1)
    assert result.broken == []
    assert result.counts["disk_full"] == 1


@pytest.mark.slow
def test_nothing_is_lost_when_writes_fail() -> None:
    result = run("eio", seed=7, times=4)
    assert result.broken == []


@pytest.mark.slow
def test_nothing_is_lost_on_a_slow_disk() -> None:
    assert run("slow-disk", seed=7, times=3).broken == []
