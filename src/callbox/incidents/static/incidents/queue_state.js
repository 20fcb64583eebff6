// SPDX-License-Identifier: Apache-2.0
// The queue as data, and the one way in which it changes. Pure. It holds what waits, what was lost, and what I have
// in hand; a call that another call-taker took is gone until it comes back.

import { fired, normal, time, without } from "../web/js/entries.js";

// What an entry tells of its row; a move that is not here makes the row wanted.
const TOLD = {
  claim: (row, facts, me) => ({ owner: facts.owner, mine: facts.owner === me, clocks: without(row, "answer") }),
  lose: () => ({}),
  try_back: () => ({}),
  note: () => ({}),
  late: (row, facts, _me, entry) => fired(row, facts, entry),
};

export function empty(me = "") {
  return { me, calls: {}, gone: {} };
}

export function fromSnapshot({ calls }, me) {
  return { ...empty(me), calls: Object.fromEntries(calls.map((row) => [row.id, normal(row)])) };
}

const isShown = (row) => row.state === "waiting" || row.state === "lost" || (row.state === "answered" && row.mine);

// One journal entry. Returns the new state and the ids of the calls that must be fetched.
export function apply(state, entry) {
  if (entry.kind !== "call") return { state, wants: [] };
  const row = state.calls[entry.matter];
  if (entry.number <= (row?.version ?? state.gone[entry.matter] ?? 0)) return { state, wants: [] };
  if (entry.becomes === "done") return { state: dropped(state, entry.matter, entry.number), wants: [] };
  const told = TOLD[entry.move];
  const wanted = !told || !row || entry.number > row.version + 1;
  const wants = wanted ? [entry.matter] : [];
  if (!row) return { state, wants };
  const changes = told ? told(row, entry.facts, state.me, entry) : {};
  const next = { ...row, ...changes, state: entry.becomes, version: wanted ? row.version : entry.number };
  return { state: isShown(next) ? withRow(state, next) : dropped(state, next.id, next.version), wants };
}

function dropped(state, id, version) {
  const { [id]: _old, ...calls } = state.calls;
  return { ...state, calls, gone: { ...state.gone, [id]: version } };
}

function withRow(state, row) {
  return { ...state, calls: { ...state.calls, [row.id]: row } };
}

// A row that was fetched. An older one than is known changes nothing.
export function put(state, row) {
  const known = state.calls[row.id]?.version ?? state.gone[row.id] ?? 0;
  if (row.version < known || (row.version === known && row.id in state.gone && !state.calls[row.id])) return state;
  return isShown(row) ? withRow(state, normal(row)) : dropped(state, row.id, row.version);
}

const RANK = { answered: 0, waiting: 1, lost: 2 };

// In hand first, then what waits, then what was lost; each by the rank of its lane, then by age.
export function inOrder(state) {
  const rank = (row) => [RANK[row.state], row.rank, time(row.received_at)];
  const less = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
  return Object.values(state.calls).sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    return less(x[0], y[0]) || less(x[1], y[1]) || less(x[2], y[2]);
  });
}
