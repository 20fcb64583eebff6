# SPDX-License-Identifier: Apache-2.0
"""The report as lines to read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from callbox.analysis.figures import MEASURES, Figure, Share

WIDTH = 22
HEADS = {"all": "", "priority": "priority", "hour": "hour"}


def table_lines(figures: Iterable[Figure], names: Mapping[str, str]) -> Iterator[str]:
    """One line for all, each priority and each hour: count, median and 90th percentile of every measure."""
    groups: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in figures:
        groups.setdefault((figure.by, figure.value), {})[figure.measure] = figure
    yield "Response times: count, median / 90th percentile as m:ss (nearest rank); - where nothing was counted"
    yield _line("", [names[measure] for measure in MEASURES])
    for (by, value), found in groups.items():
        yield _line(f"{HEADS[by]} {value}".strip() or "all", [_cell(found[measure]) for measure in MEASURES])


def _line(head: str, cells: Sequence[str]) -> str:
    return (f"{head:<11}" + "".join(f"{cell:>{WIDTH}}" for cell in cells)).rstrip()


def _cell(figure: Figure) -> str:
    if figure.median_s is None or figure.p90_s is None:
        return "-"
    return f"{figure.count:,} {_clock(figure.median_s)} / {_clock(figure.p90_s)}"


def _clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def share_lines(shares: Iterable[Share], names: Mapping[str, str]) -> Iterator[str]:
    """One line for each limit: the share that kept it, the share that must, and whose limit it is."""
    yield "Shares within the limits"
    for share in shares:
        limit = share.promise
        seconds = int(limit.within.total_seconds())
        reached = {None: "-", True: "reached", False: "missed"}[share.is_reached]
        percent = "-" if share.percent is None else f"{share.percent:.1f} %"
        yield (
            f"  {names[share.measure]:<20} {limit.scope:<7} priority {_range(limit.most_urgent, limit.least_urgent):<4}"
            f" within {seconds:>5} s: {share.kept:>6,} of {share.count:>6,} {percent:>8} (wanted {limit.percent} %, "
            f"{reached}) {limit.source}"
        )


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"
