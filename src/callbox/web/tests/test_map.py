# SPDX-License-Identifier: Apache-2.0
"""The map, drawn by Chromium from one file and with no network."""

import pytest
from playwright.sync_api import Page, expect
from tests.browser import shot

from callbox.web.tests.fakes import LAT, LON
from callbox.web.tests.watch import Watched, until

pytestmark = pytest.mark.browser
OPEN = """([lon, lat]) => import('/static/web/js/map.js').then(async ({ openMap }) => {
  const panel = document.getElementById('map');
  window.told = [];
  for (const name of ['map:select', 'map:click']) {
    panel.addEventListener(name, (event) => window.told.push({ name, ...event.detail }));
  }
  window.atlas = openMap(panel);
  const states = ['available', 'conditional', 'unavailable', 'assigned', 'acknowledged', 'en_route', 'on_scene'];
  atlas.setUnits(states.map((state, n) => ({
    id: `u${n}`, callsign: `E0${n}`, state, stateLabel: state,
    lon: lon + (n - 3) * 0.002, lat: lat - 0.004, heading: 90,
  })));
  atlas.setIncidents([1, 2, 3, 4, 5].map((priority) => ({
    id: `i${priority}`, number: `040${priority}`, priority,
    lon: lon + (priority - 3) * 0.003, lat: lat + 0.003, late: priority === 2,
  })));
  atlas.setStations([{ id: 's1', name: 'Post 1', lon, lat: lat + 0.006 }]);
  atlas.setRoute('r', [[lon, lat - 0.004], [lon, lat + 0.003]], 'offered');
  await atlas.ready;
  await new Promise((done) => atlas.map.once('idle', done));
})"""


@pytest.fixture
def drawn(page: Page) -> Page:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/map")
    page.evaluate(OPEN, [LON, LAT])
    return page


def shown(page: Page, layer: str, name: str) -> set[str]:
    found = page.evaluate(
        "(layer) => atlas.map.queryRenderedFeatures({ layers: [layer] }).map((one) => one.properties)", layer
    )
    return {one[name] for one in found}


def test_streets_are_named_in_their_own_script_without_a_glyph_server(drawn: Page) -> None:
    assert shown(drawn, "road-names-main", "name") == {"和平路", "Mannerheimintie"}
    shot(drawn, "map")


def test_units_and_incidents_are_on_it(drawn: Page) -> None:
    assert shown(drawn, "units", "label") == {f"E0{number}" for number in range(7)}
    assert shown(drawn, "incidents", "label") == {f"040{number}" for number in range(1, 6)}


def test_every_mark_differs_in_greyscale(drawn: Page) -> None:
    """Each pair of marks differs in many pixels when colour is taken away."""
    worst = drawn.evaluate(
        """() => {
      const names = atlas.map.listImages().filter((name) => /^(unit-|incident-[1-5]|post|cluster|alarm)/.test(name));
      const grey = names.map((name) => {
        const { data, width, height } = atlas.map.getImage(name).data;
        const at = (x, y, k) => data[4 * (Math.floor(y * height) * width + Math.floor(x * width)) + k];
        const cells = [];
        for (let y = 0; y < 1; y += 1 / 24) for (let x = 0; x < 1; x += 1 / 24) {
          cells.push((0.3 * at(x, y, 0) + 0.59 * at(x, y, 1) + 0.11 * at(x, y, 2)) * at(x, y, 3) / 255);
        }
        return cells;
      });
      let least = Infinity;
      grey.forEach((one, i) => grey.slice(i + 1).forEach((other) => {
        least = Math.min(least, one.filter((value, at) => Math.abs(value - other[at]) > 50).length);
      }));
      return [names.length, least];
    }"""
    )
    assert worst[0] >= 19
    assert worst[1] >= 15


def test_pressing_a_mark_tells_which(drawn: Page) -> None:
    at = drawn.evaluate(
        "(({ lon, lat }) => { const { x, y } = atlas.map.project([lon, lat]); return [x, y]; })"
        "(atlas.things.incident.get('i1'))"
    )
    box = drawn.locator("#map canvas").bounding_box()
    assert box
    drawn.mouse.click(box["x"] + at[0], box["y"] + at[1])
    until(drawn, "window.told.length === 1")
    assert drawn.evaluate("window.told[0]") == {"name": "map:select", "kind": "incident", "id": "i1"}


def test_pressing_an_empty_place_tells_where(drawn: Page) -> None:
    drawn.locator("#map canvas").click(position={"x": 30, "y": 120})
    until(drawn, "window.told.length === 1")
    told = drawn.evaluate("window.told[0]")
    assert told["name"] == "map:click"
    assert abs(told["lon"] - LON) < 0.1


def test_the_map_is_walked_by_keys(drawn: Page) -> None:
    canvas = drawn.locator("#map canvas")
    canvas.focus()
    canvas.press("n")
    told = drawn.locator("#map [role=status]")
    expect(told).to_have_text("Incident 0403, priority 3")
    canvas.press("n")
    expect(told).to_have_text("Unit E03, assigned")
    canvas.press("p")
    canvas.press("Enter")
    assert drawn.evaluate("window.told[0]") == {"name": "map:select", "kind": "incident", "id": "i3"}


def test_it_stays_still_when_the_place_is_in_view(drawn: Page) -> None:
    before = drawn.evaluate("atlas.map.getCenter().lng")
    drawn.evaluate("atlas.select('unit', 'u1')")
    assert drawn.evaluate("atlas.map.getCenter().lng") == before
    drawn.evaluate("([lon, lat]) => atlas.show(lon + 0.2, lat)", [LON, LAT])
    assert drawn.evaluate("atlas.map.getCenter().lng") == pytest.approx(LON + 0.2)


def test_a_unit_goes_where_it_is_reported(drawn: Page) -> None:
    drawn.evaluate("([lon, lat]) => atlas.moveUnit({ id: 'u0', lon, lat, state: 'on_scene' })", [LON, LAT])
    assert drawn.evaluate("[atlas.things.unit.get('u0').lon, atlas.things.unit.get('u0').state]") == [
        LON,
        "on_scene",
    ]


def test_a_unit_glides_where_motion_is_welcome(page: Page) -> None:
    page.goto("/map")
    page.evaluate(OPEN, [LON, LAT])
    page.evaluate("([lon, lat]) => atlas.moveUnit({ id: 'u0', lon, lat })", [LON, LAT])
    assert page.evaluate("atlas.things.unit.get('u0').lon") < LON
    until(page, "atlas.motion.moving.size === 0")
    assert page.evaluate("atlas.things.unit.get('u0').lon") == pytest.approx(LON)


def test_without_graphics_the_list_is_pointed_to(page: Page, watched: Watched) -> None:
    page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
    page.goto("/map")
    page.evaluate(
        "import('/static/web/js/map.js').then(({ openMap }) => openMap(document.getElementById('map')).ready)"
    )
    expect(page.locator(".map-fault")).to_have_text(
        "The map cannot be shown here. The list beside it says the same."
    )
    watched.faults.clear()  # the console says why the map failed, which is meant here
