// SPDX-License-Identifier: Apache-2.0
// What stands where on the board, and what is wrong: pure functions of the board.

const URGENT_FIRST = 0; // an incident nobody has classified yet may be anything

export const isLate = (row) => row.clocks.some((clock) => clock.fired_at);

export function assignmentsOf(board, incidentId) {
  const found = Object.values(board.assignments).filter((each) => each.incident === incidentId);
  return found.sort((a, b) => a.assigned_at.localeCompare(b.assigned_at) || a.callsign.localeCompare(b.callsign));
}

export function assignmentsByIncident(board) {
  const found = new Map();
  for (const each of Object.values(board.assignments)) {
    found.set(each.incident, [...(found.get(each.incident) ?? []), each]);
  }
  return found;
}

// Nobody sent, then late, then the rest; within each by priority, then by age. A crew in danger before everything.
export function incidentsInOrder(board) {
  const sent = assignmentsByIncident(board);
  const rank = (row) => [
    row.safety_alarm ? 0 : 1,
    sent.has(row.id) ? 1 : 0,
    isLate(row) || (sent.get(row.id) ?? []).some(isLate) ? 0 : 1,
    row.priority ?? URGENT_FIRST,
    row.opened_at,
    row.number,
  ];
  const ranked = Object.values(board.incidents).map((row) => ({ row, rank: rank(row) }));
  return ranked.sort((a, b) => compare(a.rank, b.rank)).map(({ row }) => row);
}

function compare(a, b) {
  for (let at = 0; at < a.length; at += 1) {
    if (a[at] < b[at]) return -1;
    if (a[at] > b[at]) return 1;
  }
  return 0;
}

// What a unit does now: the state of its assignment, or its availability.
export function doing(board, unit) {
  return board.assignments[unit.assignment]?.state ?? unit.state;
}

const STATES = ["on_scene", "en_route", "acknowledged", "assigned", "available", "conditional", "unavailable", "off_duty"];

// Units in groups: [{key, name, units}], by station or by what they do. Units off duty come by state only.
export function unitGroups(board, by) {
  const groups = new Map();
  const names = new Map(board.stations.map((station) => [station.code, station.name]));
  for (const unit of Object.values(board.units)) {
    if (by === "station" && unit.state === "off_duty") continue;
    const key = by === "station" ? (unit.station ?? "") : doing(board, unit);
    if (!groups.has(key)) groups.set(key, { key, name: by === "station" ? (names.get(key) ?? "") : key, units: [] });
    groups.get(key).units.push(unit);
  }
  for (const group of groups.values()) group.units.sort(byCallsign);
  const byName = (a, b) => (a.name || "\uffff").localeCompare(b.name || "\uffff", "en", { numeric: true });
  const byState = (a, b) => STATES.indexOf(a.key) - STATES.indexOf(b.key);
  return [...groups.values()].sort(by === "station" ? byName : byState);
}

function byCallsign(a, b) {
  return a.callsign.localeCompare(b.callsign, "en", { numeric: true });
}

export function unitsInOrder(board) {
  return Object.values(board.units).sort(byCallsign);
}

// Assignments whose crew has not answered in time, the longest first.
export function unanswered(board) {
  const late = (each) => each.state === "assigned" && each.clocks.some(({ name, fired_at }) => name === "acknowledge" && fired_at);
  return Object.values(board.assignments).filter(late).sort((a, b) => a.assigned_at.localeCompare(b.assigned_at));
}

export function inDanger(board) {
  return Object.values(board.incidents).filter((row) => row.safety_alarm);
}
