# SPDX-License-Identifier: Apache-2.0
"""What the dispatch desks' scripts and forms say, in the language of the request."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from callbox.dispatch.availability import load_reasons
from callbox.dispatch.plans import ROOM, load_capabilities
from callbox.incidents.catalogue import load_dispositions, load_types
from callbox.kernel.tables import Words, read_table

type Pairs = list[tuple[str, str]]


@cache
def load_choices() -> Mapping[str, Mapping[str, Words]]:
    """The reasons offered for each step, by code, in the order of the file; raises TableError."""
    found: dict[str, dict[str, Words]] = {}
    for row in read_table(ROOM, "choices.tsv"):
        known = found.setdefault(row.need("of"), {})
        if row.need("code") in known:
            raise row.wrong(f"{row['of']} {row['code']} stands here twice")
        known[row["code"]] = row.words()
    return found


def said(words: Words) -> str:
    """The text in the language of the request."""
    return words.in_language(get_language() or "en")


def choices() -> dict[str, Pairs]:
    """Code and text of each reason, by step."""
    offered = {**load_choices(), "unit": load_reasons()}
    return {of: [(code, said(words)) for code, words in found.items()] for of, found in offered.items()}


def codes() -> dict[str, str]:
    """The text of every code that a journal entry may carry as a reason or an ending."""
    texts = {code: said(words) for found in load_choices().values() for code, words in found.items()}
    texts |= {code: said(words) for code, words in load_reasons().items()}
    return texts | {code: said(each.name) for code, each in load_dispositions().items()}


def capabilities() -> dict[str, str]:
    """The name of each capability."""
    return {code: said(each.name) for code, each in load_capabilities().items()}


def dispositions() -> Pairs:
    """All ways an incident may end."""
    return [(code, said(each.name)) for code, each in load_dispositions().items()]


def types() -> list[tuple[str, str, str]]:
    """All incident types: code, name, and the code once more as a hint to type by."""
    return [(code, said(kind.name), code) for code, kind in load_types().items()]


def levels() -> Pairs:
    """The alarm levels that an incident can be raised to."""
    return [("2", _("Second alarm")), ("3", _("Third alarm"))]


def priorities() -> Pairs:
    """From the table, or by hand."""
    return [("", _("From the answers")), *((str(number), str(number)) for number in range(1, 6))]


def milestones() -> Pairs:
    """The times of an assignment that can be put right."""
    return [
        ("acknowledged_at", _("Acknowledged")),
        ("en_route_at", _("En route")),
        ("on_scene_at", _("On scene")),
        ("clear_at", _("Clear")),
    ]


def unit_moves() -> Pairs:
    """What a unit can become."""
    return [
        ("set_available", _("Available")),
        ("set_conditional", _("Conditionally available")),
        ("set_unavailable", _("Not available")),
        ("begin_duty", _("Begins duty")),
        ("end_duty", _("Ends duty")),
    ]


def supervisor_words() -> dict[str, str]:
    """What the script of the supervisor's page says besides what the board says."""
    return {
        "late_now": _("Late now"),
        "soon": _("Soon late"),
        "nothing_late": _("Nothing is late"),
        "nothing_soon": _("Nothing will be late within two minutes"),
        "open_incidents": _("Open incidents"),
        "units": _("Units"),
        "no_figures": _("No figures yet"),
        "figure_measure": _("Measure"),
        "figure_count": _("Count"),
        "figure_median": _("Median"),
        "figure_p90": _("90th percentile"),
        "figure_promise": _("Promise"),
        "figure_within": _("Within"),
        "figure_wanted": _("Wanted"),
        "figure_kept": _("Kept"),
        "figure_priorities": _("priority %(priorities)s"),
        "figure_percent": "%(percent)s %",
        "agency_fire": _("Fire service"),
        "agency_ems": _("Ambulance"),
        "agency_police": _("Police"),
        "agency_city": _("City works"),
    }
