# SPDX-License-Identifier: Apache-2.0
"""`callbox agencies`, as it is typed: 81 folders in one command, and what would change before it does."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from callbox.access.models import Agency
from callbox.cli import main
from callbox.commands import _agency_keys, _setup
from callbox.coordination import queries as coordination
from callbox.coordination.actions import apply_plan
from callbox.messages.models import Message
from callbox.requests import queries as requests
from tests.world import AT, dispatcher, incident, journal_size

pytestmark = pytest.mark.django_db
COUNT = 81
PLANS = "valid_from\tvalid_to\tlevel\tscope\twork\tlead\tmandatory\taccept\tarrive\tfeed_back\tsource\n"
DUTIES = "valid_from\tvalid_to\tcategory\tarea\thours\trole\tsource\n"


def write(folder: Path, number: int, **said: str) -> None:
    """One agency's folder. The first leads the plans, every ninth takes part; each has an area of requests."""
    home = folder / f"unit{number:02d}"
    home.mkdir(parents=True, exist_ok=True)
    lines = {"name_en": f"Agency {number}", "name_zh": f"第{number}单位", "kind": "city", **said}
    toml = "".join(f'{name} = "{value}"\n' for name, value in lines.items())
    home.joinpath("agency.toml").write_text(
        f'{toml}[reach]\nemail = "desk{number}@city.example"\n[second]\nsms = "+1555010{number:04d}"\n'
    )
    if number % 9 == 1:
        lead = "yes" if number == 1 else ""
        home.joinpath("plans.tsv").write_text(
            f"{PLANS}2026-01-01\t\tII\t*\tadvise\t{lead}\tyes\t7\t\t\tmade-up\n"
        )
    home.joinpath("duties.tsv").write_text(
        f"{DUTIES}2026-01-01\t\t*\tA{number:02d}\t\tlead\tmade-up\n"
        + ("2026-01-01\t\t*\tA01\t\tassisting\tmade-up\n" if number == 2 else "")
    )


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """81 agencies; the database is that of the test."""

    @contextmanager
    def same_database() -> Iterator[None]:
        yield

    monkeypatch.setattr(_setup, "database", same_database)
    for number in range(1, COUNT + 1):
        write(tmp_path / "agencies", number)
    return tmp_path / "agencies"


def told(capsys: pytest.CaptureFixture[str], *asked: object) -> tuple[list[str], dict[str, Any]]:
    assert main(["agencies", *map(str, asked)]) == 0
    lines = capsys.readouterr().out.splitlines()
    return lines[:-1], json.loads(lines[-1])


def test_81_agencies_are_shown_then_loaded_in_one_command(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = journal_size()
    lines, said = told(capsys, "diff", folder)
    assert (said["agencies"], said["changes"]["new"], said["changes"]["reach"]) == (COUNT, COUNT, 2 * COUNT)
    assert (said["rules"], said["applied"]) == ({"new": COUNT}, False)
    assert "new        unit81" in lines
    assert not any("@" in line or "+1555" in line for line in lines), "an address is nobody's business here"
    assert (journal_size(), Agency.objects.count()) == (before, 0)
    _lines, said = told(capsys, "load", folder)
    assert said["applied"]
    assert Agency.objects.count() == COUNT
    assert len(requests.rules_in_force().rules) == COUNT
    (shared,) = [rule for rule in requests.rules_in_force().rules if rule.area == "A01"]
    assert (shared.lead, shared.assisting) == ("unit01", ("unit02",))
    found = incident()
    apply_plan(found.pk, 2, by=dispatcher(), at=AT)
    assert [task.agency.code for task in coordination.tasks_of(found)] == [
        f"unit{number:02d}" for number in range(1, COUNT + 1, 9)
    ]
    assert Message.objects.filter(letter="coordination.alert", way="email").count() == 9


def test_a_change_shows_as_a_diff_and_nothing_else_is_touched(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told(capsys, "load", folder)
    lines, said = told(capsys, "diff", folder)
    assert (lines, said["changes"], said["rules"]) == ([], {}, {})
    write(folder, 5, name_en="Another name")
    (folder / "unit10" / "plans.tsv").unlink()
    for path in (folder / "unit81").iterdir():
        path.unlink()
    (folder / "unit81").rmdir()
    lines, said = told(capsys, "diff", folder)
    assert lines[:3] == [
        "altered    unit05",
        "left_alone unit81",
        "plan       gone II * unit10 advise 2026-01-01",
    ]
    assert [line.split()[0] for line in lines[3:]] == ["rule"]
    before = journal_size()
    told(capsys, "load", folder)
    assert journal_size() == before + 3  # one agency, the plans, the rules
    assert Agency.objects.filter(code="unit81").exists()


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("agency.toml", 'name_en = "x"', "name_zh is needed"),
        ("agency.toml", "name_en = ", "unit03/agency.toml"),
        ("agency.toml", 'name_en="x"\nname_zh="x"\nkind="circus"', "kind is 'circus'"),
        ("agency.toml", 'name_en="x"\nname_zh="x"\nkind="city"\ncolour="red"', "nobody knows colour"),
        ("agency.toml", 'name_en="x"\nname_zh="x"\nkind="city"\n[reach]\nemail="x"', "is no address"),
        ("plans.tsv", f"{PLANS}2026-01-01\t\tII\t*\tdance\t\tyes\t\t\t\tmade-up\n", "work is 'dance'"),
        ("plans.tsv", f"{PLANS}2026-01-01\t\tII\t*\tadvise\tyes\tyes\t\t\t\tx\n", "must name one lead"),
        ("duties.tsv", f"{DUTIES}2026-01-01\t\t*\tA01\t\tlead\tmade-up\n", "has 2 leads"),
    ],
)
def test_what_cannot_be_meant_is_named_and_nothing_is_loaded(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, text: str, problem: str
) -> None:
    (folder / "unit03" / name).write_text(text)
    before = journal_size()
    assert main(["agencies", "load", str(folder)]) == 1
    assert problem in capsys.readouterr().err
    assert (journal_size(), Agency.objects.count()) == (before, 0)


def test_keys_of_systems_are_made_listed_and_ended(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_agency_keys, "database", nullcontext)
    told(capsys, "load", folder)
    made = told(capsys, "key", "unit01")[1]
    assert told(capsys, "keys")[1] == {"keys": [{"agency": "unit01", "key": made["key"]}]}
    assert len(made["secret"]) > 40
    assert told(capsys, "webhook", "unit01", "https://system.example/hook")[1]["webhook"]
    assert told(capsys, "end-key", made["key"])[1]["ended"]
    assert told(capsys, "keys")[1] == {"keys": []}
    assert told(capsys, "take-old-keys")[1] == {"taken": 0}
    for wrong in (["key", "nobody"], ["end-key", made["key"]], ["end-key", "no key"], ["key"], ["load"]):
        assert main(["agencies", *wrong]) == 1
    assert made["secret"] not in capsys.readouterr().err
