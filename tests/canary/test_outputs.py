# SPDX-License-Identifier: Apache-2.0
"""What Callbox writes by itself: lists to print, metrics, states, a backup's manifest, seals, the worker's log."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from callbox.door.tests.process import DoorProcess
from callbox.host.config import CHECKOUT, keys_folder
from callbox.host.printouts import FOLDER, NEWEST
from tests.canary.doors import door_of
from tests.canary.scene import Night
from tests.canary.tokens import Texts, Token
from tests.canary.walking import said_by
from tests.city import link_sf

SAID_OF_ITSELF = ("/health", "/door/health", "/door/metrics", "/door/state")
PRINTED = (
    ".address",
    ".lon",
    ".lat",
)  # of open incidents: a crew must be able to find them on the day everything is down


def found(tokens: list[Token], said: str) -> list[str]:
    """The fields whose words stand there."""
    texts = Texts.of(said)
    return [each.field for each in tokens if each.found_in(texts)]


def kept_in_the_open(night: Night, home: Path, but: str) -> dict[str, list[str]]:
    """By file of an installation, the words that stand in it: whatever file there is, but those in one folder."""
    tokens = [each for each in night.tokens if not each.whole]
    files = [path for path in home.rglob("*") if path.is_file() and not path.is_symlink()]
    assert files
    told = {
        str(path.relative_to(home)): found(tokens, path.read_bytes().decode(errors="replace"))
        for path in files
        if but not in path.parts
    }
    return {name: words for name, words in told.items() if words}


def test_what_tells_how_it_is_tells_of_nobody(night: Night, tmp_path: Path) -> None:
    chief = next(each for each in night.walkers if each.name == "supervisor")
    page = said_by(chief.client.get("/state"))
    (given,) = re.findall(r"[\w-]+\.[\w-]{43}", page)
    with door_of(tmp_path) as door:
        words = next(each.text for each in night.tokens if each.field == "foreign.words")
        assert door.post(words.encode(), key="k", channel="app").status == 201
        said = [
            door.ask("GET", path, headers={"Authorization": f"Callbox {given}"}) for path in SAID_OF_ITSELF
        ]
    assert [each.status for each in said] == [200, 200, 200, 200]
    for each in said:
        assert found(night.tokens, each.body.decode()) == []
    assert kept_in_the_open(night, tmp_path, "") == {}


def test_what_the_worker_writes_tells_of_nobody(night: Night, tmp_path: Path) -> None:
    """The list to print has exact places and nothing else of a person; log and seals have nothing at all."""
    seals, printed, log = tmp_path / "seals.jsonl", tmp_path / FOLDER / NEWEST, tmp_path / "worker.log"
    more = {"CALLBOX_HOME": str(tmp_path), "CALLBOX_SEALS_FILE": str(seals), "CALLBOX_LOG": "json"}
    more["CALLBOX_KEYS"] = str(keys_folder())
    link_sf(tmp_path)
    with (
        log.open("wb") as said,
        subprocess.Popen(
            [sys.executable, "-m", "callbox.worker"], env=os.environ | more, stderr=said
        ) as worker,
    ):
        try:
            DoorProcess.wait_until(lambda: printed.exists() and seals.exists() and seals.stat().st_size)
        finally:
            worker.terminate()
    assert found(night.tokens, seals.read_text()) == []
    page = found(night.tokens, printed.read_text())
    assert {each for each in page if not each.endswith(PRINTED)} == set()
    assert "foreign.address" in page, "it is the list that was looked at"
    assert kept_in_the_open(night, tmp_path, FOLDER) == {}
    lines = [json.dumps(json.loads(line), ensure_ascii=False) for line in log.read_text().splitlines()]
    assert found([each for each in night.tokens if not each.whole], "\n".join(lines)) == []


def test_a_backup_says_of_its_files_no_word_of_anybody(night: Night, tmp_path: Path) -> None:
    target = tmp_path / "backup"
    said = subprocess.run(
        [sys.executable, "-m", "callbox", "backup", str(target), "--files-only"],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    manifest = (target / "manifest.json").read_text()
    assert json.loads(manifest)
    assert found(night.tokens, said.stdout + said.stderr + manifest) == []
