# SPDX-License-Identifier: Apache-2.0
"""Who calls when and about what, and how long everybody takes: seeded, so that a day can be played again. Pure."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from random import Random

from callbox.demo.dice import dice
from callbox.kernel.tables import Row, read_table

ROOM = "callbox.demo"
MADE_UP = {"en": "(made up)", "zh": "(虚构)", "fi": "(keksitty)", "es": "(inventado)"}
WITH_PLACE = frozenset({"web", "sos", "app"})  # channels that share where the sender is
FIRST_S = 3.0
SECOND_CALLERS = 0.2  # share of incidents that somebody else tells of too
SECOND_MESSAGE = 0.4  # share of text threads with one more message


@dataclass(frozen=True, slots=True)
class Story:
    """What somebody calls about. outcome: how a call without an incident is wrapped up."""

    id: str
    weight: int
    type: str
    answers: Mapping[str, str]
    outcome: str
    ends: tuple[str, ...]
    channels: tuple[str, ...]
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a road of the city (WGS84)."""

    lon: float
    lat: float
    street: str


@dataclass(frozen=True, slots=True)
class Town:
    """A demo city: stories a minute (live, check), its languages, simulated call-takers, made-up numbers."""

    city: str
    live: float
    check: float
    languages: tuple[str, ...]
    takers: int
    number: str
    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Sending:
    """One contact to send. after_s: city seconds since the beginning. happening: what it tells of."""

    after_s: float
    number: int
    happening: int
    story: Story
    spot: Spot
    channel: str
    words: str
    telephone: str
    thread: str


@cache
def stories() -> tuple[Story, ...]:
    """All stories; raises TableError."""
    return tuple(_story(row) for row in read_table(ROOM, "stories.tsv"))


def _story(row: Row) -> Story:
    return Story(
        id=row.need("id"),
        weight=row.whole("weight", 1, 100),
        type=row["type"],
        answers=dict(pair.split("=") for pair in row.several("answers")),
        outcome=row["outcome"],
        ends=row.several("ends"),
        channels=row.several("channels"),
        words={language: row[language] for language in MADE_UP},
    )


@cache
def towns() -> Mapping[str, Town]:
    """The demo cities by name; raises TableError."""
    return {row["city"]: _town(row) for row in read_table(ROOM, "cities.tsv")}


def _town(row: Row) -> Town:
    return Town(
        city=row.need("city"),
        live=float(row["live"]),
        check=float(row["check"]),
        languages=row.several("languages"),
        takers=row.whole("takers", 1, 100),
        number=row.need("number"),
        name_en=row.need("name_en"),
        name_zh=row.need("name_zh"),
    )


def sendings(
    seed: str,
    town: Town,
    per_minute: float,
    spot: Callable[[Random], Spot],
    until_s: float = math.inf,
    *,
    rush_s: float = 0.0,
) -> Iterator[Sending]:
    """Contacts in the order in which they are sent; the same for the same seed.

    per_minute: stories, of which some are told by two callers and some in two messages. until_s: when new
    stories end. A later contact of a story may come after that, by at most five minutes. rush_s: so long at
    the beginning they come as often as in a check, so that there is something to see at once.
    """
    waiting: list[Sending] = []
    for happening, begins in enumerate(_begins(dice(seed, "begins"), town, per_minute, until_s, rush_s)):
        waiting += _told(f"{seed}/{happening}", happening, begins, town, spot)
        waiting.sort(key=lambda each: (each.after_s, each.number))
        while waiting and waiting[0].after_s <= begins:
            yield waiting.pop(0)
    yield from waiting


def _begins(random: Random, town: Town, per_minute: float, until_s: float, rush_s: float) -> Iterator[float]:
    at = FIRST_S
    while at < until_s:
        yield at
        at += random.expovariate((town.check if at < rush_s else per_minute) / 60.0)


def _told(
    seed: str, happening: int, begins: float, town: Town, spot: Callable[[Random], Spot]
) -> Iterator[Sending]:
    random = dice(seed)
    story = random.choices(stories(), [each.weight for each in stories()])[0]
    where = spot(random)
    first = _sending(random, begins, happening * 10, happening, story, where, town)
    yield first
    if first.thread and random.random() < SECOND_MESSAGE:
        more = _marked("please hurry", town.languages[0]) if story.type else first.words
        yield Sending(
            begins + random.uniform(15, 40),
            happening * 10 + 1,
            happening,
            story,
            where,
            "text",
            more,
            first.telephone,
            first.thread,
        )
    if story.type and random.random() < SECOND_CALLERS:
        yield _sending(
            random, begins + random.uniform(30, 240), happening * 10 + 2, happening, story, where, town
        )


def _sending(
    random: Random, after_s: float, number: int, happening: int, story: Story, where: Spot, town: Town
) -> Sending:
    channel = random.choice(story.channels)
    language = random.choices(town.languages, range(len(town.languages) + 1, 1, -1))[0]
    telephone = town.number % (number % 100)
    thread = f"made-up-{happening}-{number}" if channel == "text" else ""
    words = _marked(story.words[language], language) if story.words[language] else ""
    return Sending(after_s, number, happening, story, where, channel, words, telephone, thread)


def _marked(words: str, language: str) -> str:
    return f"{MADE_UP[language]} {words}"


def body_of(sending: Sending) -> dict[str, object]:
    """The contact as a channel's JSON: the words, and the position where the channel shares it."""
    body: dict[str, object] = {"words": sending.words, "number": sending.telephone}
    if sending.channel in WITH_PLACE:
        body |= {"lon": round(sending.spot.lon, 6), "lat": round(sending.spot.lat, 6)}
    if sending.channel != "sos" and sending.words:
        body["place"] = sending.spot.street
    if sending.thread:
        body["thread"] = sending.thread
    if sending.story.outcome == "not_reached":
        body["lost"] = True
    return body
