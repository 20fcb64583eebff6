// SPDX-License-Identifier: Apache-2.0
// The inbox brings itself up to date, says so when it cannot, and is walked through with J, K and Enter.

import { refresh, span } from "../web/js/ages.js";
import { register } from "../web/js/keys.js";
import { word } from "../web/js/words.js";
import { pieces } from "./pieces.js";

const EVERY_MS = 10000;
const PATIENCE_MS = 8000;
const STALE_MS = 25000;
const list = document.getElementById("inbox");
const state = { fresh: performance.now(), busy: false };

const rows = () => [...list.querySelectorAll("tr[data-row]")];
const versions = () => new Map(rows().map((row) => [row.dataset.row, row.dataset.version]));

async function load() {
  if (state.busy) return;
  state.busy = true;
  try {
    const address = new URL(location.href);
    address.searchParams.set("rows", "1");
    const answer = await fetch(address, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.redirected || answer.status === 401 || answer.status === 403) location.reload();
    else if (answer.ok) draw(await answer.text());
  } catch {
    // No answer: what is shown grows stale, and `check` says so.
  } finally {
    state.busy = false;
  }
}

// New rows and those that have moved are marked until the next time; whoever stood on a row still does.
function draw(html) {
  const before = versions();
  const stood = document.activeElement?.closest("tr[data-row]")?.dataset.row;
  list.replaceChildren(pieces(html));
  for (const row of rows()) row.classList.toggle("is-changed", before.get(row.dataset.row) !== row.dataset.version);
  if (stood) link(rows().find((row) => row.dataset.row === stood))?.focus();
  state.fresh = performance.now();
  refresh(list);
  check();
}

function check() {
  const age = performance.now() - state.fresh;
  const banner = document.querySelector("[data-stale]");
  const lost = age > STALE_MS;
  document.body.classList.toggle("is-stale", lost);
  if (lost) banner.querySelector("[data-stale-age]").textContent = span(age / 1000);
  if (banner.hidden === !lost) return;
  banner.hidden = !lost;
  banner.querySelector("[data-stale-text]").textContent = lost ? word("stale") : "";
}

const link = (row) => row?.querySelector("a");

function go(step) {
  const all = rows();
  const at = all.indexOf(document.activeElement?.closest("tr[data-row]"));
  link(all[Math.min(Math.max(at + step, 0), all.length - 1)])?.focus();
}

register("j", list.dataset.next, () => go(1));
register("k", list.dataset.before, () => go(-1));
if ("follow" in list.dataset) {
  document.querySelector("[data-reconnect]")?.addEventListener("click", load);
  setInterval(load, EVERY_MS);
  setInterval(check, 1000);
}
