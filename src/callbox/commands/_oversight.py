# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox oversight`."""

import json
import sys
from contextlib import closing
from datetime import UTC, date, datetime, time
from pathlib import Path

from callbox.commands._setup import print_loaded
from callbox.host.config import home_folder
from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.tables import TableError
from callbox.kernel.text import gettext_noop as _
from callbox.oversight.bulk import scan as scan_columns
from callbox.oversight.columns import Columns
from callbox.oversight.domain.clocks import last_moment
from callbox.oversight.domain.events import OBJECTS
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import VERDICTS
from callbox.oversight.files import is_ocel, mapping_for, read_mapping, read_ocel_mapping
from callbox.oversight.library import shipped_rules
from callbox.oversight.mapping import Aside
from callbox.oversight.ocel import OcelMapped
from callbox.oversight.quick import add_file, add_log
from callbox.oversight.sql.engine import Loaded
from callbox.oversight.sql.links import Duck
from callbox.oversight.sql.text import query_for
from callbox.oversight.sql.words import NotSaid
from callbox.oversight.store import Added, Store

UNREADABLE = _("This cannot be imported: %(problem)s")
NO_MODEL = _("There is no model %(code)s. See `callbox oversight models`.")
NOT_SAID = _("SQL cannot say %(code)s: %(reason)s. The plain evaluator judges it.")
SHOWN = 20  # rows kept aside that are told one by one


def log_file() -> Path:
    """Where the imported log of this installation is."""
    return home_folder() / "oversight" / "log.duckdb"


def take_in(file: Path, mapping: Path | None) -> int:
    """Import a file; rows that cannot be read are told on stderr. Raises Invalid."""
    try:
        name, added, aside = _take_in(file, mapping)
    except TableError as problem:
        raise Invalid(UNREADABLE, problem=str(problem)) from problem
    for row in aside[:SHOWN]:
        sys.stderr.write(f"line {row.line}: {row.reason}\n")
    print(json.dumps({"mapping": name, "new": added.new, "known": added.known, "aside": len(aside)}))
    return 0


def _take_in(file: Path, mapping: Path | None) -> tuple[str, Added, list[Aside]]:
    with closing(Store(log_file())) as store:
        if is_ocel(file):
            leads = read_ocel_mapping(mapping) if mapping else OcelMapped()
            return (leads.name, *add_log(store, file, leads))
        mapped = read_mapping(mapping) if mapping else mapping_for(file)
        return (mapped.name, *add_file(store, file, mapped))


def take_live_log() -> int:
    """Bring the live log up to the journal, and all that it holds into the log that is scanned."""
    return print_loaded(_take_live_log)


def _take_live_log() -> dict[str, object]:
    from callbox.oversight.own import take_journal
    from callbox.oversight.queries import live_events

    while take_journal(at=datetime.now(UTC)):
        pass
    with closing(Store(log_file())) as store:
        added = store.add(live_events())
    return {"source": "live log", "new": added.new, "known": added.known}


def scan(as_of: date, codes: list[str], *, engine: str, as_json: bool) -> int:
    """Print, per model, the activations and each verdict. Raises NotFound."""
    rules = chosen(codes)
    counts: dict[str, dict[str, int]] = {}
    counted = _counted_by_sql if engine == "sql" else _counted
    with closing(Store(log_file())) as store:
        for kind in OBJECTS:
            of_kind = [rule for rule in rules if rule.over == kind]
            if of_kind:
                counts |= counted(store.columns(kind), of_kind, as_of)
    _print(as_of, rules, counts, as_json)
    return 0


def _counted(columns: Columns, rules: list[Rule], as_of: date) -> dict[str, dict[str, int]]:
    """The counts by model. What belongs together by its calendar is scanned together."""
    counts: dict[str, dict[str, int]] = {}
    for end in {_end_of(as_of, rule) for rule in rules}:
        judged = scan_columns(columns, [rule for rule in rules if _end_of(as_of, rule) == end], end)
        counts |= {code: each.counts() for code, each in judged.items()}
    return counts


def _counted_by_sql(columns: Columns, rules: list[Rule], as_of: date) -> dict[str, dict[str, int]]:
    """The same from DuckDB, by the text that `sql` prints."""
    counts: dict[str, dict[str, int]] = {}
    with closing(Duck()) as link:
        loaded = Loaded(link, columns, rules)
        for end in {_end_of(as_of, rule) for rule in rules}:
            codes = {rule.code for rule in rules if _end_of(as_of, rule) == end}
            counts |= loaded.counts(end, codes)
    return counts


def _print(as_of: date, rules: list[Rule], counts: dict[str, dict[str, int]], as_json: bool) -> None:
    told = {
        rule.code: {
            "activations": sum(counts[rule.code].values()),
            **counts[rule.code],
            "pairing": rule.versions[-1].form.pairing,
            "certainty": rule.versions[-1].certainty,
        }
        for rule in rules
    }
    if as_json:
        print(json.dumps({"as_of": as_of.isoformat(), "models": told}))
        return
    print("\t".join(("model", "activations", *VERDICTS)))
    for code, each in told.items():
        print("\t".join((code, str(each["activations"]), *(str(each[verdict]) for verdict in VERDICTS))))


def models() -> int:
    """Print the models, one a line."""
    for rule in shipped_rules().values():
        last = rule.versions[-1]
        print("\t".join((rule.code, rule.name.en, rule.name.zh, last.certainty, last.source)))
    return 0


def sql(code: str) -> int:
    """Print a model as SQL. Raises NotFound, and Invalid where SQL cannot say it."""
    (rule,) = chosen([code])
    try:
        print(query_for(rule).text, end="")
    except NotSaid as reason:
        raise Invalid(NOT_SAID, code=code, reason=str(reason)) from reason
    return 0


def chosen(codes: list[str]) -> list[Rule]:
    """The models of these codes, or all. Raises NotFound."""
    rules = shipped_rules()
    for code in codes:
        if code not in rules:
            raise NotFound(NO_MODEL, code=code)
    return [rule for code, rule in rules.items() if not codes or code in codes]


def _end_of(day: date, rule: Rule) -> datetime:
    """The last moment of a day where the rule holds: what is allowed on that day is still allowed."""
    return last_moment(rule.calendar, datetime.combine(day, time(), rule.calendar.zone))
