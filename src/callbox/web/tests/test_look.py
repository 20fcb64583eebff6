# SPDX-License-Identifier: Apache-2.0
"""The look: colours stand in one file, can be read, and no page carries code or styles of its own."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).parents[1]
SHEETS = sorted((WEB / "static" / "web" / "css").glob("*.css"))
TEMPLATES = sorted(WEB.parent.glob("*/templates/**/*.html"))
PRINTOUT = "printout.html"  # a page on a disk, read when no server answers: it has no file beside it to name
SCRIPTS = sorted(WEB.parent.glob("*/static/**/js/*.js"))
TOKENS = (WEB / "static" / "web" / "css" / "tokens.css").read_text()
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgba?\(|\bhsla?\(|\boklch\(")
NAMED = re.compile(r":\s*(white|black|red|green|blue|grey|gray|orange|yellow)\b")
DEFINED = set(re.findall(r"^\s*(--[\w-]+):", TOKENS, re.M))


@pytest.mark.parametrize(
    "sheet", [sheet for sheet in SHEETS if sheet.name != "tokens.css"], ids=lambda path: path.name
)
def test_a_sheet_uses_tokens_only(sheet: Path) -> None:
    text = sheet.read_text()
    assert COLOUR.findall(text) + NAMED.findall(text) == []
    assert set(re.findall(r"var\((--[\w-]+)", text)) <= DEFINED


@pytest.mark.parametrize("path", [*SHEETS, *SCRIPTS, *TEMPLATES], ids=lambda path: path.name)
def test_files_stay_small(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize(
    "template",
    [path for path in TEMPLATES if path.name != PRINTOUT],
    ids=lambda path: str(path.relative_to(WEB.parent)),
)
def test_a_template_has_no_inline_code_or_style(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=\"|javascript:", text)
    for opening in re.findall(r"<script[^>]*>", text):
        assert "src=" in opening, opening


def _theme(name: str) -> dict[str, str]:
    block = re.search(rf'\[data-theme="{name}"\] {{(.*?)\n}}', TOKENS, re.S)
    assert block
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", block.group(1)))


def _light(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two colours."""
    lights = sorted((_light(one), _light(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


PAIRS = [
    *(
        (ink, ground, 4.5)
        for ink in ("ink", "ink-2", "ink-3")
        for ground in ("ground", "surface", "sunken", "hover")
    ),
    ("ink-strong", "selected", 4.5),
    ("on-fill", "fill", 4.5),
    ("wrong", "wrong-ground", 4.5),
    ("wrong", "surface", 4.5),
    ("late", "late-ground", 4.5),
    ("late", "selected", 4.5),
    ("late", "surface", 4.5),
    ("on-late", "late", 4.5),
    ("on-wrong", "wrong", 4.5),
    ("map-label", "map-ground", 4.5),
    ("line-strong", "surface", 3),
    ("map-mark", "map-ground", 7),
]


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_letters_can_be_read(theme: str, ink: str, ground: str, least: float) -> None:
    colours = _theme(theme)
    assert contrast(colours[ink], colours[ground]) >= least


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_only_wrong_and_late_have_a_strong_colour(theme: str) -> None:
    for name, colour in _theme(theme).items():
        parts = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
        if not re.search("wrong|late", name):
            assert max(parts) - min(parts) <= 20, name
