# SPDX-License-Identifier: Apache-2.0
"""Telling witnesses outside the database of the newest seal, and asking the database to agree with them.

Whoever owns the database can write it anew from the first entry, with every hash right. What was told outside
stays told: a history written anew has other seals.
"""

import importlib
import json
import pkgutil
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, transaction

from callbox.journal import witnesses
from callbox.journal.actions import move_position
from callbox.journal.queries import position_of
from callbox.kernel.errors import Invalid
from callbox.kernel.tables import read_table
from callbox.kernel.text import gettext_noop as _

NEWEST = "SELECT number, hash, at FROM journal_seal ORDER BY number DESC LIMIT 1"


def configured_witnesses() -> dict[str, tuple[Any, str]]:
    """The witnesses that the environment names: the module, and where it tells."""
    return {module.NAME: (module, where) for module in _modules() if (where := module.configured())}


@cache
def _modules() -> tuple[Any, ...]:
    """The modules of the folder: looked for once, they are asked every second."""
    names = sorted(info.name for info in pkgutil.iter_modules(witnesses.__path__))
    return tuple(importlib.import_module(f"{witnesses.__name__}.{name}") for name in names)


def paces() -> Mapping[str, timedelta]:
    """How often each witness is told."""
    rows = read_table("callbox.journal", "witnesses.tsv")
    return {row.need("witness"): timedelta(seconds=row.whole("every_s", 1, 86_400)) for row in rows}


def tell_witness(name: str, witness: Any, where: str) -> int:
    """Tell it of the newest seal unless it was told; 1 when it was news. Raises OSError when it does not take it.

    At least once: a crash between telling and noting tells again.
    """
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        row = cursor.fetchone()
    told = position_of(f"witness:{name}")
    if row is None or row[0] <= told[1]:
        return 0
    witness.tell(where, line_of(row[0], bytes(row[1]), row[2]))
    with transaction.atomic():
        move_position(f"witness:{name}", told, (0, row[0]))
    return 1


def line_of(number: int, digest: bytes, at: datetime) -> str:
    """What a witness is told: nothing in it is personal."""
    return json.dumps({"seal": number, "hash": digest.hex(), "at": at.isoformat()})


def disagreement(lines: Iterable[str]) -> str:
    """The first told seal that is not in the database as it was told; "" when all agree. Raises Invalid."""
    known = [told(line, number) for number, line in enumerate(lines, 1) if line.strip()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, encode(hash, 'hex') FROM journal_seal WHERE number = ANY (%s)",
            [[number for number, _digest in known]],
        )
        here = dict(cursor.fetchall())
    for number, digest in known:
        if here.get(number) != digest:
            return f"witness: seal {number} is not the one that was told outside"
    return ""


def told(line: str, at: int) -> tuple[int, str]:
    """Number and hash of a seal that was told outside, read from line `at` of a file. Raises Invalid."""
    try:
        said = json.loads(line)
        number, digest = said["seal"], bytes.fromhex(said["hash"])
        if type(number) is not int or not 0 < number < 2**63:
            raise ValueError(number)
        return number, digest.hex()
    except (ValueError, KeyError, TypeError, RecursionError) as problem:
        raise Invalid(
            _("Line %(line)s is no seal that was told outside. Give the file that CALLBOX_SEALS_FILE names."),
            line=at,
        ) from problem
