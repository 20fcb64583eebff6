// SPDX-License-Identifier: Apache-2.0
// The board as data, and the one way in which it changes. Pure: no page, no network, no clock.
//
// old board + entries = new board. An entry that says less than a row shows (a new incident, a clock that starts)
// makes the row wanted: it is fetched and put. Versions make every order and every repeat harmless.

import { fired, normal, time, without } from "../web/js/entries.js";

const FINAL = { incident: ["closed", "merged"], assignment: ["clear", "withdrawn"], unit: [] };
const TABLES = { incident: "incidents", unit: "units", assignment: "assignments" };
const MILESTONES = { acknowledge: "acknowledged_at", go: "en_route_at", arrive: "on_scene_at", clear: "clear_at" };
const TOUCHES = new Set(["late"]);

// What an entry tells of its row; a move that is not here makes the row wanted.
const TOLD = {
  incident: {
    arrive: (row) => ({ clocks: without(row, "arrival") }),
    raise_alarm: (_row, { level }) => ({ alarm_level: Number(level) }),
    safety_alarm: () => ({ safety_alarm: true }),
    safety_clear: () => ({ safety_alarm: false }),
    remark: () => ({}),
    late: fired,
    close: () => ({}),
    merge: () => ({}),
  },
  assignment: {
    acknowledge: milestone,
    go: milestone,
    arrive: milestone,
    clear: milestone,
    recall: () => ({ active: false }),
    cancel: () => ({ active: false }),
    divert: () => ({ active: false }),
    stack: (row) => ({ active: false, clocks: without(row, "acknowledge") }),
    correct: (_row, facts) => ({ [facts.milestone]: time(facts.now) }),
    late: fired,
  },
  unit: {
    set_available: because,
    set_conditional: because,
    set_unavailable: because,
  },
};

function milestone(row, _facts, entry) {
  return { [MILESTONES[entry.move]]: time(entry.at), clocks: without(row, "acknowledge") };
}

function because(_row, facts) {
  return { reason: facts.reason ?? "" };
}

export function empty() {
  return { incidents: {}, units: {}, assignments: {}, stations: [], gone: {} };
}

// The board of a snapshot (GET /api/board).
export function fromSnapshot({ incidents, units, assignments, stations }) {
  const byId = (rows) => Object.fromEntries(rows.map((row) => [row.id, normal(row)]));
  const state = { ...empty(), incidents: byId(incidents), units: byId(units), assignments: byId(assignments), stations };
  return Object.keys(state.units).reduce(withAssignment, state);
}

// One journal entry. Returns the new state and the rows that must be fetched: [{kind, id}].
export function apply(state, entry) {
  const table = TABLES[entry.kind];
  if (!table) return { state, wants: [] };
  const row = state[table][entry.matter];
  if (entry.number <= (row?.version ?? state.gone[entry.matter] ?? 0)) return { state, wants: [] };
  const isOver = FINAL[entry.kind].includes(entry.becomes);
  if (isOver) return { state: dropped(state, entry, row), wants: [] };
  const told = TOLD[entry.kind][entry.move];
  const wanted = !told || !row || entry.number > row.version + 1;
  const wants = wanted ? [{ kind: entry.kind, id: entry.matter }] : [];
  if (!row) return { state, wants };
  // A wanted row shows at once what the entry does say; its version stays behind until the row itself is there.
  const changes = told ? told(row, entry.facts, entry) : {};
  const version = wanted ? row.version : entry.number;
  const at = TOUCHES.has(entry.move) || !("changed_at" in row) ? {} : { changed_at: time(entry.at) };
  const next = { ...row, ...changes, ...at, state: entry.becomes, version };
  return { state: withRow(state, entry.kind, next), wants };
}

function dropped(state, entry, row) {
  const table = TABLES[entry.kind];
  const { [entry.matter]: _old, ...rest } = state[table];
  const next = { ...state, [table]: rest, gone: { ...state.gone, [entry.matter]: entry.number } };
  const unit = row?.unit ?? entry.facts.unit;
  return entry.kind === "assignment" ? withAssignment(next, unit) : next;
}

function withRow(state, kind, row) {
  const table = TABLES[kind];
  const next = { ...state, [table]: { ...state[table], [row.id]: row } };
  if (kind === "incident") return next;
  return withAssignment(next, kind === "unit" ? row.id : row.unit);
}

// Which assignment a unit is on follows from the assignments alone.
function withAssignment(state, unitId) {
  const unit = state.units[unitId];
  if (!unit) return state;
  const held = Object.values(state.assignments).find((each) => each.unit === unitId && each.active);
  const assignment = held?.id ?? null;
  if (unit.assignment === assignment) return state;
  return { ...state, units: { ...state.units, [unitId]: { ...unit, assignment } } };
}

// A row that was fetched. An older one than is known, or one of something that is over, changes nothing.
export function put(state, kind, row) {
  const known = state[TABLES[kind]][row.id]?.version ?? state.gone[row.id] ?? 0;
  if (row.version < known || (row.version === known && state.gone[row.id] === known)) return state;
  if (FINAL[kind].includes(row.state)) {
    return dropped(state, { kind, matter: row.id, number: row.version, facts: { unit: row.unit } }, row);
  }
  return withRow(state, kind, normal(row));
}

// Units reported where they are: [{unit, lon, lat, at}]. An older report never replaces a newer one.
export function place(state, reports) {
  const units = { ...state.units };
  for (const { unit, lon, lat, at } of reports) {
    const row = units[unit];
    if (!row || row.state === "off_duty" || (row.position?.at && row.position.at >= time(at))) continue;
    units[unit] = { ...row, position: { lon, lat, at: time(at), source: "gps" } };
  }
  return { ...state, units };
}
