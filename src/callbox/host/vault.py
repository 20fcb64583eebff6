# SPDX-License-Identifier: Apache-2.0
"""Personal data is kept as ciphertext (AES-256-GCM); its keys stand outside the database.

There is one key for each day on which data is to be erased (UTC). When the day is over its key is destroyed, and
what was sealed for it cannot be read any more, wherever a copy lies: in a backup, a standby, the WAL. What has no
end date, such as the secret of a second factor, is sealed with a lasting key, which can be exchanged.

Sealed: one byte for the kind of key, four for the day or generation, twelve of nonce, ciphertext, tag. The
context (table, column, row) is authenticated with it, so that no value can stand in for another.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from callbox.host.config import keys_folder
from callbox.host.keyring import Keyring

HEAD = struct.Struct(">BI")
NONCE = 12
OF_ITS_DAY, OF_ANOTHER_DAY, LASTING = 1, 2, 3
AHEAD_DAYS = 35  # keys are made so long before they are needed: a copy of the folder serves for as long
DAY, LAST, MARKS = "day-", "lasting-", "marks"
OTHER = "."  # a further key of the same day: day-2026-11-22.1a2b3c4d


class CannotOpen(Exception):  # noqa: N818 - a state of the data, met in reading it
    """A sealed value cannot be read. `why`: `key_gone` or `damaged`."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


class Vault:
    """Seals and opens with the keys of one folder. Raises HostError when others could read them."""

    def __init__(self, folder: Path) -> None:
        self._keys = Keyring(folder)
        self._ciphers: dict[str, AESGCM] = {}
        self._marks: bytes | None = None

    def encrypt(self, data: bytes, retain_until: datetime, context: str, *, make: bool = True) -> bytes:
        """Seal data that is to be erased on the day (UTC) of `retain_until`, an aware time.

        When that day has no key and none can be made, the newest key there is serves: nobody is refused.
        make=False: none is made, for whoever must not wait for a disk. Raises OSError when there is no key.
        """
        day = retain_until.astimezone(UTC).date()
        cipher, kind = self._cipher(_day_name(day)), OF_ITS_DAY
        if cipher is None and make:
            cipher = self._made(_day_name(day))
        if cipher is None:
            kind = OF_ANOTHER_DAY
            day, cipher = self._newest()
        return _sealed(cipher, HEAD.pack(kind, day.toordinal()), data, context)

    def decrypt(self, sealed: bytes, context: str) -> bytes:
        """What was sealed in this context. Raises CannotOpen, also when the key of its day was destroyed."""
        kind, number = _head(sealed)
        if kind == LASTING:
            return self.decrypt_lasting(sealed, context)
        name = _day_name(date.fromordinal(number))
        try:
            return self._opened_with(name, sealed, context)
        except CannotOpen:
            for other in self._others(name):
                with suppress(CannotOpen):
                    return self._opened_with(other, sealed, context)
            raise

    def _opened_with(self, name: str, sealed: bytes, context: str) -> bytes:
        cipher = self._cipher(name)
        if cipher is None:
            raise CannotOpen("key_gone", f"The key {name} is not there: what was sealed with it is erased.")
        return _opened(cipher, sealed, context)

    def _others(self, name: str) -> list[str]:
        """Further keys of the same day: the folder was lost, keys were made anew, and it was found again."""
        try:
            return [each for each in self._keys.names() if each.startswith(name + OTHER)]
        except OSError:
            return []

    def adopt(self, folder: Path) -> int:
        """Take over the keys of days from another folder, beside those that are here; how many were new.

        Both serve to open, those that were here to seal. Raises HostError for a folder that others can read, OSError.
        """
        found, taken = Keyring(folder), 0
        for name in [name for name in found.names() if _is_day(name.split(OTHER)[0])]:
            day, key = name.split(OTHER)[0], found.get(name)
            known = {self._keys.get(each) for each in (day, *self._others(day))}
            if key is not None and key not in known:
                self._keys.put(f"{day}{OTHER}{hashlib.sha256(key).hexdigest()[:8]}", key)
                taken += 1
        return taken

    def encrypt_lasting(self, data: bytes, context: str) -> bytes:
        """Seal data that has no end date, with the newest lasting key. Raises OSError when none can be made."""
        number = max(self.generations(), default=0) or self.rotate()  # another process may have rotated
        cipher = self._cipher(_last_name(number))
        if cipher is None:
            raise CannotOpen("damaged", f"The lasting key {number} cannot be read.")
        return _sealed(cipher, HEAD.pack(LASTING, number), data, context)

    def decrypt_lasting(self, sealed: bytes, context: str) -> bytes:
        """What was sealed without an end date in this context. Raises CannotOpen."""
        kind, number = _head(sealed)
        cipher = self._cipher(_last_name(number)) if kind == LASTING else None
        if cipher is None:
            raise CannotOpen("key_gone", f"The lasting key {number} is not there.")
        return _opened(cipher, sealed, context)

    def mark(self, purpose: str, data: bytes) -> bytes:
        """What stands for data (32 bytes): the same for the same, and nobody without the key can guess from it."""
        if self._marks is None:
            self._keys.make([MARKS])
            self._marks = self._keys.get(MARKS)
        if self._marks is None:
            raise CannotOpen("damaged", f"The key {MARKS} cannot be read.")
        return hmac.digest(self._marks, purpose.encode() + b"\0" + data, hashlib.sha256)

    def make_ahead(self, today: date, kept: Iterable[timedelta]) -> None:
        """Make the keys that data kept so long will need from today on, and the next weeks. Raises OSError.

        Also forgets the keys that are not in the folder any more.
        """
        first = {today + each for each in kept}
        days = {day + timedelta(days=more) for day in first for more in range(AHEAD_DAYS + 1)}
        self._keys.make([MARKS, *(_day_name(day) for day in sorted(days))])
        held = set(self._keys.names())
        self._ciphers = {name: cipher for name, cipher in self._ciphers.items() if name in held}

    def days(self) -> list[date]:
        """The days whose keys are there, in order."""
        return [date.fromisoformat(name.removeprefix(DAY)) for name in self._keys.names() if _is_day(name)]

    def generations(self) -> list[int]:
        """The numbers of the lasting keys that are there, in order."""
        return sorted(int(name.removeprefix(LAST)) for name in self._keys.names() if name.startswith(LAST))

    def destroy_day(self, day: date) -> None:
        """Destroy the keys of a day. Raises OSError."""
        for name in (*self._others(_day_name(day)), _day_name(day)):
            self._keys.destroy(name)
            self._ciphers.pop(name, None)

    def rotate(self) -> int:
        """Make a new lasting key, with which everything is sealed from now on; its number. Raises OSError."""
        number = max(self.generations(), default=0) + 1
        self._keys.make([_last_name(number)])
        return number

    def destroy_lasting(self, number: int) -> None:
        """Destroy a lasting key that nothing is sealed with any more. Raises OSError."""
        self._keys.destroy(_last_name(number))
        self._ciphers.pop(_last_name(number), None)

    def _cipher(self, name: str) -> AESGCM | None:
        cipher = self._ciphers.get(name)
        if cipher is None and (key := self._keys.get(name)) is not None:
            cipher = self._ciphers[name] = AESGCM(key)
        return cipher

    def _made(self, name: str) -> AESGCM | None:
        try:
            self._keys.make([name])
        except OSError:
            return None
        return self._cipher(name)

    def _newest(self) -> tuple[date, AESGCM]:
        for day in reversed(self._days_at_hand()):
            cipher = self._cipher(_day_name(day))
            if cipher is not None:
                return day, cipher
        raise OSError(
            "There is no key of any day, and none could be made: make room on the disk of the keys."
        )

    def _days_at_hand(self) -> list[date]:
        """Those of the folder; while that is away, those that this process has in its memory."""
        try:
            return self.days()
        except OSError:
            return sorted(
                date.fromisoformat(name.removeprefix(DAY)) for name in self._ciphers if _is_day(name)
            )


@cache
def vault_at(folder: Path) -> Vault:
    """The vault of this folder, one in each process."""
    return Vault(folder)


def vault() -> Vault:
    """The installation's own vault: CALLBOX_KEYS, or `keys` in its home."""
    return vault_at(keys_folder())


def day_of(sealed: bytes) -> date | None:
    """The day on which this value is to be erased; None for one without an end date. Raises CannotOpen."""
    kind, number = _head(sealed)
    return None if kind == LASTING else date.fromordinal(number)


def _sealed(cipher: AESGCM, head: bytes, data: bytes, context: str) -> bytes:
    nonce = os.urandom(NONCE)
    return head + nonce + cipher.encrypt(nonce, data, head + context.encode())


def _opened(cipher: AESGCM, sealed: bytes, context: str) -> bytes:
    head, nonce, rest = (
        sealed[: HEAD.size],
        sealed[HEAD.size : HEAD.size + NONCE],
        sealed[HEAD.size + NONCE :],
    )
    try:
        return cipher.decrypt(nonce, rest, head + context.encode())
    except (InvalidTag, ValueError):
        raise CannotOpen("damaged", "It was altered, moved here, or sealed with other keys.") from None


def _head(sealed: bytes) -> tuple[int, int]:
    if len(sealed) < HEAD.size + NONCE:
        raise CannotOpen("damaged", "This is too short to be a sealed value.")
    kind, number = HEAD.unpack_from(sealed)
    if kind not in (OF_ITS_DAY, OF_ANOTHER_DAY, LASTING) or not 0 < number <= date.max.toordinal():
        raise CannotOpen("damaged", "This is no sealed value.")
    return kind, number


def _day_name(day: date) -> str:
    return f"{DAY}{day.isoformat()}"


def _is_day(name: str) -> bool:
    try:
        date.fromisoformat(name.removeprefix(DAY))
    except ValueError:
        return False
    return name.startswith(DAY)


def _last_name(number: int) -> str:
    return f"{LAST}{number}"
