// SPDX-License-Identifier: Apache-2.0
// The board on the map: units where they are and where they point, incidents, stations, the selected unit's way.

import { get } from "../web/js/api.js";
import { now as clock } from "../web/js/clock.js";
import { openMap } from "../web/js/map.js";
import { word } from "../web/js/words.js";
import { doing, isLate } from "./order.js";

const STALE_MS = 5 * 60 * 1000;
const panel = document.getElementById("map");
const map = panel ? openMap(panel) : null;
const drawn = new Map();
const headings = new Map();
let asked = 0;

function heading(id, from, to) {
  if (!from || (from.lon === to.lon && from.lat === to.lat)) return headings.get(id) ?? 0;
  const east = (to.lon - from.lon) * Math.cos((to.lat * Math.PI) / 180);
  headings.set(id, (Math.atan2(east, to.lat - from.lat) * 180) / Math.PI);
  return headings.get(id);
}

function shownUnit(board, unit) {
  const at = unit.position;
  if (!at || unit.state === "off_duty") return null;
  const state = doing(board, unit);
  const held = board.assignments[unit.assignment];
  return {
    id: unit.id,
    callsign: unit.callsign,
    state,
    stateLabel: word(`unit_${state}`),
    lon: at.lon,
    lat: at.lat,
    heading: heading(unit.id, drawn.get(unit.id), at),
    stale: Boolean(at.at) && clock() - Date.parse(at.at) > STALE_MS,
    alarm: Boolean(held && board.incidents[held.incident]?.safety_alarm),
  };
}

export function drawMap(board) {
  if (!map) return;
  drawUnits(board);
  const placed = Object.values(board.incidents).filter((row) => Number.isFinite(row.place?.lon));
  map.setIncidents(placed.map((row) => ({ id: row.id, number: row.number, priority: row.priority ?? 0, lon: row.place.lon, lat: row.place.lat, late: isLate(row) || row.safety_alarm })));
}

function drawUnits(board) {
  const units = Object.values(board.units).map((unit) => shownUnit(board, unit)).filter(Boolean);
  const same = units.length === drawn.size && units.every((unit) => drawn.has(unit.id));
  if (!same) map.setUnits(units);
  else for (const unit of units) if (JSON.stringify(unit) !== JSON.stringify(drawn.get(unit.id))) map.moveUnit(unit);
  drawn.clear();
  for (const unit of units) drawn.set(unit.id, unit);
}

export function drawStations(board) {
  map?.setStations(board.stations.map(({ id, name, lon, lat, made_up }) => ({ id, lon, lat, name: made_up ? `${name} *` : name })));
}

export function selectOnMap(kind, id, options) {
  map?.select(kind, id, options);
}

export function showPin(lon, lat) {
  map?.setPin(lon, lat);
  if (Number.isFinite(lon)) map?.show(lon, lat);
}

// Ways on the map: [{incident, unit, kind}], kind "driven" or "offered". Nothing where no road leads.
export async function showRoutes(ways) {
  if (!map) return;
  const turn = (asked += 1);
  const found = await Promise.all(ways.map(({ incident, unit }) => get(`/api/incidents/${incident}/route/${unit}`, { quiet: true }).catch(() => null)));
  if (turn !== asked) return;
  map.clearRoutes();
  found.forEach((route, at) => route && map.setRoute(ways[at].unit, route.lonlat, ways[at].kind));
}

export function onMap(name, hear) {
  panel?.addEventListener(name, (event) => hear(event.detail));
}
