# SPDX-License-Identifier: Apache-2.0
"""The darkroom as a process of its own: what bounds it, and what becomes of those that it refuses."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from callbox.kernel.errors import Invalid, Unavailable
from callbox.pictures import developing
from callbox.pictures.developing import PROGRAM, develop
from callbox.pictures.domain import WHY, limits_on, packed, unpacked
from callbox.pictures.tests.pictures import WORDS, huge_png, pattern, read, saved, telling_jpeg

LIMITS = limits_on(date(2026, 11, 22))
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(64)


def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """A darkroom that does this in place of its work, with the bounds that the real one has."""
    program = tmp_path / "stand_in.py"
    program.write_text(
        "import sys, os, json\n"
        f"sys.path.insert(0, {str(PROGRAM.parent)!r})\n"
        "import darkroom\n"
        "asked = darkroom.Asked(*map(int, sys.argv[1:]))\n"
        "darkroom.bound(asked.memory, asked.cpu)\n"
        f"{body}\n"
    )
    monkeypatch.setattr(developing, "PROGRAM", program)


def test_a_picture_comes_back_made_anew() -> None:
    made = develop(telling_jpeg(6), LIMITS)
    assert (made.width, made.height) == read(made.large).size == (480, 640)
    assert max(read(made.preview).size) == LIMITS.preview
    assert not [word for word in WORDS if word.encode() in made.large + made.preview]
    assert unpacked(packed(made)) == (made.large, made.preview)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"x" * (LIMITS.bytes + 1), "large"),
        (HEIC, "heic"),
        (b"GIF89a" + bytes(64), "other"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "other"),
        (b"%PDF-1.7", "other"),
        (huge_png(20_000, 20_000), "pixels"),
        (b"\xff\xd8\xff" + bytes(64), "damaged"),
        (telling_jpeg()[:3000], "damaged"),
        (b"\xff\xd8\xff" + b"RIFF", "damaged"),
    ],
    ids=["empty", "large", "heic", "gif", "svg", "pdf", "pixels", "head", "half", "mixed"],
)
def test_what_is_no_picture_is_refused_and_told_why(data: bytes, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        develop(data, LIMITS)
    assert refused.value.message == WHY[why]
    assert str(refused.value)


def test_it_sees_no_secret_and_opens_no_connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOX_SECRET", "made-up")
    seen = tmp_path / "seen"
    limits = "'limits': {n: __import__('resource').getrlimit(getattr(__import__('resource'), n))[1]"
    stand_in(
        tmp_path,
        monkeypatch,
        "fds = sorted(int(n) for n in os.listdir('/proc/self/fd'))\n"
        f"told = {{'environ': dict(os.environ), 'cwd': os.getcwd(), 'fds': fds[:-1], 'nice': os.nice(0), {limits}"
        " for n in ('RLIMIT_AS', 'RLIMIT_CPU', 'RLIMIT_FSIZE', 'RLIMIT_CORE')}}\n"
        "sys.stdout.buffer.write(json.dumps({'refused': json.dumps(told)}).encode())",
    )
    kept: dict[str, Any] = {}
    original = subprocess.run

    def run(*args: Any, **more: Any) -> Any:
        done = original(*args, **more)
        kept.update(json.loads(json.loads(done.stdout)["refused"]))
        return done

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(Invalid):
        develop(saved(pattern()), LIMITS)
    assert not seen.exists()
    assert not {name for name in kept["environ"] if name not in ("LC_CTYPE", "PWD")}
    assert (kept["cwd"], kept["fds"]) == ("/", [0, 1, 2])
    assert kept["nice"] >= min(19, os.nice(0) + 10)
    assert kept["limits"] == {
        "RLIMIT_AS": LIMITS.memory << 20,
        "RLIMIT_CPU": LIMITS.cpu,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
    }


@pytest.mark.parametrize(
    "body",
    [
        "x = bytearray(2 << 30)",
        "open('/tmp/callbox-darkroom-test', 'wb').write(b'x')",
        "raise SystemExit(3)",
        "os.abort()",
        "",
        "sys.stdout.write('{')",
        "sys.stdout.write('[1]\\n')",
        'sys.stdout.write(\'{"preview": 3, "width": 4, "height": 3}\\n<b>x</b>\')',
    ],
)
def test_whatever_happens_in_it_means_no_picture(
    body: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(tmp_path, monkeypatch, body)
    with pytest.raises(Invalid) as refused:
        develop(saved(pattern()), LIMITS)
    assert refused.value.message == WHY["damaged"]


def test_one_that_works_for_ever_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path, monkeypatch, "while True: pass")
    with pytest.raises(Invalid):
        develop(saved(pattern()), replace(LIMITS, cpu=1))
    stand_in(tmp_path, monkeypatch, "sys.stdin.buffer.read(); import time; time.sleep(600)")
    with pytest.raises(Unavailable):
        develop(saved(pattern()), replace(LIMITS, patience=1))


def test_one_more_than_fits_is_asked_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken = [developing.places.take(LIMITS.at_once) for _ in range(LIMITS.at_once)]
    monkeypatch.setattr(subprocess, "run", lambda *_a, **_m: pytest.fail("it was started"))
    try:
        with pytest.raises(Unavailable):
            develop(saved(pattern()), LIMITS)
    finally:
        for _ in taken:
            developing.places.give_back()
    monkeypatch.undo()
    for _ in range(LIMITS.at_once + 1):
        with pytest.raises(Invalid):
            develop(telling_jpeg()[:3000], LIMITS)


@pytest.mark.slow
def test_the_largest_that_is_taken_fits_into_its_memory() -> None:
    """A PNG cannot be decoded in part as a JPEG can, and this one shines through."""
    program = (
        "from PIL import Image\nimport sys\n"
        "Image.new('RGBA', (8165, 6123), (200, 30, 30, 128)).save(sys.stdout.buffer, 'PNG', compress_level=1)"
    )
    data = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout
    made = develop(data, LIMITS)
    assert (made.width, made.height) == (1600, 1200)
