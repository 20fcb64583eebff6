// SPDX-License-Identifier: Apache-2.0
// The way to the incident: distance, time, streets, and a map that is loaded only when it is opened.

import { get } from "../web/js/api.js";
import { word } from "../web/js/words.js";
import { store } from "./crew-store.js";
import { at, make, put } from "./crew-view.js";

const AGAIN_MS = 60000;
const state = { id: null, asked: -AGAIN_MS, route: null, map: null, assignment: null, unit: null };
const onTheWay = ({ state: is }) => is !== "on_scene";

export function drawRoute(assignment, unit) {
  state.unit = unit;
  const placed = assignment && Number.isFinite(assignment.incident.lon);
  at("place-part").hidden = !placed;
  state.assignment = placed ? assignment : null;
  if (!placed) return;
  if (state.id !== assignment.id) begin(assignment);
  else if (onTheWay(assignment) && performance.now() - state.asked > AGAIN_MS) load(assignment);
}

async function begin(assignment) {
  Object.assign(state, { id: assignment.id, route: null, asked: -AGAIN_MS });
  const kept = await store.kept("route");
  if (kept?.id === assignment.id) state.route = kept.route;
  show();
  await load(assignment);
}

async function load(assignment) {
  state.asked = performance.now();
  if (!assignment.route_url) return;
  try {
    const route = await get(assignment.route_url, { quiet: true });
    if (state.id !== assignment.id) return;
    state.route = route;
    await store.keep("route", { id: assignment.id, route });
    show();
  } catch {
    // Without network the way as last heard stays.
  }
}

function show() {
  const { route } = state;
  put("route-sum", summary(route));
  const legs = (route?.legs ?? []).filter(({ metres }) => metres >= 1);
  at("streets").hidden = !legs.length;
  at("route-streets").replaceChildren(...legs.map(({ name, metres }) => make("li", {}, name || word("unnamed"), " ", make("small", {}, distance(metres)))));
  drawMap();
}

function summary(route) {
  if (!route) return word("no_route_yet");
  if (route.seconds === null) return word(route.source === "none" ? "no_position_yet" : "no_route");
  const said = word("route_is", { km: (route.metres / 1000).toFixed(1), minutes: Math.max(1, Math.round(route.seconds / 60)) });
  return route.source === "station" ? `${said} (${word("route_from_station")})` : said;
}

const distance = (metres) => word("metres", { count: metres < 100 ? Math.round(metres / 10) * 10 || 10 : Math.round(metres / 50) * 50 });

function drawMap() {
  const { map, route, assignment, unit } = state;
  if (!map || !assignment) return;
  const { incident } = assignment;
  map.setIncidents([{ ...incident, number: incident.number }]);
  map.setRoute("way", route?.lonlat);
  map.setUnits(unit.position ? [{ ...unit, ...unit.position, state: assignment.state, stateLabel: word(assignment.state) }] : []);
  map.showAll([[incident.lon, incident.lat], ...(route?.lonlat ?? [])]);
}

// A way that was counted from the station, or not at all, is asked for again once the server knows where we are.
document.addEventListener("crew:position", () => {
  if (state.assignment && state.route?.source !== "position") load(state.assignment);
});

at("map-part").addEventListener("toggle", async () => {
  if (!at("map-part").open || state.map) return drawMap();
  const { openMap } = await import("../web/js/map.js");
  state.map = openMap(document.getElementById("crew-map"));
  await state.map.ready;
  return drawMap();
});
