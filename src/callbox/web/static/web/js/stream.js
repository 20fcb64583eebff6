// SPDX-License-Identifier: Apache-2.0
// The stream of changes from the door. It reconnects by itself with a fresh ticket and goes on after the last
// entry it has seen, so nothing is missed and nothing is loaded anew. A stream that says nothing is stale; so is one
// whose door cannot read what is new, and one whose line brings everything late.

import { call } from "./api.js";
import { refresh, span } from "./ages.js";
import { correct } from "./clock.js";
import { say } from "./status.js";
import { word } from "./words.js";

const TICKET = "/api/stream-ticket";
const SIGN_IN = "/sign-in";
const STALE_MS = 3000;
const CHECK_MS = 500;
const DELAYS_MS = [300, 1000, 2000, 4000];
const listeners = new Map();
const state = { source: null, last: "", heard: 0, fresh: 0, ahead: -Infinity, tries: 0, timer: 0, ended: false, opening: false, shown: "" };

// Hear of changes. name: "entry", "contact" or "position" (the parsed data), "stale" and "live" (no data), or
// "reset": too much was missed to be told; who hears it loads its rows anew and calls resume(their position).
export function on(name, hear) {
  listeners.set(name, [...(listeners.get(name) ?? []), hear]);
}

function tell(name, data) {
  for (const hear of listeners.get(name) ?? []) hear(data);
}

// Where the page's own data ends: entries up to this id are in it already.
export function startStream(after = document.body.dataset.after ?? "") {
  state.last = String(after);
  state.heard = state.fresh = performance.now();
  document.querySelector("[data-reconnect]")?.addEventListener("click", () => connect());
  setInterval(check, CHECK_MS);
  connect();
}

// Go on after a position that the page has loaded meanwhile.
export function resume(after) {
  state.last = String(after);
  connect();
}

async function connect() {
  if (state.opening || state.ended) return;
  state.opening = true;
  clearTimeout(state.timer);
  state.source?.close();
  try {
    const { ticket, url } = await call("POST", TICKET, {}, { quiet: true });
    open(ticket, url);
  } catch (problem) {
    if (problem.status === 401 || problem.status === 403) leave();
    else again();
  } finally {
    state.opening = false;
  }
}

function open(ticket, url = "/door/stream") {
  const address = new URL(url, location.href);
  address.searchParams.set("ticket", ticket);
  if (state.last) address.searchParams.set("after", state.last);
  state.source = new EventSource(address);
  state.ahead = -Infinity;
  for (const name of ["entry", "contact", "position", "horizon"]) {
    state.source.addEventListener(name, (event) => hear(name, event));
  }
  state.source.addEventListener("reset", startAnew);
  state.source.addEventListener("bye", (event) => farewell(JSON.parse(event.data).reason));
  // Its own retries would send the old ticket, which has run out by then.
  state.source.onerror = again;
}

function hear(name, event) {
  state.heard = performance.now();
  state.tries = 0;
  if (event.lastEventId) state.last = event.lastEventId;
  const data = event.data ? JSON.parse(event.data) : {};
  if (name === "horizon") stand(data);
  else tell(name, data);
  if (isFresh()) show("live");
}

// Where the stream stands: every entry up to this position has been told, and was all there was `age_s` ago.
// up_s: the door's own monotonic clock. The soonest message of this connection says how far it is ahead of ours; what
// a later one lacks to that, it spent on the line.
function stand({ now, position, age_s: age = 0, up_s: up }) {
  const ahead = up === undefined ? state.ahead : up * 1000 - state.heard;
  state.ahead = Math.max(state.ahead, ahead);
  const late = up === undefined ? 0 : state.ahead - ahead;
  state.fresh = state.heard - late - age * 1000;
  if (now) correct(new Date(Date.parse(now) + late).toISOString());
  if (position) document.documentElement.dataset.position = position;
}

const isFresh = () => performance.now() - state.fresh <= STALE_MS;

function startAnew() {
  state.source?.close();
  state.source = null;
  if (listeners.has("reset")) tell("reset");
  else location.reload();
}

// Only a sign-out ends the watch; a door that closes or lost its database is tried again.
function farewell(reason) {
  if (reason === "signed-out") leave();
  else if (reason !== "reset") again();
}

function again() {
  state.source?.close();
  state.source = null;
  clearTimeout(state.timer);
  state.timer = setTimeout(connect, DELAYS_MS[Math.min(state.tries, DELAYS_MS.length - 1)]);
  state.tries += 1;
}

function leave() {
  state.ended = true;
  state.source?.close();
  // `ended` brings back whoever is signed in still: only what they may do has changed.
  location.assign(`${SIGN_IN}?next=${encodeURIComponent(location.pathname + location.search)}&ended=1`);
}

function check() {
  if (isFresh()) return;
  show("lost");
  const age = document.querySelector("[data-stale-age]");
  if (age) age.textContent = span((performance.now() - state.fresh) / 1000);
  const silence = performance.now() - state.heard;
  // A frozen door keeps the connection open and says nothing: give it up and ask anew.
  if (state.source && silence > 2 * STALE_MS && silence % (2 * STALE_MS) < CHECK_MS) again();
}

function show(connection) {
  const before = state.shown;
  if (before === connection) return;
  state.shown = connection;
  const sign = document.querySelector("[data-connection]");
  if (sign) showSign(sign, connection);
  showBanner(connection === "lost");
  if (before === "lost") say(word("live_again"), "done");
  tell(connection === "lost" ? "stale" : "live");
  refresh();
}

function showSign(sign, connection) {
  sign.dataset.state = connection;
  sign.querySelector("[data-connection-text]").textContent = word(connection);
  for (const part of sign.querySelectorAll("[data-connection-sign]")) {
    part.hidden = part.dataset.connectionSign !== connection;
  }
}

function showBanner(lost) {
  document.body.classList.toggle("is-stale", lost);
  const banner = document.querySelector("[data-stale]");
  if (!banner || banner.hidden === !lost) return;
  banner.hidden = !lost;
  banner.querySelector("[data-stale-text]").textContent = lost ? word("stale") : "";
}
