# SPDX-License-Identifier: Apache-2.0
"""Who arrives first? Ours beside OSRM's table service, and both orders beside a search from every unit."""

import argparse
import json

HELP = "rank 50, 500 and 5,000 units for 200 incidents in San Francisco, beside OSRM's table service"
SIZES = (50, 500, 5_000)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many incidents, and how many of them OSRM is asked (it takes about a second each for 5,000 units)."""
    parser.add_argument("--incidents", type=int, default=200)
    parser.add_argument("--osrm-incidents", type=int, default=20, help="of them, asked of OSRM (default: 20)")
    parser.add_argument(
        "--quick", action="store_true", help="OSRM by its quickest algorithm only, 5 incidents"
    )
    parser.add_argument("--seed", type=int, default=1)


def run(args: argparse.Namespace) -> int:
    """Print a table and one JSON line for 5,000 units."""
    from callbox.benches import _recommend

    rows = _recommend.measure(
        SIZES,
        incidents=args.incidents,
        asked=min(args.incidents, 5 if args.quick else args.osrm_incidents),
        algorithms=("MLD",) if args.quick else ("CH", "MLD"),
        seed=args.seed,
    )
    print(f"{'units':>6} {'ours ms':>9} {'OSRM ms':>9} {'ratio':>8} {'top 3 agree':>12}")
    for row in rows:
        print(
            f"{row['units']:>6} {row['ours_ms']:>9.3f} {row['osrm_ms']:>9.1f} {row['ratio']:>8.0f} "
            f"{row['top3_agree']:>12.3f}"
        )
    print(json.dumps(rows[-1] | {"sizes": rows[:-1]}))
    return 0
