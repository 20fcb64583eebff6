# SPDX-License-Identifier: Apache-2.0
"""What a tool said, in one shape for all of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One place that somebody must look at. path: from the checkout's root."""

    path: str
    line: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.text}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one tool found. not_audited: why it could not look at all, which is never the same as clean."""

    tool: str
    findings: tuple[Finding, ...] = ()
    not_audited: str = ""

    @property
    def state(self) -> str:
        """clean, findings or not audited."""
        if self.findings:
            return "findings"
        return "not audited" if self.not_audited else "clean"


def line_of(outcomes: Sequence[Outcome]) -> str:
    """The last line of `callbox audit`: one JSON object."""
    said: dict[str, object] = {
        "ok": not any(each.findings for each in outcomes),
        "findings": {each.tool: len(each.findings) for each in outcomes if not each.not_audited},
        "not_audited": {each.tool: each.not_audited for each in outcomes if each.not_audited},
    }
    return json.dumps(said, ensure_ascii=False)


def parsed(text: str) -> Any:
    """The JSON that a tool printed, None when it printed none: then nothing was looked at."""
    try:
        return json.loads(text)
    except ValueError:
        return None
