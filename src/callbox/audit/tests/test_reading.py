# SPDX-License-Identifier: Apache-2.0
"""What the tools say is read as it is: what was not looked at is never clean."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from callbox.audit.fuzz import running
from callbox.audit.outcome import Finding, Outcome, line_of
from callbox.audit.registry import all_tools
from callbox.audit.tools import bandit, known_holes, sbom, secrets, semgrep
from callbox.host.account import account_for_server
from callbox.host.binaries import programs

RULES = sorted(semgrep.RULES.glob("*.yml"))


def test_every_tool_registers_itself() -> None:
    assert [tool.NAME for tool in all_tools()] == ["bandit", "pip-audit", "sbom", "detect-secrets", "semgrep"]


@pytest.mark.parametrize("said", ["", "Traceback", "{"])
def test_no_report_is_not_clean(said: str, tmp_path: Path) -> None:
    found = [bandit.read(said, tmp_path), known_holes.read(said), secrets.read(said), semgrep.read(said)]
    assert {each.state for each in found} == {"not audited"}


def test_a_feed_that_answers_about_all_but_one_package_is_no_audit() -> None:
    known = {"name": "a", "version": "1", "vulns": []}
    assert known_holes.read(json.dumps({"dependencies": [known]})).state == "clean"
    half = known_holes.read(json.dumps({"dependencies": [known, {"name": "b", "skip_reason": "no answer"}]}))
    assert half.state == "not audited"
    assert "b" in half.not_audited
    assert known_holes.read(json.dumps({"dependencies": []}), "no network").not_audited == "no network"


def test_a_known_hole_is_a_finding() -> None:
    hole = {"id": "PYSEC-1", "fix_versions": ["2"]}
    said = {"dependencies": [{"name": "a", "version": "1", "vulns": [hole]}]}
    assert [each.rule for each in known_holes.read(json.dumps(said)).findings] == ["PYSEC-1"]


def test_a_file_that_semgrep_could_not_read_is_no_clean_one() -> None:
    said: dict[str, Any] = {"results": [], "errors": [], "paths": {"scanned": ["a.py"]}}
    assert semgrep.read(json.dumps(said)).state == "clean"
    assert semgrep.read(json.dumps(said | {"errors": [{"message": "no"}]})).state == "not audited"
    assert semgrep.read(json.dumps(said | {"paths": {"scanned": []}})).state == "not audited"


def test_a_line_reviewed_for_another_rule_is_not_reviewed_for_this_one(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("run(a)  # noqa: S603 - ours\nrun(b)  # noqa: S607\nrun(c)\n")
    found = [
        {"filename": "a.py", "line_range": [n], "test_id": "B603", "issue_text": "calls"} for n in (1, 2, 3)
    ]
    read = bandit.read(json.dumps({"errors": [], "results": found}), tmp_path)
    assert [each.line for each in read.findings] == [2, 3]


def test_the_last_line_tells_clean_from_not_audited() -> None:
    said = json.loads(
        line_of([Outcome("a"), Outcome("b", (Finding("x", 1, "r", "t"),)), Outcome("c", not_audited="no")])
    )
    assert said == {"ok": False, "findings": {"a": 0, "b": 1}, "not_audited": {"c": "no"}}


@pytest.mark.parametrize(
    ("code", "said", "state"),
    [
        (0, "Done 70 runs in 5 second(s)", "clean"),
        (77, " === Uncaught Python exception: ===\nKeyError: 'a'\nDone 7 in 1", "findings"),
        (77, "==1== ERROR: libFuzzer: timeout after 20 seconds", "findings"),
        (1, "ModuleNotFoundError: No module named 'atheris'", "not audited"),
        (0, "", "not audited"),
    ],
)
def test_the_end_of_a_fuzzer(code: int, said: str, state: str) -> None:
    assert running.read("tables", code, said)[0].state == state


def test_postgresql_stands_in_the_bill() -> None:
    part = sbom.postgresql(programs(account_for_server()) / "postgres")
    assert part["version"].startswith("18")
    assert len(part["hashes"][0]["content"]) == 64
    bill: dict[str, Any] = {"components": [{"name": "Django"}, {"name": "there-is-no-such-package"}]}
    sbom.with_licences(bill)
    assert bill["components"][0]["licenses"] == [{"license": {"name": "BSD-3-Clause"}}]
    assert "licenses" not in bill["components"][1]


@pytest.mark.parametrize("rule", RULES, ids=lambda path: path.stem)
def test_a_rule_bears_the_name_of_its_file_and_two_examples(rule: Path) -> None:
    (said,) = yaml.safe_load(rule.read_text(encoding="utf-8"))["rules"]
    assert said["id"] == rule.stem
    assert said["metadata"]["flagged"] != said["metadata"]["fine"]


@pytest.mark.slow
def test_each_rule_flags_its_example_and_not_the_other(tmp_path: Path) -> None:
    from callbox.audit.environment import Bench, made

    wanted = set()
    for rule in RULES:
        (said,) = yaml.safe_load(rule.read_text(encoding="utf-8"))["rules"]
        for which in ("flagged", "fine"):
            name = f"{rule.stem}_{which}.{said['metadata'].get('suffix', 'py')}"
            (tmp_path / name).write_text(said["metadata"][which], encoding="utf-8")
        wanted.add((f"{rule.stem}_flagged.{said['metadata'].get('suffix', 'py')}", rule.stem))
    done = Bench(made(), tmp_path, tmp_path).run(
        "semgrep", "scan", *semgrep.QUIETLY, "--config", str(semgrep.RULES), "."
    )
    found = semgrep.read(done.stdout)
    assert not found.not_audited
    assert {(Path(each.path).name, each.rule) for each in found.findings} == wanted
