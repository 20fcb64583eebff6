// SPDX-License-Identifier: Apache-2.0
// Sends the resident's form to the door with a key, so that a double press or a repeat counts once, and says what
// came of it. Without this script the form is sent by the browser itself and the door answers with a page.

import { word } from "../web/js/words.js";
import { offerPicture } from "./report_picture.js";

const TRIES = 3;
const PATIENCE_MS = 8000;
const PAUSE_MS = 1000;
const form = document.querySelector("[data-report]");
const at = (name) => document.querySelector(`[data-${name}]`);
const state = { sending: false };

function show(name) {
  for (const part of document.querySelectorAll("[data-report-part]")) part.hidden = part.dataset.reportPart !== name;
  scrollTo(0, 0);
  document.querySelector(`[data-report-part="${name}"] h1`)?.focus();
}

function working(text) {
  state.sending = Boolean(text);
  at("send").setAttribute("aria-busy", String(Boolean(text)));
  at("send-text").textContent = text || state.plain;
}

async function send() {
  if (state.sending || !complete()) return;
  state.plain ??= at("send-text").textContent;
  working(word("sending"));
  const body = new URLSearchParams(new FormData(form));
  const answer = await tried(body);
  working("");
  if (!answer) return show("refused");
  at("reference").textContent = reference(answer.id);
  form.reset();
  offerPicture(answer.id);
  return show("received");
}

// The same bytes under the same key each time: however often it arrives, it counts once.
async function tried(body) {
  for (let number = 1; number <= TRIES; number += 1) {
    const answer = await asked(body);
    if (answer) return answer;
    if (number < TRIES) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * number));
    working(word("sending_again"));
  }
  return null;
}

async function asked(body) {
  const headers = { Accept: "application/json", "Idempotency-Key": form.dataset.key };
  const [address] = form.getAttribute("action").split("?");
  try {
    const signal = AbortSignal.timeout?.(PATIENCE_MS);
    const answer = await fetch(address, { method: "POST", headers, body, signal, credentials: "omit" });
    return answer.status === 201 ? await answer.json() : null;
  } catch {
    return null;
  }
}

// What people can read to us over the telephone; the door's own page shows the same.
const reference = (id) => id.replaceAll("-", "").slice(0, 8).toUpperCase().replace(/(....)/, "$1 ");

function complete() {
  const said = ["words", "place", "lon"].some((name) => form.elements[name].value.trim());
  const error = document.getElementById("id_words_error");
  error.hidden = said;
  error.textContent = said ? "" : word("need_something");
  at("field").classList.toggle("field--wrong", !said);
  form.elements.words.toggleAttribute("aria-invalid", !said);
  if (!said) form.elements.words.focus();
  return said;
}

function place(lon, lat, said) {
  form.elements.lon.value = lon;
  form.elements.lat.value = lat;
  at("here-drop").hidden = lon === "";
  at("here-add").hidden = lon !== "";
  at("here-said").textContent = said;
}

function locate() {
  at("here-said").textContent = word("place_looking");
  const found = ({ coords }) => place(coords.longitude.toFixed(6), coords.latitude.toFixed(6), word("place_added", { metres: Math.round(coords.accuracy) }));
  navigator.geolocation.getCurrentPosition(found, () => place("", "", word("place_failed")), { enableHighAccuracy: true, timeout: 15000 });
}

form.noValidate = true;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send();
});
at("again").addEventListener("click", () => {
  show("form");
  send();
});
at("back").addEventListener("click", () => show("form"));
at("here").hidden = !("geolocation" in navigator) || !isSecureContext;
at("here-add").addEventListener("click", locate);
at("here-drop").addEventListener("click", () => place("", "", ""));
