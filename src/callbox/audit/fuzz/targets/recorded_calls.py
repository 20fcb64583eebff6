# SPDX-License-Identifier: Apache-2.0
"""A file of the recorded calls of San Francisco: rows that cannot be used are named, the file is not refused."""

from callbox.analysis.sffd import read_calls
from callbox.audit.fuzz.targets._inputs import file_of

HEADER = (
    b"Call Number,RowID,Received DtTm,Entry DtTm,Dispatch DtTm,Response DtTm,On Scene DtTm,Transport DtTm,"
    b"Hospital DtTm,Available DtTm,Location,Call Type,Priority,Call Final Disposition,Address,Station Area,"
    b"Neighborhooods - Analysis Boundaries,Unit ID,Unit Type,ALS Unit\n"
)
NOON = b"04/07/2020 12:00:00 PM"
REFUSALS: tuple[type[BaseException], ...] = (OSError, ValueError, UnicodeDecodeError)
SEEDS = (
    b"\x00" + b"1,1," + b",".join([NOON] * 8) + b',"(37.7, -122.4)",Alarms,3,Fire,A,1,B,E1,ENGINE,true\n',
    b"\x00" + b"1,1," + NOON,
    b"\x00" + b"1,1," + b",".join([b"01/01/0001 12:00:00 AM"] * 8) + b',"(1,1)"\n',
    b"\x01Received DtTm\n1\n",
)


def feed(data: bytes) -> None:
    """After a sound header, or as the whole file."""
    with file_of(data[1:] if data[:1] == b"\x01" else HEADER + data[1:], "calls.csv") as path:
        read = read_calls(path)
    assert len(read.unusable) + sum(len(call.units) for call in read.calls) == read.rows
