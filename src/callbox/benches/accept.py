# SPDX-License-Identifier: Apache-2.0
"""How fast contacts are accepted durably, beside pgbench on one server, and how soon screens have them."""

import argparse
import json
import subprocess
from pathlib import Path

HELP = "durable contacts a second beside pgbench, also on a slow disk, and time until shown"
SENDERS = (1, 16, 64)
SCREENS = 50
# The same row into a table of the same shape, one durable transaction each.
PGBENCH = """
INSERT INTO bench_contact (id, channel, lane, digest, sealed, received_at, taken_by, retain_until)
 VALUES (gen_random_uuid(), 'app', 'written', sha256('x'), '{body}', now(), 'database', now());
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How long and how often."""
    parser.add_argument("--seconds", type=float, default=2.0, help="length of each measurement")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is repeated, in turn")
    parser.add_argument("--contacts", type=int, default=200, help="contacts shown on the screens")


def run(args: argparse.Namespace) -> int:
    """Measure on the usual disk, on a slow one, and the way to the screens."""
    from callbox.benches._door import scratch, slow_disk

    with scratch() as folder:
        folder.chmod(0o711)  # the server's own user loads the slow disk from here
        usual = _beside(args, folder, {}, SENDERS)
        slow = _beside(args, folder, slow_disk(folder), (64,))
        shown = _shown(args, folder)
    print(json.dumps(_summary(usual, slow) | shown))
    return 0


def _summary(usual: dict[str, float], slow: dict[str, float]) -> dict[str, float]:
    found = {f"accept_{count}_per_s": usual[f"door{count}"] for count in SENDERS}
    found |= {f"pgbench_{count}_per_s": usual[f"pgbench{count}"] for count in SENDERS}
    found |= {"accept_per_s": usual["door16"], "pgbench_per_s": usual["pgbench16"]}
    found |= {"slow_accept_per_s": slow["door64"], "slow_pgbench_per_s": slow["pgbench64"]}
    found = {name: round(value, 1) for name, value in found.items()}
    found["ratio"] = round(usual["door16"] / usual["pgbench16"], 3)
    found["slow_disk_ratio"] = round(slow["door64"] / slow["pgbench64"], 3)
    return found


def _beside(
    args: argparse.Namespace, folder: Path, environment: dict[str, str], senders: tuple[int, ...]
) -> dict[str, float]:
    """Contacts and pgbench transactions a second, taking turns; of the round whose ratio is the median one."""
    import uvloop

    from callbox.benches._door import migrated, open_door
    from callbox.benches._senders import accepted_per_s
    from callbox.host.embedded import temporary_cluster

    rounds: dict[int, list[tuple[float, float]]] = {count: [] for count in senders}
    label = "slow disk" if environment else "disk"
    with temporary_cluster(durable=True) as cluster:
        urls = migrated(cluster)
        program, script = _prepare(str(cluster.program("pgbench")), urls.owner, folder)
        if environment:
            cluster.stop()
            cluster.start(environment=environment)
        with open_door(urls.app, folder) as port:
            for _ in range(args.rounds):
                for count in senders:
                    rate = uvloop.run(accepted_per_s(port, count, args.seconds))
                    other = _pgbench(program, script, urls.owner, count, args.seconds)
                    rounds[count].append((rate, other))
                    print(f"{label}: {count} senders {rate:.0f}/s, pgbench {other:.0f}/s", flush=True)
    middle = {
        count: sorted(pairs, key=lambda pair: pair[0] / pair[1])[len(pairs) // 2]
        for count, pairs in rounds.items()
    }
    found = {f"door{count}": pair[0] for count, pair in middle.items()}
    return found | {f"pgbench{count}": pair[1] for count, pair in middle.items()}


def _prepare(program: str, owner_url: str, folder: Path) -> tuple[str, Path]:
    import psycopg

    from callbox.benches._senders import BODY

    with psycopg.connect(owner_url) as link:
        link.execute("CREATE TABLE bench_contact (LIKE door_contact INCLUDING ALL)")
    script = folder / "contact.sql"
    script.write_text(" ".join(PGBENCH.format(body=BODY.decode()).split("\n")))
    return program, script


def _pgbench(program: str, script: Path, url: str, clients: int, seconds: float) -> float:
    command = [
        program,
        "-n",
        "-M",
        "prepared",
        "-f",
        str(script),
        "-c",
        str(clients),
        "-j",
        str(min(clients, 2)),
    ]
    command += ["-T", str(max(3, round(seconds))), url]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rates = [line.split()[2] for line in said.splitlines() if line.startswith("tps")]
    if not rates:
        raise RuntimeError("pgbench finished no transaction: give it more --seconds")
    return float(rates[0])


def _shown(args: argparse.Namespace, folder: Path) -> dict[str, float]:
    """Milliseconds from accepted to shown, over all screens and contacts."""
    import numpy
    import uvloop

    from callbox.benches._door import migrated, open_door
    from callbox.benches._screens import sign_in, times_to_shown
    from callbox.host.embedded import temporary_cluster

    with temporary_cluster(durable=True) as cluster:
        urls = migrated(cluster)
        with open_door(urls.app, folder) as port:
            ticket, secret = sign_in(urls.owner), (folder / "secret").read_bytes()
            accepted, sent = uvloop.run(
                times_to_shown(port, ticket, secret, screens=SCREENS, contacts=args.contacts, gap_s=0.02)
            )
    return {
        "shown_p50_ms": round(float(numpy.percentile(accepted, 50)), 2),
        "shown_p99_ms": round(float(numpy.percentile(accepted, 99)), 2),
        "sent_to_shown_p50_ms": round(float(numpy.percentile(sent, 50)), 2),
        "sent_to_shown_p99_ms": round(float(numpy.percentile(sent, 99)), 2),
        "screens": SCREENS,
    }
