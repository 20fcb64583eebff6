# SPDX-License-Identifier: Apache-2.0
"""How each part is, as a case of the table `data/states.tsv`, which has the words and what to do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from callbox.kernel.tables import Row, read_table

SLOW_S, SILENT_S, STALE_S, GONE_S = 0.5, 20.0, 3.0, 10.0
UNREAD_S, SEAL_S, CLOCK_S, TIMES_S, LAG_S = 10.0, 5.0, 5.0, 2.0, 10.0
LOW_SHARE, LOW_BYTES, GB = 0.1, 2 << 30, 1 << 30
BACKUP_S = 36 * 3600.0
LEVELS = ("ok", "unknown", "warn", "bad")
SEALS, CLOCKS, LOOP = "unsealed entry", "unfired clock", "loop "
CALENDAR = "calendar"
MACHINE = "machine clock"  # of the worker


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is known at a moment. Times in seconds; None means not known."""

    database_down: bool
    database_age_s: float
    answer_s: float | None
    worker_age_s: float | None
    behind: Mapping[str, tuple[float, bool]]
    clock_s: float
    web_answers: bool | None
    web_clock_s: float
    spool_waiting: int
    spool_fill: float
    spool_broken: bool
    spool_aside: int
    stream_age_s: float
    screens: int
    unread_s: float | None
    free: int | None
    size: int
    standbys: int
    lag_s: float | None
    backup_age_s: float | None
    backup_has_database: bool
    city: str
    city_version: str | None
    keys: int


@dataclass(frozen=True, slots=True)
class State:
    """One part: which case of the table it is, and the numbers in its words. Durations are in seconds."""

    part: str
    case: str
    values: Mapping[str, float | int | str] = field(default_factory=dict)


def states(seen: Seen) -> Iterator[State]:
    """Every part, in the order in which one looks at them."""
    yield _accepting(seen)
    yield _spool(seen)
    yield _database(seen)
    yield _disk(seen)
    yield _standby(seen)
    yield State("web", {None: "unknown", True: "up", False: "down"}[seen.web_answers])
    yield _worker(seen)
    yield _stream(seen)
    yield _unread(seen)
    yield _watched(seen, "seals", SEALS, SEAL_S)
    yield _watched(seen, "clocks", CLOCKS, CLOCK_S)
    yield _calendar(seen)
    yield _times(seen)
    yield _backup(seen)
    there = "there" if seen.city_version else "missing"
    yield State("city", there, {"city": seen.city, "version": seen.city_version or ""})
    yield State("keys", "there" if seen.keys else "missing", {"count": seen.keys})


def _accepting(seen: Seen) -> State:
    if not seen.database_down:
        return State("accepting", "database")
    return State("accepting", "refused" if seen.spool_broken or seen.spool_fill >= 1 else "spool")


def _spool(seen: Seen) -> State:
    if seen.spool_broken:
        return State("spool", "broken")
    if seen.spool_aside:
        return State("spool", "aside", {"aside": seen.spool_aside})
    percent = round(100 * seen.spool_fill)
    return State(
        "spool",
        "waiting" if seen.spool_waiting else "empty",
        {"waiting": seen.spool_waiting, "percent": percent},
    )


def _database(seen: Seen) -> State:
    if seen.answer_s is None:
        return State("database", "unknown")
    if seen.database_age_s > GONE_S or seen.database_down:
        return State("database", "down", {"age": seen.database_age_s})
    return State(
        "database", "slow" if seen.answer_s > SLOW_S else "up", {"ms": max(1, round(1000 * seen.answer_s))}
    )


def _disk(seen: Seen) -> State:
    if seen.free is None:
        return State("disk", "unknown")
    share = seen.free / max(1, seen.size)
    values = {"free": round(seen.free / GB, 1), "percent": round(100 * share)}
    return State("disk", "low" if share < LOW_SHARE or seen.free < LOW_BYTES else "enough", values)


def _standby(seen: Seen) -> State:
    lag = seen.lag_s or 0.0
    case = "none" if not seen.standbys else "behind" if lag > LAG_S else "follows"
    return State("standby", case, {"count": seen.standbys, "lag": lag})


def _worker(seen: Seen) -> State:
    if seen.worker_age_s is None:
        return State("worker", "unknown")
    age = seen.worker_age_s + max(0.0, seen.database_age_s)
    if seen.database_age_s > GONE_S:
        return State("worker", "unknown")
    if age > SILENT_S:
        return State("worker", "silent", {"age": age})
    stuck = [
        name.removeprefix(LOOP)
        for name, (_s, well) in seen.behind.items()
        if name.startswith(LOOP) and not well
    ]
    return State("worker", "behind" if stuck else "works", {"parts": ", ".join(sorted(stuck))})


def _stream(seen: Seen) -> State:
    stale = seen.stream_age_s > STALE_S
    return State("stream", "stale" if stale else "fresh", {"age": seen.stream_age_s, "count": seen.screens})


def _unread(seen: Seen) -> State:
    if seen.unread_s is None:
        return State("unread", "unknown")
    return State("unread", "waiting" if seen.unread_s > UNREAD_S else "fine", {"age": seen.unread_s})


def _watched(seen: Seen, part: str, name: str, limit_s: float) -> State:
    if name not in seen.behind or seen.database_age_s > GONE_S:
        return State(part, "unknown")
    age = seen.behind[name][0]
    return State(part, "late" if age > limit_s else "fine", {"age": age})


def _calendar(seen: Seen) -> State:
    if CALENDAR not in seen.behind or seen.database_age_s > GONE_S:
        return State("calendar", "unknown")
    left, known = seen.behind[CALENDAR]
    return State("calendar", "known" if known else "missing", {"age": left})


def _times(seen: Seen) -> State:
    if seen.answer_s is None:
        return State("times", "unknown")
    worker_s, _well = seen.behind.get(MACHINE, (0.0, True))
    apart = max(abs(seen.clock_s), abs(seen.web_clock_s), abs(seen.clock_s - seen.web_clock_s), worker_s)
    return State("times", "differ" if apart > TIMES_S else "agree", {"age": apart, "ms": round(1000 * apart)})


def _backup(seen: Seen) -> State:
    if seen.backup_age_s is None:
        return State("backup", "none")
    case = "fresh" if seen.backup_has_database else "files"
    return State("backup", "old" if seen.backup_age_s > BACKUP_S else case, {"age": seen.backup_age_s})


@cache
def cases() -> Mapping[tuple[str, str], Row]:
    """The table: (part, case) -> level, words and what to do in each language. Raises TableError."""
    return {(row["part"], row["case"]): row for row in read_table("callbox.door", "states.tsv")}


def told(state: State, language: str) -> dict[str, str]:
    """A state for people: part, level, words and what to do, in `en` or `zh`."""
    row = cases()[state.part, state.case]
    values = {name: _shown(name, value, language) for name, value in state.values.items()}
    return {
        "part": state.part,
        "case": state.case,
        "level": row["level"],
        "words": row[language].format(**values),
        "todo": row[f"todo_{language}"].format(**values),
    }


def _shown(name: str, value: float | int | str, language: str) -> str:
    return duration(float(value), language) if name in ("age", "lag") else str(value)


UNITS = {"en": (" days", " h", " min", " s"), "zh": (" 天", " 小时", " 分钟", " 秒")}


def duration(seconds: float, language: str) -> str:
    """A duration in the largest unit of which there are two: `90 s`, `3 h`."""
    if seconds == float("inf"):
        return "—"
    days, hours, minutes, one = UNITS[language]
    for size, unit in ((86400, days), (3600, hours), (60, minutes)):
        if seconds >= 2 * size:
            return f"{int(seconds // size)}{unit}"
    return f"{round(seconds)}{one}"
