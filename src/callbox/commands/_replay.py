# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox replay`."""

import argparse
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from callbox.analysis.baltimore import read_requests
from callbox.analysis.sffd import read_calls
from callbox.commands._databases import fresh_replay_database
from callbox.commands._setup import use_django
from callbox.geo.demo_source import ensure_city
from callbox.host.config import load
from callbox.kernel.errors import Invalid, NotFound
from callbox.kernel.text import gettext_noop as _


def run(args: argparse.Namespace) -> int:
    """Read, replay, seal, verify, and say what came of it."""
    return _requests(args) if args.form == "311" else _calls(args)


def _requests(args: argparse.Namespace) -> int:
    rows, now = _read(args.file, read_requests)[: args.calls], datetime.now(UTC)
    with fresh_replay_database():
        use_django()
        from callbox.analysis.requests_replay import replay_requests

        done = replay_requests(rows, now=now)
    for each in done.refused:
        print(each)
    print(json.dumps(done.as_dict()))
    return 0 if done.journal_ok else 1


def _calls(args: argparse.Namespace) -> int:
    read = _read(args.file, read_calls)
    config, now = load(), datetime.now(UTC)
    city = ensure_city(config.home, config.data, args.city, at=now)
    os.environ["CALLBOX_CITY"] = args.city
    with fresh_replay_database():
        use_django()
        from callbox.analysis.replay_run import replay_file

        done = replay_file(args.file, read, city, limit=args.calls, workers=args.workers, now=now)
    for each in done.unusable:
        print(f"line {each.line}, {each.row_id}: {each.reason}: {each.detail}")
    print(json.dumps(done.as_dict()))
    return 0 if done.journal_ok else 1


def _read[T](path: Path, reads: Callable[[Path], T]) -> T:
    try:
        return reads(path)
    except OSError as error:
        raise NotFound(_("%(file)s cannot be read: %(why)s"), file=str(path), why=str(error)) from None
    except ValueError as error:
        raise Invalid(_("%(file)s cannot be replayed: %(why)s"), file=str(path), why=str(error)) from None
