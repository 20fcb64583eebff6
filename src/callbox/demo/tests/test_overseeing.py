# SPDX-License-Identifier: Apache-2.0
"""The demo's case histories: each breaks what the table says and nothing else; its finding stands where it is said."""

from datetime import UTC, datetime, timedelta

import pytest
from tests import world
from tests.faults.kill import killed_at

from callbox.access.actions import define_agency
from callbox.access.domain import system_actor
from callbox.demo import overseeing
from callbox.demo.actions import set_up_oversight
from callbox.demo.histories import Told, events_told, histories_told
from callbox.demo.overseeing import STEPS, load_histories
from callbox.findings import domain
from callbox.findings.models import Finding
from callbox.journal.domain import first_misfit
from callbox.journal.queries import history as entries_of
from callbox.oversight.domain import verdicts as v
from callbox.oversight.domain.events import history
from callbox.oversight.domain.judging import judge
from callbox.oversight.library import shipped_rules
from callbox.oversight.models import Event

SETUP = system_actor("setup")
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 9, 4, tzinfo=UTC)  # just after a long run of holidays
SAID = {
    "": domain.SENT,
    "acknowledged": domain.ACKNOWLEDGED,
    "explained": domain.EXPLAINED,
    "disputed": domain.DISPUTED,
    "confirmed": domain.CLOSED,
    "upheld": domain.CLOSED,
    "suppression asked": domain.SENT,
}


def prepared() -> None:
    for code in ("police", "city"):
        define_agency(code, code.title(), code, "city", by=SETUP, at=NOW)
    assert set_up_oversight(by=SETUP, at=NOW)


@pytest.mark.parametrize("at", [NOW, AUTUMN, NOW - timedelta(days=200)])
def test_each_history_breaks_its_own_rule_or_none(at: datetime) -> None:
    rules = shipped_rules()
    for each, events in events_told(rules, at).items():
        of = rules[each.rule]
        told = history(of.over, each.key, events)
        said = {
            (rule.code, verdict.verdict)
            for rule in rules.values()
            if rule.over == of.over
            for verdict in judge(rule, told, at)
        }
        broken = {code for code, verdict in said if verdict in v.BROKEN}
        assert broken <= {each.rule}, each
        told_of = {code for code, verdict in said if verdict in (*v.BROKEN, v.WARNED)}
        assert told_of == ({each.rule} if each.variant else set()), each


def test_the_histories_name_nobody_and_every_step_is_known() -> None:
    assert {each.then for each in histories_told()} == {"", *STEPS}
    for events in events_told(shipped_rules(), NOW).values():
        for event in events:
            assert {key for _kind, key in event.objects} <= {each.key for each in histories_told()}
            assert not {"name", "telephone", "address"} & set(event.values)


@pytest.mark.django_db
def test_findings_stand_where_the_table_says() -> None:
    prepared()
    assert load_histories(at=NOW) == len(histories_told())
    rows = {(row.key, row.rule): row for row in Finding.objects.select_related("matter")}
    meant = {(each.key, each.rule): each for each in histories_told() if each.variant}
    assert set(rows) == set(meant)
    for place, row in rows.items():
        _check(row, meant[place])
    states = [row.state for row in rows.values()]
    assert states.count(domain.WARNED) >= 5
    assert states.count(domain.SENT) >= 8
    live = {f"{source}/{key}" for source, key in Event.objects.values_list("source", "key")}
    assert {row.activation for row in rows.values()} <= live  # the page of a finding finds its events
    ages = {(NOW - row.raised_at).days for row in rows.values() if row.raised_at}
    assert len(ages) >= 4  # they did not all come on one day
    assert {row.unit.partition(":")[0] for row in rows.values()} == {"agency"}


def _check(row: Finding, meant: Told) -> None:
    assert row.state == (SAID[meant.then] if row.state != domain.WARNED else domain.WARNED), meant
    assert row.state != domain.WARNED or not meant.then, meant
    assert (row.suppression != "") == (meant.then == "suppression asked"), meant
    assert first_misfit(entries_of(row.pk)) is None


@pytest.mark.django_db
def test_a_second_start_changes_nothing() -> None:
    prepared()
    load_histories(at=NOW)
    before = world.journal_size()
    assert not set_up_oversight(by=SETUP, at=NOW)
    assert load_histories(at=NOW + timedelta(days=2)) == 0
    assert world.journal_size() == before


@pytest.mark.usefixtures("committed")
def test_killed_on_the_way_it_is_there_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(overseeing, "DAYS_AGO", (0,))
    prepared()
    for point in (3, 40, 120):
        assert killed_at(lambda: load_histories(at=NOW), point, after=True)
        assert (Event.objects.count(), Finding.objects.count()) == (0, 0)
    assert load_histories(at=NOW) == len(histories_told())
