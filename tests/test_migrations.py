# SPDX-License-Identifier: Apache-2.0
"""While an older Callbox runs, no table loses what it uses; and the last release's API works on the new tables."""

import io
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

from callbox.commands._migrating import EXPAND, targets
from callbox.commands._setup import apply_migrations
from callbox.host.config import CHECKOUT, load
from callbox.host.embedded import temporary_cluster
from callbox.host.provision import Urls, provision
from callbox.host.releases import contracts, released
from callbox.rooms import ROOMS
from callbox.web.assets import compile_messages

# What the SQL of a migration must not say while a process of the last release may still ask for it.
TAKES_AWAY = {
    "drops": r"\bDROP (TABLE|COLUMN|SEQUENCE|VIEW)\b",
    "renames": r"\bRENAME\b",
    "changes a type": r"ALTER COLUMN \S+ TYPE\b",
    "demands a value": r"\bSET NOT NULL\b",
    "demands a new value": r"\bADD COLUMN (?!.*\bDEFAULT\b)[^;]*\bNOT NULL\b",
    "gives a value only to what is there": r"\bDROP DEFAULT\b",
    "hides rows": r"\b(ENABLE|FORCE) ROW LEVEL SECURITY\b",
}
NOT_OF_THE_API = "src/callbox/dispatch/tests/test_crew_api.py::test_every_file_of_the_page_is_kept"
API_TESTS = ("tests/test_walk.py", "src/callbox/dispatch/tests/test_crew_api.py")


def said_by(migration: Migration, loader: MigrationLoader) -> str:
    state = loader.project_state((migration.app_label, migration.name), at_end=False)
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state, editor, collect_sql=True)
    lines = [line for line in editor.collected_sql if not line.startswith("--")]
    return re.sub(r'"', "", "\n".join(lines))


def taken_away(text: str) -> list[str]:
    return [what for what, pattern in TAKES_AWAY.items() if re.search(pattern, text, re.IGNORECASE)]


def git(*words: str) -> bytes | None:
    done = subprocess.run(["git", "-C", str(CHECKOUT), *words], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


def in_release(commit: str) -> set[str]:
    listed = git("ls-tree", "-r", "--name-only", commit, "src/callbox")
    if listed is None:
        pytest.skip(f"the last release, {commit[:8]}, is not in this clone (git fetch --unshallow)")
    return set(listed.decode().split())


@pytest.mark.django_db
def test_only_a_migration_that_says_so_takes_something_away() -> None:
    known = in_release(released()[-1][1])
    loader = MigrationLoader(connection)
    for (app, name), migration in loader.graph.nodes.items():
        if app not in ROOMS or f"src/callbox/{app}/migrations/{name}.py" in known:
            continue
        found = taken_away(said_by(loader.disk_migrations[app, name], loader))
        assert contracts(name) or not found, (
            f"{app} {name} {found}: name it NNNN_contract_…, or let it expand only"
        )
        if not contracts(name):
            needed = [each for each in loader.graph.node_map[app, name].parents if contracts(each.key[1])]
            assert not needed, f"{app} {name} expands, and would wait for {needed}"
        assert migration


CASES = {
    "drops": migrations.RemoveField("entry", "move"),
    "renames": migrations.RenameField("entry", "move", "step"),
    "changes a type": migrations.AlterField("entry", "move", models.IntegerField()),
    "demands a value": migrations.AlterField("seal", "number", models.IntegerField(null=False)),
    "gives a value only to what is there": migrations.AddField("entry", "x", models.IntegerField(default=1)),
    "hides rows": migrations.RunSQL("ALTER TABLE journal_entry ENABLE ROW LEVEL SECURITY"),
}
HARMLESS = [
    migrations.AddField("entry", "x", models.IntegerField(null=True)),
    migrations.AddField("entry", "x", models.IntegerField(db_default=1)),
    migrations.CreateModel(
        "Other", [("id", models.BigAutoField(primary_key=True)), ("x", models.TextField())]
    ),
    migrations.AddIndex("entry", models.Index(fields=["move"], name="by_move")),
]


def sql_of(operation: migrations.operations.base.Operation) -> str:
    loader = MigrationLoader(connection)
    made = type("Migration", (Migration,), {"operations": [operation]})("9999_made_up", "journal")
    last = loader.graph.leaf_nodes("journal")[0]
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        made.apply(loader.project_state(last), editor, collect_sql=True)
    return re.sub(r'"', "", "\n".join(editor.collected_sql))


@pytest.mark.django_db
@pytest.mark.parametrize("what", [name for name in CASES if name != "demands a value"])
def test_the_rule_sees_what_takes_away(what: str) -> None:
    assert what in taken_away(sql_of(CASES[what]))


@pytest.mark.django_db
@pytest.mark.parametrize("operation", HARMLESS, ids=lambda each: type(each).__name__)
def test_the_rule_lets_pass_what_only_adds(operation: migrations.operations.base.Operation) -> None:
    assert taken_away(sql_of(operation)) == []


def test_the_rule_sees_a_column_that_must_be_given() -> None:
    assert taken_away("ALTER TABLE t ADD COLUMN x integer NOT NULL") == ["demands a new value"]
    assert taken_away("ALTER TABLE t ALTER COLUMN x SET NOT NULL") == ["demands a value"]
    assert taken_away("ALTER TABLE t ADD COLUMN x integer DEFAULT 1 NOT NULL") == []


def test_expanding_stops_before_what_contracts() -> None:
    pending = {
        "a": ["0002_more"],
        "b": ["0002_more", "0003_contract_old", "0004_more"],
        "c": ["0002_contract_old"],
    }
    assert targets(pending) == {"a": None, "b": "0002_more"}


@pytest.fixture(scope="module")
def last_release() -> Iterator[Path]:
    version, commit = released()[-1]
    packed = git("archive", commit)
    if packed is None:
        pytest.skip(f"release {version} ({commit[:8]}) is not in this clone (git fetch --unshallow)")
    with tempfile.TemporaryDirectory(prefix="callbox-release-") as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        compile_messages(Path(folder, "src"))
        yield Path(folder)


def make_old_tables(last_release: Path, environment: dict[str, str], urls: Urls) -> None:
    command = [sys.executable, "-m", "django", "migrate", "--skip-checks", "--no-input", "--verbosity", "0"]
    subprocess.run(command, cwd=last_release, env=environment | {"DATABASE_URL": urls.owner}, check=True)


def test_the_last_releases_api_works_on_the_tables_of_this_one(last_release: Path) -> None:
    """Its own code and its own tests, on tables that it made and this release expanded."""
    with temporary_cluster() as cluster, tempfile.TemporaryDirectory(prefix="callbox-home-") as home:
        urls = provision(cluster, may_create_databases=True)
        own = os.environ | {"CALLBOX_HOME": home, "CALLBOX_DATA": str(load().data)}
        own |= {"PYTHONPATH": str(last_release / "src"), "DJANGO_SETTINGS_MODULE": "callbox.settings"}
        make_old_tables(last_release, own, urls)
        apply_migrations(urls, EXPAND)
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *API_TESTS, "--deselect", NOT_OF_THE_API],
            cwd=last_release,
            env=own | {"DATABASE_URL": urls.app, "CALLBOX_OWNER_URL": urls.owner},
            capture_output=True,
            text=True,
            timeout=500,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-4000:]
    assert re.search(r"\d+ passed", done.stdout)
