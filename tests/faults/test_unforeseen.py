# SPDX-License-Identifier: Apache-2.0
"""A fault that nobody thought of: the worker's loop goes on, and each contact is a call."""

import json
import threading
from dataclasses import replace

import pytest

from callbox.intake import reactions
from callbox.intake.models import Call
from callbox.intake.reading import read_contact
from callbox.journal import queries as journal
from callbox.worker.loop import Runner
from callbox.worker.loops import contacts
from tests.contacts import raw_contact


class Odd(Exception):  # noqa: N818 - a fault that nobody thought of
    """Of no kind that is named anywhere."""


def test_a_fault_that_nobody_thought_of_still_leads_to_a_call_for_each(
    committed: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two steps of the loop fail, then the next contact is set aside, until the ill one is behind."""
    sent = [
        raw_contact(json.dumps({"words": words, "number": ""}).encode(), channel="text", lane="written")
        for words in ("good", "breaks", "as good")
    ]

    def breaking(channel: str, body: bytes, content_type: str) -> object:
        if b"breaks" in body:
            raise Odd
        return read_contact(channel, body, content_type)

    monkeypatch.setattr(reactions, "read_contact", breaking)
    loop = Runner(replace(contacts.LOOP, every_s=0), threading.Event())
    for _ in range(8):
        loop.step()
    calls = [entry.chain for entry in journal.entries_after((0, 0), 1_000) if entry.kind == "call"]
    assert calls == sent
    assert not Call.objects.get(pk=sent[1]).readable
