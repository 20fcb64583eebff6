# SPDX-License-Identifier: Apache-2.0
"""The made-up day: the same for the same seed, in the words of the city, and every word marked as made up."""

from itertools import islice, pairwise
from random import Random
from statistics import median

import pytest

from callbox.demo.dice import dice
from callbox.demo.domain import MADE_UP, Sending, Spot, body_of, sendings, stories, towns
from callbox.demo.fleet import Post, fleet
from callbox.demo.times import seconds, spread_for, spreads
from callbox.dispatch.plans import load_capabilities
from callbox.incidents.catalogue import check_answers, load_dispositions, type_for
from callbox.intake.channels import exchange, text, web
from callbox.intake.domain import OUTCOMES

TOWN = towns()["helsinki"]


def somewhere(random: Random) -> Spot:
    return Spot(24.94 + random.random() / 100, 60.17, "Made-up street")


def day(seed: str = "a", minutes: float = 60.0) -> list[Sending]:
    return list(sendings(seed, TOWN, 2.0, somewhere, minutes * 60))


def test_the_same_seed_is_the_same_day_and_another_is_another() -> None:
    assert day("a") == day("a")
    assert day("a") != day("b")


def test_contacts_come_in_order_and_stop() -> None:
    told = day()
    assert all(earlier.after_s <= later.after_s for earlier, later in pairwise(told))
    assert max(each.after_s for each in told) < 60 * 60 + 300
    assert 60 < len({each.happening for each in told}) < 180, "about two a minute"


def test_a_rush_comes_first() -> None:
    told = list(islice(sendings("a", TOWN, 0.01, somewhere, rush_s=600), 8))
    assert told[-1].after_s < 900


def test_every_word_says_that_it_is_made_up() -> None:
    marks = tuple(MADE_UP.values())
    for each in day(minutes=200):
        assert not each.words or each.words.startswith(marks)


def test_a_day_has_the_languages_and_channels_of_the_city() -> None:
    told = day(minutes=200)
    for language in TOWN.languages:
        assert any(each.words.startswith(MADE_UP[language]) for each in told)
    assert {each.channel for each in told} == {"phone", "exchange", "web", "text", "sos"}


def test_several_callers_tell_of_one_event_and_threads_go_on() -> None:
    told = day(minutes=200)
    again = [each for each in told if each.number % 10]
    assert {each.number % 10 for each in again} == {1, 2}
    assert all(each.thread for each in again if each.number % 10 == 1)


@pytest.mark.parametrize(("reader", "channel"), [(web, "web"), (text, "text"), (exchange, "exchange")])
def test_the_channels_can_read_what_residents_send(reader: object, channel: str) -> None:
    import json

    for each in day(minutes=100):
        if each.channel == channel:
            said = reader.read(json.dumps(body_of(each)).encode(), "application/json")  # type: ignore[attr-defined]  # a module
            assert said.readable
            assert (said.lon is not None) == (channel == "web")


def test_stories_use_types_answers_and_ends_that_exist() -> None:
    for story in stories():
        assert (story.outcome in OUTCOMES) != bool(story.type)
        if story.type:
            group = type_for(story.type).group
            check_answers(story.answers)
            assert all(load_dispositions()[end].fits(group) for end in story.ends), story.id


@pytest.mark.parametrize(
    ("what", "agency", "group"),
    [
        ("scene", "ems", "medical"),
        ("scene", "fire", "medical"),
        ("turnout", "police", "*"),
        ("talk", "*", "*"),
    ],
)
def test_times_follow_the_table(what: str, agency: str, group: str) -> None:
    spread = spread_for(what, agency, group)
    drawn = [seconds(str(number), what, agency, group) for number in range(400)]
    assert min(drawn) >= spread.least_s
    assert max(drawn) <= spread.most_s
    assert median(drawn) == pytest.approx(spread.median_s, rel=0.2)


def test_every_time_is_possible() -> None:
    assert all(each.least_s <= each.median_s <= each.most_s for each in spreads())


def test_the_fleet_can_do_what_the_table_says_and_every_call_sign_is_its_own() -> None:
    posts = {
        kind: [Post(f"{kind}{n}", f"{kind} {n}", kind, 0, 0, made_up=True) for n in range(12)]
        for kind in ("fire_station", "ambulance_post", "police_station", "centre")
    }
    for city in towns():
        units = list(fleet(city, posts))
        assert len({unit.callsign for unit in units}) == len(units)
        for unit in units:
            assert unit.capabilities <= set(load_capabilities())


def test_a_station_gives_its_number_to_its_units() -> None:
    post = Post("x", "Fire Station #24", "fire_station", 0, 0, made_up=False)
    assert "E24" in {unit.callsign for unit in fleet("sf", {"fire_station": [post]})}


def test_chance_can_be_repeated() -> None:
    assert dice("a", 1).random() == dice("a", 1).random() != dice("a", 2).random()
