// SPDX-License-Identifier: Apache-2.0
// Keeps the board: loads it once, applies every entry of the stream, fetches the single rows that entries ask for.

import { call, get } from "../web/js/api.js";
import { on, resume, startStream } from "../web/js/stream.js";
import { apply, empty, fromSnapshot, place, put } from "./board_state.js";

const AGAIN_MS = 2000;
const DRAW_MS = 40;
const ROWS = { incident: "incidents", unit: "units", assignment: "assignments" };

let board = empty();
let drawing = 0;
const wanted = new Map();
const listeners = { change: [], entry: [], load: [] };

export const now = () => board;

// Hear of "load" (a whole snapshot), "entry" (one journal entry, applied already) and "change" (draw anew).
export function listen(name, hear) {
  listeners[name].push(hear);
}

function tell(name, data) {
  for (const hear of listeners[name]) hear(data);
}

// Several changes within a moment are drawn once; a hidden page draws too, so that a title can alarm.
function change(next) {
  if (next === board) return;
  board = next;
  drawing ||= setTimeout(() => {
    drawing = 0;
    tell("change", board);
    settled();
  }, DRAW_MS);
}

// Draw again what has not changed: how it looks has.
export function redraw() {
  tell("change", board);
}

// For whoever watches the page from outside: whether all that was heard is also shown.
function settled() {
  document.documentElement.dataset.settled = String(!drawing && !wanted.size);
}

async function load() {
  try {
    const snapshot = await get("/api/board", { quiet: true });
    board = fromSnapshot(snapshot);
    tell("load", board);
    tell("change", board);
    settled();
    return snapshot.position;
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) throw problem;
    await new Promise((wake) => setTimeout(wake, AGAIN_MS));
    return load();
  }
}

function take(entry) {
  const { state, wants } = apply(board, entry);
  change(state);
  for (const { kind, id } of wants) want(kind, id);
  tell("entry", entry);
}

// Fetch one row again; asked for twice meanwhile, it is fetched once more afterwards.
export function want(kind, id) {
  const key = `${kind} ${id}`;
  if (wanted.has(key)) {
    wanted.set(key, "again");
    return;
  }
  wanted.set(key, "once");
  settled();
  fetchRow(kind, id, key);
}

async function fetchRow(kind, id, key) {
  try {
    have(kind, await call("GET", `/api/${ROWS[kind]}/${id}/row`, undefined, { quiet: true }));
  } catch (problem) {
    if (problem.status !== 404) {
      setTimeout(() => fetchRow(kind, id, key), AGAIN_MS);
      return;
    }
  }
  const again = wanted.get(key) === "again";
  wanted.delete(key);
  if (again) want(kind, id);
  settled();
}

// A row that an answer has brought: it is shown without waiting for the stream.
export function have(kind, row) {
  change(put(board, kind, row));
  // What somebody else sent it on may not have been heard of yet.
  if (kind === "unit" && row.assignment && !board.assignments[row.assignment]) want("assignment", row.assignment);
}

// Load the board and follow it from there. A stream that missed too much loads it again.
export async function start() {
  on("entry", take);
  on("position", ({ units }) => change(place(board, units)));
  on("reset", async () => resume(await load()));
  startStream(await load());
}
