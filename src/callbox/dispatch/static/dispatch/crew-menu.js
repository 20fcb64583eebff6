// SPDX-License-Identifier: Apache-2.0
// The menu: duty and availability, dark or light, signing out; and the worker that opens the page without network.

import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";
import { ring } from "./crew-alarm.js";
import { messages, press } from "./crew-queue.js";
import { store } from "./crew-store.js";
import { at } from "./crew-view.js";

const THEME = "callbox-crew-theme";
const root = document.documentElement;

function setTheme(theme) {
  root.dataset.theme = theme;
  const button = at("theme-switch");
  button.textContent = theme === "dark" ? button.dataset.light : button.dataset.dark;
}

function switchTheme() {
  const theme = root.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem(THEME, theme);
  setTheme(theme);
}

function toggle() {
  const menu = document.getElementById("menu");
  menu.hidden = !menu.hidden;
  at("menu-button").setAttribute("aria-expanded", String(!menu.hidden));
}

async function change(button, snapshot) {
  if (!snapshot) return;
  const reason = document.getElementById("reason");
  const needs = "needsReason" in button.dataset;
  if (needs && !reason.value) {
    say(word("need_reason"), "wrong");
    reason.focus();
    return;
  }
  const more = needs ? { words: reason.value, reason_text: reason.selectedOptions[0].text } : {};
  await press(button.dataset.press, snapshot.unit.id, more);
  reason.value = "";
  toggle();
}

// What this person was told is taken off the phone; what they pressed and is not sent stays until they are back.
async function signOut(event) {
  const form = event.target;
  event.preventDefault();
  const { waiting } = await messages();
  if (waiting.length && !form.dataset.sure) {
    form.dataset.sure = "1";
    form.querySelector("button").removeAttribute("aria-busy");
    say(word("really_out"), "wrong");
    return;
  }
  await store.forget();
  if ("caches" in window) await caches.delete("callbox-crew-page");
  form.submit();
}

function showKept() {
  if (navigator.serviceWorker.controller) document.body.dataset.kept = "";
}

function keepPage() {
  const note = at("no-worker");
  const missing = [];
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register(document.body.dataset.worker, { scope: location.pathname }).catch((fault) => console.warn(fault));
    navigator.serviceWorker.ready.then(showKept);
    navigator.serviceWorker.addEventListener("controllerchange", showKept);
  } else {
    missing.push(word("no_worker"));
  }
  if (!store.lasting) missing.push(word("not_kept"));
  note.hidden = !missing.length;
  note.textContent = missing.join(" ");
}

const FROM = {
  begin_duty: ["off_duty"],
  end_duty: ["available", "conditional", "unavailable"],
  set_available: ["conditional", "unavailable"],
  set_conditional: ["available", "unavailable"],
  set_unavailable: ["available", "conditional"],
};

// Offer only what can be done from the unit's state.
export function drawMenu({ state }) {
  for (const button of document.querySelectorAll("[data-press]")) {
    button.hidden = !FROM[button.dataset.press].includes(state);
  }
  at("reason-part").hidden = state === "off_duty";
}

export function watchMenu(snapshotNow) {
  const dark = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  setTheme(localStorage.getItem(THEME) ?? dark);
  at("theme-switch").addEventListener("click", switchTheme);
  at("menu-button").addEventListener("click", toggle);
  at("sound-test").addEventListener("click", ring);
  at("sign-out")?.addEventListener("submit", signOut);
  for (const button of document.querySelectorAll("[data-press]")) {
    button.addEventListener("click", () => change(button, snapshotNow()));
  }
  keepPage();
}
