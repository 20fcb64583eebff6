// SPDX-License-Identifier: Apache-2.0
// Forms inside the page, one open at a time: a key opens one, Enter does it, Escape leaves it. No dialog.

import { choose, setOptions } from "../web/js/combobox.js";
import { say } from "../web/js/status.js";
import { word } from "../web/js/words.js";

const forms = new Map([...document.querySelectorAll("form[data-drawer]")].map((form) => [form.dataset.drawer, form]));
const handlers = new Map();
let opened = null;
let cameFrom = null;

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
  cameFrom = document.activeElement;
  form.reset();
  for (const box of form.querySelectorAll("[data-combobox]")) choose(box, null);
  form.given = given;
  const shown = form.querySelector("[data-about]");
  if (shown) shown.textContent = about;
  opened = form;
  form.hidden = false;
  handlers.get(name).prepare(form);
  const first = form.querySelector('input:not([type="hidden"]):not([disabled]), textarea');
  first?.focus();
  if (first?.type === "text") first.select(); // what is typed replaces what stood there
  form.scrollIntoView({ block: "nearest" });
}

export function close(giveBack = true) {
  if (!opened) return;
  opened.hidden = true;
  opened.given = {};
  opened.dispatchEvent(new CustomEvent("drawer:close", { bubbles: true }));
  opened = null;
  if (giveBack && cameFrom?.isConnected) cameFrom.focus({ preventScroll: true });
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
  if (form.dataset.busy || lacksChoice(form)) return;
  form.dataset.busy = "yes";
  try {
    const done = await handlers.get(form.dataset.drawer).run(valuesOf(form), form);
    if (done && opened === form) close();
  } finally {
    delete form.dataset.busy;
  }
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
