// SPDX-License-Identifier: Apache-2.0
// Forms inside the page, one open at a time: a key opens one, Enter does it, Escape leaves it. No dialog.
// A form that is done leaves at once, so that the next key counts; it comes back with its words when it was refused.

import { choose, setOptions } from "../web/js/combobox.js";
import { isTyping } from "../web/js/keys.js";
import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";

const forms = new Map([...document.querySelectorAll("form[data-drawer]")].map((form) => [form.dataset.drawer, form]));
for (const form of forms.values()) form.dataset.ownKeys = "";
const handlers = new Map();
let opened = null;
let cameFrom = null;
let refused = null;

// Say what a form does: run(values, form) returns true when it was done; prepare(form) before it opens.
export function drawer(name, run, prepare = () => {}) {
  handlers.set(name, { run, prepare });
}

export const openDrawer = () => opened?.dataset.drawer ?? null;

// Open a form. about: words shown beside its title; given: what the form needs to know, kept on the form. It has the
// focus at once: what is typed next belongs to it, even while it still asks the server for something.
export function open(name, { about = "", given = {} } = {}) {
  close(false);
  const form = forms.get(name);
  if (refused?.form === form) refused = null;
  form.reset();
  for (const box of form.querySelectorAll("[data-combobox]")) choose(box, null);
  form.given = given;
  const shown = form.querySelector("[data-about]");
  if (shown) shown.textContent = about;
  form.turn = {};
  show(form, () => handlers.get(name).prepare(form));
}

function show(form, prepare = () => {}) {
  if (document.activeElement !== document.body) cameFrom = document.activeElement;
  opened = form;
  form.hidden = false;
  prepare();
  const first = form.querySelector('input:not([type="hidden"]):not([disabled]), textarea');
  first?.focus();
  if (first?.type === "text") first.select(); // what is typed replaces what stood there
  form.scrollIntoView({ block: "nearest" });
}

export function close(giveBack = true) {
  if (!opened) return;
  leave();
  if (giveBack) goBack();
}

function leave() {
  opened.hidden = true;
  opened.dispatchEvent(new CustomEvent("drawer:close", { bubbles: true }));
  // What is hidden still has the focus for a moment, and would swallow keys.
  if (opened.contains(document.activeElement)) document.activeElement.blur();
  opened = null;
}

function goBack() {
  if (refused) comeBack();
  else if (cameFrom?.isConnected) cameFrom.focus({ preventScroll: true });
}

// Show again what was refused, unless another form is open: then it waits until that one is left.
function comeBack() {
  const { form, given } = refused;
  refused = null;
  form.given = given;
  show(form);
}

// Something else was chosen: what was begun, or comes back, is never done to it.
export function forget() {
  close(false);
  refused = null;
  for (const form of forms.values()) form.turn = {};
}

// A form's combobox by the name of its value.
export function box(form, name) {
  return form.querySelector(`input[type="hidden"][name="${name}"]`).closest("[data-combobox]");
}

export function fill(form, name, options, chosen = null) {
  setOptions(box(form, name), options);
  choose(box(form, name), chosen);
}

function valuesOf(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
}

// A list that asks for one of its own: what was typed but not chosen does not count.
function lacksChoice(form) {
  const open = [...form.querySelectorAll("[data-combobox]:not([data-free])")].find((each) => !each.querySelector('input[type="hidden"]').value);
  if (!open) return false;
  say(word("choose_one"), "wrong");
  open.querySelector("input").focus();
  return true;
}

async function submit(event) {
  const form = event.target.closest("form[data-drawer]");
  if (!form) return;
  event.preventDefault();
  if (form !== opened || lacksChoice(form)) return;
  const { given, turn } = form;
  const answer = handlers.get(form.dataset.drawer).run(valuesOf(form), form);
  leave();
  if (!(await answer) && form.turn === turn) refused = { form, given };
  if (!opened && (refused ? !isTyping() : document.activeElement === document.body)) goBack();
}

// Digits choose among radio buttons that have the focus; Enter does the form from anywhere in it.
function onKey(event) {
  const form = event.target.closest?.("form[data-drawer]");
  if (!form || event.isComposing) return;
  if (event.key === "Escape" && !event.defaultPrevented) {
    event.preventDefault();
    close();
  } else if (event.key === "Enter" && !event.defaultPrevented && event.target.matches('input[type="radio"], input[type="checkbox"]')) {
    event.preventDefault();
    form.requestSubmit();
  } else if (/^[1-9]$/.test(event.key) && event.target.type === "radio" && !event.target.closest("[data-question]")) {
    const choices = event.target.closest("fieldset").querySelectorAll("input:enabled");
    choices[Number(event.key) - 1]?.click();
    choices[Number(event.key) - 1]?.focus();
    event.preventDefault();
  }
}

document.addEventListener("submit", submit);
document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => event.target.closest("[data-drawer-close]") && close());
