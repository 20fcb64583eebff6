// SPDX-License-Identifier: Apache-2.0
// Keeps the queue: loads it once, applies every entry of the stream, fetches the single calls that entries ask for.

import { call, get } from "../web/js/api.js";
import { on, resume, startStream } from "../web/js/stream.js";
import { apply, empty, fromSnapshot, put } from "./queue_state.js";

const AGAIN_MS = 2000;
const DRAW_MS = 40;
let queue = empty();
let drawing = 0;
const wanted = new Map();
const listeners = [];

export const now = () => queue;

// Hear that the queue has changed.
export function listen(hear) {
  listeners.push(hear);
}

function change(next) {
  if (next === queue) return;
  queue = next;
  drawing ||= setTimeout(() => {
    drawing = 0;
    for (const hear of listeners) hear(queue);
    settled();
  }, DRAW_MS);
}

function settled() {
  document.documentElement.dataset.settled = String(!drawing && !wanted.size);
}

async function load(me) {
  try {
    const snapshot = await get("/api/queue", { quiet: true });
    queue = fromSnapshot(snapshot, me);
    for (const hear of listeners) hear(queue);
    settled();
    return snapshot.position;
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) throw problem;
    await new Promise((wake) => setTimeout(wake, AGAIN_MS));
    return load(me);
  }
}

export async function want(id) {
  if (wanted.has(id)) {
    wanted.set(id, "again");
    return;
  }
  wanted.set(id, "once");
  settled();
  try {
    have(await call("GET", `/api/calls/${id}`, undefined, { quiet: true }));
  } catch (problem) {
    if (problem.status !== 404) await new Promise((wake) => setTimeout(wake, AGAIN_MS));
    if (problem.status !== 404) wanted.set(id, "again");
  }
  const again = wanted.get(id) === "again";
  wanted.delete(id);
  if (again) want(id);
  settled();
}

// A row that an answer has brought.
export function have(row) {
  change(put(queue, row));
}

// Load the queue of this person and follow it from there.
export async function start(me) {
  on("entry", (entry) => {
    const { state, wants } = apply(queue, entry);
    change(state);
    for (const id of wants) want(id);
  });
  on("reset", async () => resume(await load(me)));
  startStream(await load(me));
}
