// SPDX-License-Identifier: Apache-2.0
// The page of states: asks the door every few seconds, and says how old the answer is when there is no newer one.

import { h, patch, state } from "../web/js/dom.js";
import { word } from "../web/js/words.js";

const EVERY_MS = 3000;
const OLD_S = 10;
const SIGNS = { ok: "clear", unknown: "waiting", warn: "alarm", bad: "lost" };
const TONES = { ok: "quiet", unknown: "", warn: "late", bad: "wrong" };
const at = (id) => document.getElementById(id);
const pass = JSON.parse(at("state-pass").textContent);
let heard = null;

function row({ part, level, words, todo }) {
  const look = `${level} ${words} ${todo}`;
  return h("tr", { "data-part": part, "data-level": level, "data-look": look },
    h("th", { scope: "row" }, word(`part_${part}`), state(word(`level_${level}`), SIGNS[level], TONES[level])),
    h("td", {}, words),
    h("td", {}, todo));
}

function draw({ parts }) {
  patch(at("states"), parts.map(row));
  const wrong = parts.filter(({ level }) => level !== "ok").length;
  at("summary").textContent = wrong ? word("not_well", { count: wrong }) : word("all_well");
}

function lose(name) {
  at("lost").textContent = word(name);
  at("lost").hidden = false;
}

async function ask() {
  try {
    const headers = { Authorization: `Callbox ${pass}`, "Accept-Language": document.documentElement.lang };
    const response = await fetch("/door/state", { headers, credentials: "omit", signal: AbortSignal.timeout(EVERY_MS) });
    if (response.status === 403) return lose("no_pass");
    if (!response.ok) return lose("no_answer");
    draw(await response.json());
    heard = Date.now();
    at("lost").hidden = true;
  } catch {
    lose("no_answer");
  }
  return null;
}

function tell() {
  if (heard === null) return;
  const seconds = Math.round((Date.now() - heard) / 1000);
  at("as-of").textContent = word("asked_ago", { seconds });
  document.querySelector(".states").classList.toggle("states--old", seconds > OLD_S);
}

setInterval(tell, 1000);
setInterval(ask, EVERY_MS);
ask();
