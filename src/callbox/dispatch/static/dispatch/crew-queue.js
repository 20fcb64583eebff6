// SPDX-License-Identifier: Apache-2.0
// What was pressed: kept first, shown at once, sent in order, once. A message leaves the queue only when the server
// has said what became of it; until then the same key is sent again, and the server counts it once.

import { Problem, call } from "../web/js/api.js";
import { age, hearTime, stamp } from "./crew-clock.js";
import { store, tidy } from "./crew-store.js";

const ADDRESS = "/api/crew/messages";
const MOST = 100;
const PATIENCE_MS = 15000;
const DELAYS_MS = [1000, 2000, 5000, 10000, 20000];
const person = document.body.dataset.person;
const listeners = [];
const state = { running: false, again: false, tries: 0, timer: 0, problem: null };

export const onChange = (hear) => listeners.push(hear);
const tell = (settled = []) => listeners.forEach((hear) => hear(settled));

// A random UUID also where the page is not served securely and the browser has no randomUUID.
export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

// Keep a press, then try to send. Settles once it is kept, not once it is sent.
export async function press(what, target, more = {}) {
  const message = { key: newKey(), what, target, ...more, ...stamp(), person, state: "waiting" };
  await store.add(message);
  tell();
  send();
  return message;
}

export async function messages() {
  const all = await store.all();
  return {
    waiting: all.filter((one) => one.state === "waiting" && one.person === person),
    others: all.filter((one) => one.state === "waiting" && one.person !== person),
    done: all.filter((one) => one.state !== "waiting" && one.person === person),
    problem: state.problem,
  };
}

// Send what waits. One sender at a time, also between two open pages of this phone.
export async function send() {
  if (state.running) {
    state.again = true;
    return;
  }
  state.running = true;
  clearTimeout(state.timer);
  try {
    const work = () => sendWaiting();
    await (navigator.locks ? navigator.locks.request("callbox-crew-send", work) : work());
  } finally {
    state.running = false;
  }
  if (state.again) {
    state.again = false;
    send();
  }
}

async function sendWaiting() {
  const { waiting } = await messages();
  if (!waiting.length) return succeed([]);
  try {
    succeed(await settle(waiting.slice(0, MOST), await post(waiting.slice(0, MOST))));
    if (waiting.length > MOST) state.again = true;
  } catch (problem) {
    await fail(problem, waiting);
  }
}

function post(waiting) {
  const sent = waiting.map(({ key, number, what, target, words, found, pressed_at, told_at, since_ms, ...rest }) => ({
    key, number, what, target, words: words ?? "", found: found ?? null, pressed_at, told_at, since_ms, age_ms: age(rest),
  }));
  const body = { phone_now: new Date().toISOString(), messages: sent };
  return withToken(() => call("POST", ADDRESS, body, { quiet: true, signal: AbortSignal.timeout?.(PATIENCE_MS) }));
}

// A page that was kept on the phone may carry the token of an earlier sign-in: ask for a fresh one, once.
export async function withToken(ask) {
  try {
    return await ask();
  } catch (problem) {
    if (problem.status !== 403) throw problem;
    const token = await freshToken();
    if (!token) throw problem;
    document.querySelector('meta[name="csrf-token"]').content = token;
    return ask();
  }
}

async function freshToken() {
  const page = await fetch(location.pathname, { cache: "no-store", redirect: "error" }).then((answer) => answer.text(), () => "");
  return new DOMParser().parseFromString(page, "text/html").querySelector('meta[name="csrf-token"]')?.content;
}

async function settle(waiting, answer) {
  hearTime(answer.server_time);
  const results = new Map(answer.results.map((result) => [result.key, result]));
  const settled = [];
  for (const message of waiting) {
    const result = results.get(message.key);
    if (result) settled.push(await put(message, result.result, result.text));
  }
  await tidy();
  return settled;
}

// Words are not needed any more once they are sent, and are not kept on the phone.
async function put(message, result, text) {
  const settled = { ...message, state: result, text };
  const { words, found, ...kept } = settled;
  await store.put(kept);
  return settled;
}

function succeed(settled) {
  state.tries = 0;
  state.problem = null;
  tell(settled);
}

// One message that cannot even be read must not hold up those behind it: then each is sent by itself.
async function fail(problem, waiting) {
  const unreadable = problem instanceof Problem && (problem.status === 422 || problem.status === 400);
  if (!unreadable) return later(problem);
  const settled = [];
  for (const message of waiting) {
    try {
      settled.push(...(await settle([message], await post([message]))));
    } catch (again) {
      if (again.status !== 422 && again.status !== 400) return later(again, settled);
      settled.push(await put(message, "refused", again.message));
    }
  }
  succeed(settled);
}

function later(problem, settled = []) {
  const kind = { 401: "sign_in", 403: "sign_in", 404: "unit" }[problem.status] ?? "network";
  state.problem = { kind, message: problem.message };
  state.timer = setTimeout(send, DELAYS_MS[Math.min(state.tries, DELAYS_MS.length - 1)]);
  state.tries += 1;
  tell(settled);
}

window.addEventListener("online", send);
document.addEventListener("visibilitychange", () => document.hidden || send());
