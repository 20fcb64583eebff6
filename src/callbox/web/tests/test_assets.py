# SPDX-License-Identifier: Apache-2.0
import gettext
import json
import os
import re
from pathlib import Path

import pytest

from callbox.host.config import CHECKOUT
from callbox.kernel.errors import Unavailable
from callbox.web import assets


def test_messages_are_compiled_once(tmp_path: Path) -> None:
    po = tmp_path / "room" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True)
    po.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Call"\nmsgstr "来话"\n'
    )
    assert assets.compile_messages(tmp_path) == 1
    assert assets.compile_messages(tmp_path) == 0
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Call") == "来话"
    os.utime(po, ns=(1, po.with_suffix(".mo").stat().st_mtime_ns + 1))
    assert assets.compile_messages(tmp_path) == 1


def test_what_is_there_is_not_fetched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fetched = []
    checkout, vendor, cache = tmp_path / "checkout", tmp_path / "vendor", tmp_path / "cache"
    checkout.mkdir()
    (checkout / "package-lock.json").write_text("{}")

    def fetch(_checkout: Path, cache: Path) -> None:
        fetched.append(1)
        for source in assets.WANTED:
            (cache / "node_modules" / source).parent.mkdir(parents=True, exist_ok=True)
            (cache / "node_modules" / source).write_bytes(b'from"fflate"')

    monkeypatch.setattr(assets, "_fetch", fetch)
    assert assets.ensure_front_end(checkout, vendor, cache)
    assert not assets.ensure_front_end(checkout, vendor, cache)
    assert (vendor / "pmtiles.js").read_bytes() == b'from"./fflate.js"'
    (checkout / "package-lock.json").write_text('{"changed": true}')
    assert assets.ensure_front_end(checkout, vendor, cache)
    assert len(fetched) == 2


def test_a_failing_npm_says_so_and_leaves_no_stamp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("package.json", "package-lock.json", ".npmrc"):
        (tmp_path / name).write_text("{}")
    monkeypatch.setattr(assets, "_npm", lambda: ["sh", "-c", "echo no network >&2; exit 1"])
    with pytest.raises(Unavailable, match="no network"):
        assets.ensure_front_end(tmp_path, tmp_path / "vendor", tmp_path / "cache")
    assert not (tmp_path / "vendor" / "stamp").exists()


def test_the_lock_file_names_no_registry() -> None:
    packages = json.loads((CHECKOUT / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for name, package in packages.items() if name)
    assert "omit-lockfile-registry-resolved=true" in (CHECKOUT / ".npmrc").read_text()
    assert not re.search("registry=", (CHECKOUT / ".npmrc").read_text())
