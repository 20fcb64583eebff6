# SPDX-License-Identifier: Apache-2.0
"""What the rule says and the evidence of one finding, as its page shows them: the time line and tables of oversight."""

from datetime import datetime
from zoneinfo import ZoneInfo

from callbox.findings.desk.words import moment, rule_name
from callbox.findings.evidence import outcome_of
from callbox.findings.models import Finding
from callbox.oversight.desk.parameters import form_rows, kind_of
from callbox.oversight.desk.showing import Shown, certainty_row, show_verdicts
from callbox.oversight.desk.timeline import outcomes
from callbox.oversight.desk.words import FORMS, GRADES, OBJECTS, PARTS, named
from callbox.oversight.domain.events import History
from callbox.oversight.domain.rules import Rule
from callbox.oversight.domain.verdicts import Outcome, Verdict


def verdict_of(finding: Finding) -> Verdict | None:
    """The verdict as the engine told it; None where its evidence was erased at its date."""
    if not finding.evidence:
        return None
    return Verdict(
        finding.rule,
        finding.version,
        finding.key,
        finding.activation,
        outcome_of(finding.evidence),
        str(finding.evidence["source"]),
        finding.certainty,
    )


def shown_evidence(finding: Finding, rule: Rule, history: History, as_of: datetime) -> Shown | None:
    """The verdict on the time line of its case, with its arithmetic; None where it was erased."""
    verdict = verdict_of(finding)
    if verdict is None:
        return None
    return show_verdicts(history.until(as_of), [(rule, verdict)], as_of, rule.calendar.zone)


def rule_row(finding: Finding, rule: Rule | None) -> dict[str, object]:
    """What the rule says in the version that governs this case, its article, and how sure that is."""
    version = rule.version_on(finding.version) if rule else None
    return {
        "code": finding.rule,
        "name": rule_name(finding.rule),
        "known": rule is not None,
        "over": named(OBJECTS, finding.over),
        "grade": named(GRADES, finding.grade),
        "version": finding.version,
        "form": named(FORMS, kind_of(version.form)) if version else "",
        "says": form_rows(version.form) if version else [],
        "source": finding.evidence.get("source") or (version.source if version else ""),
        **certainty_row(finding.certainty),
    }


def events_by_id(finding: Finding, zone: ZoneInfo) -> list[dict[str, object]]:
    """The evidence by ids, for a case whose history is not in the live log: parts, events, limits."""
    verdict = verdict_of(finding)
    return [_ids(part, zone) for part in outcomes(verdict.outcome)] if verdict else []


def _ids(part: Outcome, zone: ZoneInfo) -> dict[str, object]:
    return {
        "events": [(named(PARTS, name), event_id) for name, event_id in part.events.items()],
        "limit": moment(part.limit.at, zone) if part.limit else "",
    }


def choices_of(history: History, finding: Finding, zone: ZoneInfo) -> list[tuple[str, str]]:
    """The acts that may have put it right, newest first: id and words. Those after the one that began it."""
    ids = [event.id for event in history.events]
    after = ids.index(finding.activation) + 1 if finding.activation in ids else 0
    return [
        (event.id, f"{after + place} · {event.activity} · {_when(event.happened, zone)}")
        for place, event in reversed(list(enumerate(history.events[after:], 1)))
    ]


def _when(at: datetime | None, zone: ZoneInfo) -> str:
    return at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if at else "–"
