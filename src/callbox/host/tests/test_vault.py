# SPDX-License-Identifier: Apache-2.0
import errno
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbox.host import keyring
from callbox.host.errors import HostError
from callbox.host.vault import AHEAD_DAYS, CannotOpen, Vault, day_of

UNTIL = datetime(2027, 1, 5, 23, 30, tzinfo=UTC)
DAY = UNTIL.date()
WORDS = "made up: 火, third floor".encode()


def fresh(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "keys")


def test_what_was_sealed_is_opened_by_another_process_with_the_same_folder(tmp_path: Path) -> None:
    sealed = fresh(tmp_path).encrypt(WORDS, UNTIL, "a/b/1")
    assert WORDS not in sealed
    assert day_of(sealed) == DAY
    assert fresh(tmp_path).decrypt(sealed, "a/b/1") == WORDS


def test_the_same_words_never_look_the_same(tmp_path: Path) -> None:
    vault = fresh(tmp_path)
    assert vault.encrypt(WORDS, UNTIL, "a") != vault.encrypt(WORDS, UNTIL, "a")


def test_the_day_is_that_of_utc(tmp_path: Path) -> None:
    east = UNTIL.astimezone(timezone(timedelta(hours=8)))
    assert east.date() != DAY
    assert day_of(fresh(tmp_path).encrypt(WORDS, east, "a")) == DAY


def _flip(place: int) -> Callable[[bytes], bytes]:
    return lambda sealed: sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]


@pytest.mark.parametrize(
    "change",
    [*(_flip(place) for place in (0, 4, 5, 17, -1 + 33)), lambda s: s[:-1], lambda _: b"", lambda s: s[:16]],
)
def test_one_changed_bit_is_found(tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    vault = fresh(tmp_path)
    sealed = vault.encrypt(WORDS, UNTIL, "a")
    with pytest.raises(CannotOpen):
        vault.decrypt(change(sealed), "a")


def test_a_value_cannot_stand_in_for_that_of_another_row(tmp_path: Path) -> None:
    vault = fresh(tmp_path)
    with pytest.raises(CannotOpen) as refused:
        vault.decrypt(vault.encrypt(WORDS, UNTIL, "intake_caller/sealed/1"), "intake_caller/sealed/2")
    assert refused.value.why == "damaged"


@given(st.binary(max_size=80))
def test_no_bytes_break_the_opening(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    vault = Vault(tmp_path_factory.getbasetemp() / "any-keys")
    with pytest.raises(CannotOpen):
        vault.decrypt(data, "a")


def test_with_the_key_of_its_day_gone_nobody_reads_it(tmp_path: Path) -> None:
    vault, other = fresh(tmp_path), fresh(tmp_path)
    sealed, tomorrows = (
        vault.encrypt(WORDS, UNTIL, "a"),
        vault.encrypt(WORDS, UNTIL + timedelta(days=1), "a"),
    )
    vault.destroy_day(DAY)
    vault.destroy_day(DAY)
    for each in (vault, other):
        with pytest.raises(CannotOpen) as refused:
            each.decrypt(sealed, "a")
        assert refused.value.why == "key_gone"
        assert each.decrypt(tomorrows, "a") == WORDS


def test_a_key_is_overwritten_before_it_is_removed(tmp_path: Path) -> None:
    vault = fresh(tmp_path)
    vault.encrypt(WORDS, UNTIL, "a")
    os.link(tmp_path / "keys" / f"day-{DAY}", tmp_path / "kept")
    vault.destroy_day(DAY)
    assert (tmp_path / "kept").read_bytes() == bytes(keyring.SIZE)


def test_with_other_keys_it_cannot_be_read(tmp_path: Path) -> None:
    sealed = Vault(tmp_path / "one").encrypt(WORDS, UNTIL, "a")
    other = Vault(tmp_path / "other")
    other.encrypt(WORDS, UNTIL, "a")
    with pytest.raises(CannotOpen) as refused:
        other.decrypt(sealed, "a")
    assert refused.value.why == "damaged"


def test_on_a_full_disk_the_newest_key_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    vault = fresh(tmp_path)
    vault.encrypt(WORDS, UNTIL - timedelta(days=2), "a")
    vault.encrypt(WORDS, UNTIL - timedelta(days=1), "a")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(keyring, "make_secret", full)
    sealed = vault.encrypt(WORDS, UNTIL, "a")
    assert day_of(sealed) == DAY - timedelta(days=1)
    assert vault.decrypt(sealed, "a") == WORDS
    with pytest.raises(OSError, match="no key of any day"):
        Vault(tmp_path / "empty").encrypt(WORDS, UNTIL, "a")


def test_who_must_not_wait_for_a_disk_makes_no_key(tmp_path: Path) -> None:
    vault = fresh(tmp_path)
    vault.make_ahead(DAY, [timedelta()])
    before = vault.days()
    vault.encrypt(WORDS, UNTIL + timedelta(days=400), "a", make=False)
    assert vault.days() == before == [DAY + timedelta(days=more) for more in range(AHEAD_DAYS + 1)]


def test_two_makers_of_one_key_get_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process makes the key between our look and our making."""
    vault, other = fresh(tmp_path), fresh(tmp_path)
    found: list[bytes] = []
    real = os.link

    def link(*names: Path) -> None:
        if not found:
            found.append(b"")
            found.append(other.encrypt(WORDS, UNTIL, "a"))
        real(*names)

    monkeypatch.setattr(os, "link", link)
    sealed = vault.encrypt(WORDS, UNTIL, "a")
    assert other.decrypt(sealed, "a") == vault.decrypt(found[1], "a") == WORDS
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [f"day-{DAY}"]


def test_a_lasting_key_is_exchanged_and_the_old_one_opens_until_it_is_destroyed(tmp_path: Path) -> None:
    vault, running = fresh(tmp_path), fresh(tmp_path)
    before = running.encrypt_lasting(WORDS, "a")
    assert day_of(before) is None
    assert vault.rotate() == 2
    after = running.encrypt_lasting(WORDS, "a")  # knows of the new key without being started again
    assert vault.decrypt_lasting(before, "a") == vault.decrypt(after, "a") == WORDS
    vault.destroy_lasting(1)
    with pytest.raises(CannotOpen):
        vault.decrypt_lasting(before, "a")
    assert vault.decrypt_lasting(after, "a") == WORDS


def test_days_and_lasting_values_are_not_taken_for_each_other(tmp_path: Path) -> None:
    vault = fresh(tmp_path)
    with pytest.raises(CannotOpen):
        vault.decrypt_lasting(vault.encrypt(WORDS, UNTIL, "a"), "a")


def test_a_mark_is_the_same_for_the_same_and_another_with_other_keys(tmp_path: Path) -> None:
    vault = fresh(tmp_path)
    assert vault.mark("x", WORDS) == fresh(tmp_path).mark("x", WORDS)
    assert (
        len({vault.mark("x", WORDS), vault.mark("y", WORDS), Vault(tmp_path / "other").mark("x", WORDS)}) == 3
    )


@pytest.mark.parametrize(
    ("name", "mode"), [("", 0o750), ("", 0o701), (f"day-{DAY}", 0o640), (f"day-{DAY}", 0o604)]
)
def test_keys_that_others_can_read_are_refused(tmp_path: Path, name: str, mode: int) -> None:
    fresh(tmp_path).encrypt(WORDS, UNTIL, "a")
    (tmp_path / "keys" / name).chmod(mode)
    with pytest.raises(HostError, match="chmod"):
        fresh(tmp_path)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_keys_of_another_user_are_refused(tmp_path: Path) -> None:
    fresh(tmp_path)
    os.chown(tmp_path / "keys", 12345, -1)
    with pytest.raises(HostError, match="another user"):
        fresh(tmp_path)


def test_a_torn_key_is_no_key(tmp_path: Path) -> None:
    sealed = fresh(tmp_path).encrypt(WORDS, UNTIL, "a")
    (tmp_path / "keys" / f"day-{DAY}").write_bytes(b"short")
    with pytest.raises(CannotOpen):
        fresh(tmp_path).decrypt(sealed, "a")


def test_keys_are_private_from_their_first_moment(tmp_path: Path) -> None:
    fresh(tmp_path).make_ahead(date(2026, 11, 22), [timedelta(days=30)])
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_two_folders_put_together_open_what_either_sealed_until_the_day_is_over(tmp_path: Path) -> None:
    lost, anew = Vault(tmp_path / "lost"), Vault(tmp_path / "keys")
    first, second = (vault.encrypt(WORDS, UNTIL, "a") for vault in (lost, anew))
    with pytest.raises(CannotOpen):
        anew.decrypt(first, "a")
    assert (anew.adopt(tmp_path / "lost"), anew.adopt(tmp_path / "lost")) == (1, 0)
    for vault in (anew, fresh(tmp_path)):
        assert [vault.decrypt(sealed, "a") for sealed in (first, second)] == [WORDS, WORDS]
        with pytest.raises(CannotOpen, match="altered"):
            vault.decrypt(first, "b")
    assert anew.days() == [DAY]
    anew.destroy_day(DAY)
    for vault in (anew, fresh(tmp_path)):
        for sealed in (first, second):
            with pytest.raises(CannotOpen) as refused:
                vault.decrypt(sealed, "a")
            assert refused.value.why == "key_gone"
    assert not [path for path in (tmp_path / "keys").iterdir() if path.name.startswith("day-")]


def test_a_folder_that_others_can_read_is_not_taken_over(tmp_path: Path) -> None:
    Vault(tmp_path / "lost").encrypt(WORDS, UNTIL, "a")
    (tmp_path / "lost").chmod(0o755)
    with pytest.raises(HostError):
        fresh(tmp_path).adopt(tmp_path / "lost")
