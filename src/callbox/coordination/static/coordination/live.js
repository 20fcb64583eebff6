// SPDX-License-Identifier: Apache-2.0
// The pages of agencies' tasks keep up by themselves: when the stream tells of a matter that the page follows, the page is
// asked for again, and the parts that differ take the place of the old ones. What somebody is writing stays. That the
// stream has stopped is said by stream.js; that the page cannot be read, here.

import { drawPictures } from "../pictures/show.js";
import { shrunk } from "../pictures/shrink.js";
import { refresh } from "../web/js/ages.js";
import { post } from "../web/js/api.js";
import { newId } from "../web/js/dom.js";
import { openMap } from "../web/js/map.js";
import { say } from "../web/js/status.js";
import { on, resume } from "../web/js/stream.js";
import { word } from "../web/js/words.js";

const SOON_MS = 200;
const AGAIN_MS = 5000;
const SELDOM_MS = 30000; // whoever takes part no more is told nothing: their page finds out by asking
const PATIENCE_MS = 8000;
const root = document.querySelector("[data-follows], [data-follows-kind]");
const follows = new Set((root.dataset.follows ?? "").split(" "));
const state = { timer: 0, busy: false, wanted: false, failed: false };

const said = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

function soon(wait = SOON_MS) {
  clearTimeout(state.timer);
  state.timer = setTimeout(load, wait);
}

async function load() {
  if (state.busy) {
    state.wanted = true;
    return;
  }
  Object.assign(state, { busy: true, wanted: false });
  let wait = SELDOM_MS;
  try {
    const answer = await fetch(location.href, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.redirected || [401, 403, 404].includes(answer.status)) location.reload();
    else if (!answer.ok) throw new Error(String(answer.status));
    else draw(await answer.text());
    state.failed = false;
  } catch {
    wait = AGAIN_MS;
    if (!state.failed) say(word("stale"), "wrong");
    state.failed = true;
  }
  state.busy = false;
  soon(state.wanted ? SOON_MS : wait);
}

// The page as it is now, its words escaped by the server; parsed apart from this one, no script of it runs.
function draw(text) {
  const fresh = new DOMParser().parseFromString(text, "text/html");
  const its = fresh.querySelector("[data-follows], [data-follows-kind]");
  if (its?.dataset.state) root.dataset.state = its.dataset.state;
  for (const part of root.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!other || other.dataset.key === part.dataset.key || isInUse(part)) continue;
    const stood = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    const taken = document.importNode(other, true);
    part.replaceWith(taken);
    refresh(taken);
    if (stood) taken.querySelector(`[href="${CSS.escape(stood)}"]`)?.focus();
    if (part.dataset.live === "pictures") pictures();
    if (part.dataset.live === "point") pin();
  }
}

// Forms that somebody has opened are not taken from under their hands; a step that is not possible any more is refused.
const isInUse = (part) => "keep" in part.dataset && part.querySelector("details[open]") !== null;

function pictures() {
  const rows = said("picture-rows") ?? [];
  if (rows.length) document.getElementById("pictures")?.replaceChildren(drawPictures(rows));
}

function pin() {
  const point = said("point");
  if (!map || !point) return;
  map.setPin(point.lon, point.lat);
  map.show(point.lon, point.lat, { zoom: 15 });
}

async function send(input) {
  const [file] = input.files;
  if (!file) return;
  const told = document.getElementById("picture-told");
  told.textContent = word("picture_sending");
  try {
    await post(`${input.dataset.address}?picture=${newId()}`, await shrunk(file), { quiet: true });
    told.textContent = word("picture_sent");
    soon(0);
  } catch (problem) {
    told.textContent = word("picture_refused", { why: problem.message });
  } finally {
    input.value = "";
  }
}

const panel = document.getElementById("map");
const map = panel ? openMap(panel) : null;
pin();
pictures();
const adding = document.querySelector("[data-picture-part]");
if (adding) {
  adding.hidden = false;
  const input = adding.querySelector("input[type=file]");
  input.addEventListener("change", () => send(input));
}
on("entry", (entry) => (follows.has(entry.matter) || entry.kind === root.dataset.followsKind) && soon());
on("live", () => soon());
on("reset", () => {
  soon(0);
  resume("");
});
soon(SELDOM_MS);
