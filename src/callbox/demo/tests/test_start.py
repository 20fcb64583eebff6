# SPDX-License-Identifier: Apache-2.0
"""The start page is public; only a demo's has a way in without a password."""

from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CONFIG = replace(settings.CONFIG, demo=True, city="helsinki")
    monkeypatch.setenv("CALLBOX_DEMO_SPEED", "10")


def page(client: Client, language: str = "en") -> str:
    found = client.get("/", headers={"accept-language": language})
    assert found.status_code == 200
    return found.content.decode()


def test_a_real_installation_offers_the_form_and_no_role(client: Client) -> None:
    shown = page(client)
    assert 'href="/report"' in shown
    assert 'action="/demo"' not in shown
    assert "/sign-in" in shown


@pytest.mark.usefixtures("demo")
def test_a_demo_has_one_way_in_for_each_role_and_says_what_is_fast(client: Client) -> None:
    shown = page(client)
    roles = ("call_taker", "dispatcher", "supervisor", "agency_desk", "crew", "administrator")
    assert all(f'name="role" value="{role}"' in shown for role in roles)
    assert "10 times as fast" in shown
    assert "Helsinki" in shown


@pytest.mark.usefixtures("demo")
def test_the_page_speaks_chinese(client: Client) -> None:
    shown = page(client, "zh-hans")
    assert "赫尔辛基" in shown
    assert "以接警员身份登录" in shown
    assert "快10倍" in shown
