# SPDX-License-Identifier: Apache-2.0
"""The work behind `callbox backup` and `callbox restore`."""

import argparse
import os
from pathlib import Path

from callbox.commands._machine import asking_the_machine
from callbox.commands._setup import database, use_django
from callbox.host import backup as host_backup
from callbox.host import restore as host_restore
from callbox.host.config import load
from callbox.host.manifest import Manifest
from callbox.host.releases import version
from callbox.kernel.errors import Unavailable

ROOM = 64  # a spool record's head, rounded up
RESTORED, DOES_NOT_FIT = 0, 3


def back_up(args: argparse.Namespace) -> int:
    """Back up, and say what is inside. Raises Unavailable with the reason when there is no backup."""
    wishes = host_backup.Wishes(keys=args.keys, with_city=args.with_city, files_only=args.files_only)
    with asking_the_machine():
        manifest = host_backup.back_up(load(), args.target, version(), wishes)
    _say(args.target, manifest)
    if args.keys is not None:
        print(
            f"The keys of contact data are in {args.keys}. Keep it elsewhere: an erased key must go there too."
        )
    else:
        print("The keys of contact data are not inside: keep them apart (--keys FILE).")
    return 0


def check(args: argparse.Namespace) -> int:
    """Compare every checksum of a backup."""
    with asking_the_machine():
        manifest = host_restore.check_backup(args.source, args.keys)
    _say(args.source, manifest)
    print("Every file is whole.")
    return 0


def restore(args: argparse.Namespace) -> int:
    """Restore, verify the journal, and say in words what came of it."""
    config = load()
    with asking_the_machine():
        done = host_restore.restore(config, args.source, replace=args.replace, keys=args.keys)
    _say_restored(config.home, done)
    if done.spool_aside is not None:
        print(
            f"{merge_spool(done.spool_aside, config.spool, config.spool_mib)} contacts were added to the spool."
        )
    if done.manifest.database == "none":
        print(
            "The database was not part of this backup: restore it with its own tools, then verify the journal."
        )
        return RESTORED
    return _verify(done)


def _verify(done: host_restore.Restored) -> int:
    with database():
        use_django()
        from callbox.journal.queries import verify

        verdict = verify()
    if not verdict.ok:
        print(f"The journal does NOT verify: {verdict.problem}. Do not serve from this; use another backup.")
        return DOES_NOT_FIT
    print(f"The journal verifies: {verdict.entries} entries, {verdict.chains} chains, {verdict.seals} seals.")
    print(f"Everything up to {done.complete_to.isoformat()} is back. What came later is not.")
    return RESTORED


def merge_spool(kept: Path, spool: Path, spool_mib: int) -> int:
    """Add the contacts of a backup's spool to the one in use; how many. The database takes each but once."""
    from callbox.door.spoolfile import SpoolFile

    source, target = SpoolFile(kept, 0), SpoolFile(spool, spool_mib << 20)
    try:
        payloads = source.peek(len(source.waiting), size=os.stat(kept).st_size)
        if not target.fits(sum(len(payload) + ROOM for payload in payloads)):
            raise Unavailable(
                f"The spool {spool} has no room for what waits in {kept}: start the door, then try again."
            )
        if payloads:
            target.append(payloads)
    finally:
        source.close()
        target.close()
    kept.unlink()
    return len(payloads)


def _say(place: Path, manifest: Manifest) -> None:
    size = sum(int(entry[0]) for entry in manifest.files.values()) >> 20
    print(f"{place}: {len(manifest.files)} files, {size} MiB, of Callbox {manifest.callbox}.")
    print(f"Everything up to {manifest.complete_to.isoformat()} is inside.")


def _say_restored(home: Path, done: host_restore.Restored) -> None:
    print(f"Restored into {home}.")
    if done.aside is not None:
        print(
            f"What was there is in {done.aside}: delete it when you no longer need it, it holds personal data."
        )
    if not done.keys:
        print("There are no keys of contact data: names and numbers cannot be read until they are put back.")
    print(
        "Case histories imported from files are in no backup: `callbox oversight import` takes them in again."
    )
    name, found = done.manifest.city
    print(f"The city was {name}, version {found or 'unknown'}. Settings then: {done.manifest.settings}")
