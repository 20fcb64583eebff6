# SPDX-License-Identifier: Apache-2.0
"""Which texts a room shows, and which of them its translation lacks. Needs no gettext tools."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_python
from babel.messages.pofile import normalize, read_po
from django.utils.translation.template import templatize

from callbox.rooms import ROOMS

SOURCE = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
HOME = "web"  # also keeps the texts of the folders that are no Django app: kernel and host
HEADER = """# SPDX-License-Identifier: Apache-2.0
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""
_KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
}


def rooms_with_words() -> tuple[str, ...]:
    """The rooms that exist and may show texts."""
    return tuple(room for room in ROOMS if (SOURCE / room).is_dir())


def po_path(room: str) -> Path:
    """Where a room keeps its Chinese."""
    return SOURCE / room / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def phrases_of(room: str) -> dict[str, str]:
    """Each English text that the room's templates and modules mark, and the file where it was found first."""
    folders = [SOURCE / room, *([SOURCE / "kernel", SOURCE / "host"] if room == HOME else [])]
    found: dict[str, str] = {}
    for path in sorted(path for folder in folders for path in folder.rglob("*") if _counts(path)):
        for phrase in _phrases_in(path):
            found.setdefault(phrase, str(path.relative_to(SOURCE)))
    return found


def translations_of(room: str) -> Catalog:
    """The room's translation; an empty catalogue when it has none."""
    path = po_path(room)
    if not path.exists():
        return Catalog(LOCALE)
    with path.open("rb") as file:
        return read_po(file, locale=LOCALE, abort_invalid=True)


def gaps_of(room: str) -> dict[str, str]:
    """The room's texts that have no translation, an empty one, or one marked fuzzy."""
    catalog = translations_of(room)
    return {phrase: where for phrase, where in phrases_of(room).items() if not _translated(catalog, phrase)}


def _translated(catalog: Catalog, phrase: str) -> bool:
    message = catalog.get(phrase)
    if message is None or message.fuzzy:
        return False
    told = message.string
    return all((told,) if isinstance(told, str) else told or ("",))


def _counts(path: Path) -> bool:
    if "tests" in path.parts or "vendor" in path.parts:
        return False
    return path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in path.parts)


def _phrases_in(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = templatize(text, origin=str(path))
    for _line, function, told, _comments in extract_python(
        BytesIO(text.encode()), _KEYWORDS, (), {"encoding": "utf-8"}
    ):
        yield from _message(function, told)


def _message(function: object, told: str | Sequence[str | None] | None) -> Iterator[str]:
    """The message ids of one call; a call whose argument is no plain text cannot be translated and gives none."""
    parts = (told,) if isinstance(told, str) else told or ()
    spec = _KEYWORDS.get(str(function)) or (1,)
    for place in spec:
        number = place if isinstance(place, int) else 0
        if 0 < number <= len(parts) and parts[number - 1]:
            yield str(parts[number - 1])


def add_gaps(room: str) -> Path:
    """Add the room's untranslated texts, with an empty translation, to its .po; the path of that file."""
    path = po_path(room)
    path.parent.mkdir(parents=True, exist_ok=True)
    head = "" if path.exists() else HEADER
    known = translations_of(room)
    entries = [_entry(phrase, where) for phrase, where in gaps_of(room).items() if known.get(phrase) is None]
    with path.open("a", encoding="utf-8") as file:
        file.write(head + "".join(entries))
    return path


def _entry(phrase: str, where: str) -> str:
    return f'\n#: {where}\nmsgid {normalize(phrase, width=0)}\nmsgstr ""\n'
