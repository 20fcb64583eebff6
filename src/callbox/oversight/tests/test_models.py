# SPDX-License-Identifier: Apache-2.0
"""Each folder of a model: it reads, its examples give what a legal officer expects, what cannot be meant is refused."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from callbox.kernel.tables import TableError
from callbox.oversight.bulk import by_activation, scan
from callbox.oversight.columns import columns_of
from callbox.oversight.domain.events import Event
from callbox.oversight.domain.reading import parse_rule
from callbox.oversight.domain.rules import LAW, UNCONFIRMED
from callbox.oversight.library import (
    MODELS,
    model_folders,
    read_examples,
    read_rule,
    shipped_rules,
    verdicts_of,
)

FOLDERS = list(model_folders(MODELS))
CHINESE = re.compile("[\u4e00-\u9fff]")
NEVER_SENT: dict[str, Any] = yaml.safe_load(
    (MODELS / "fine_never_sent" / "rule.yaml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_examples_give_what_the_legal_officer_expects(folder: Path) -> None:
    rule = read_rule(folder)
    for example in read_examples(folder, rule):
        assert verdicts_of(example, rule) == example.expect, example.says


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_engine_over_columns_says_the_same_of_the_examples(folder: Path) -> None:
    rule = read_rule(folder)
    for example in read_examples(folder, rule):
        events = [
            Event(e.id, e.activity, e.happened, e.recorded, e.seq, ((rule.over, "1"),), e.values)
            for e in example.history.events
        ]
        columns = columns_of(rule.over, events)
        found = by_activation(columns, scan(columns, [rule], example.as_of))
        assert sorted(found.values()) == sorted(example.expect), example.says


def test_a_model_is_known_by_its_folder_alone() -> None:
    assert set(shipped_rules()) == {path.name for path in MODELS.iterdir() if (path / "rule.yaml").is_file()}
    assert len(shipped_rules()) >= 110


def test_what_the_law_of_2026_changes_stands_in_both_versions_and_the_new_one_is_not_shown_as_law() -> None:
    changed = [
        rule for rule in shipped_rules().values() if any("2025修订" in each.source for each in rule.versions)
    ]
    assert len(changed) >= 6
    for rule in changed:
        old, new = rule.versions
        assert old.ends == new.begins == date(2026, 1, 1), rule.code
        assert (old.certainty, new.certainty) == (LAW, UNCONFIRMED), rule.code


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"form": "sometimes"}, "form is 'sometimes', expected one of within"),
        ({"over": "officer"}, "over is 'officer'"),
        ({"target": None}, "target: not events"),
        ({"tarjet": "fine.sent"}, "present has no tarjet"),
        ({"trigger": {"act": "fine.created", "where": "amount"}}, "not a condition: 'amount'"),
        ({"pairing": "some"}, "pairing: 'some', expected one of first, last, each"),
        ({"calendar": "zone Mars/Olympus"}, "no such time zone"),
        ({"paused_by": "fine.paused"}, "paused_by and resumed_by stand together"),
        ({"warn": [50, 100]}, "warn is shares"),
        ({"versions": []}, "versions is missing"),
        ({"name": {"en": "Fine"}}, "zh is missing"),
        ({"grade": "purple"}, "grade is 'purple'"),
    ],
)
def test_what_cannot_be_meant_is_refused_by_name(change: dict[str, Any], told: str) -> None:
    with pytest.raises(TableError, match="a_model: ") as refused:
        parse_rule("a_model", {**NEVER_SENT, **change})
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"limit": "90 days"}, "not a term"),
        ({"certainty": "surely"}, "certainty is 'surely'"),
        ({"source": ""}, "source is missing"),
        ({"from": "1993"}, "from: a date is wanted"),
        ({"until": "1990-01-01"}, "until: a date is wanted"),
    ],
)
def test_a_version_says_all_that_it_must(change: dict[str, Any], told: str) -> None:
    (version,) = NEVER_SENT["versions"]
    with pytest.raises(TableError) as refused:
        parse_rule("a_model", {**NEVER_SENT, "versions": [{**version, **change}]})
    assert told in str(refused.value)


def test_versions_do_not_stand_side_by_side() -> None:
    (version,) = NEVER_SENT["versions"]
    later = {**version, "from": version["from"].replace(year=2000)}
    with pytest.raises(TableError, match="still stands"):
        parse_rule("a_model", {**NEVER_SENT, "versions": [version, later]})


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_model_and_its_examples_are_told_in_both_languages(folder: Path) -> None:
    rule = read_rule(folder)
    for words in [rule.name, *(example.says for example in read_examples(folder, rule))]:
        assert CHINESE.search(words.zh), words
        assert words.en, words
        assert not CHINESE.search(words.en), words


@pytest.mark.parametrize(
    "says", ["never sent", {"en": "never sent"}, {"en": "never sent", "zh": " "}, {"zh": "始终未寄出"}]
)
def test_an_example_that_lacks_a_language_is_refused(tmp_path: Path, says: object) -> None:
    folder = tmp_path / "fine_never_sent"
    folder.mkdir()
    said = yaml.safe_load((MODELS / "fine_never_sent" / "examples.yaml").read_text(encoding="utf-8"))
    said[0]["says"] = says
    (folder / "examples.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    with pytest.raises(TableError, match=r"examples.yaml, 1: says is .* in both languages"):
        read_examples(folder, shipped_rules()["fine_never_sent"])


def test_examples_of_every_kind_are_wanted(tmp_path: Path) -> None:
    folder = tmp_path / "fine_never_sent"
    folder.mkdir()
    said = yaml.safe_load((MODELS / "fine_never_sent" / "examples.yaml").read_text(encoding="utf-8"))
    kept = [each for each in said if each["kind"] != "missing"]
    (folder / "examples.yaml").write_text(yaml.safe_dump(kept), encoding="utf-8")
    with pytest.raises(TableError, match="no example that is missing"):
        read_examples(folder, shipped_rules()["fine_never_sent"])
