// SPDX-License-Identifier: Apache-2.0
// Single-key shortcuts. An element with data-key is pressed by its key, one with data-focus-key is gone to;
// scripts register further ones. In a field keys are typed, and Escape leaves the field. `?` lists them all.
// What stands in [data-own-keys] keeps single keys to itself: a digit that chooses there sends nobody.

import { say } from "./status.js";
import { word } from "./words.js";

const registered = new Map();
const STORE = "callbox-single-keys";
const NO_TEXT = new Set(["button", "checkbox", "color", "radio", "range", "reset", "submit"]);

// Give a key an action. Names are as KeyboardEvent.key has them, with Ctrl+ or Alt+ in front: "d", "?", "Alt+1".
export function register(key, label, run, group = "") {
  registered.set(key, { key, label, run, group });
  return () => registered.delete(key);
}

export function isTyping(element = document.activeElement) {
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element instanceof HTMLInputElement && !NO_TEXT.has(element.type);
}

function usable(element) {
  return !element.disabled && element.getAttribute("aria-disabled") !== "true" && element.checkVisibility();
}

function labelOf(element) {
  const text = element.getAttribute("aria-label") || element.querySelector(".button-label")?.textContent;
  if (text) return text.trim();
  const labels = element.labels?.length ? element.labels[0] : element;
  return [...labels.childNodes]
    .filter((node) => !(node instanceof Element && node.matches(".key")))
    .map((node) => node.textContent.trim())
    .join(" ")
    .trim();
}

function fromElement(element) {
  const key = element.dataset.key ?? element.dataset.focusKey;
  const run = () => (element.dataset.key ? element.click() : goTo(element));
  return { key, label: labelOf(element), run, group: element.dataset.group ?? word("do") };
}

function goTo(element) {
  element.focus();
  element.select?.();
}

// A key as it stands on the keyboard.
export function keyName(key) {
  return key.length === 1 || key.at(-2) === "+" ? key.slice(0, -1) + key.at(-1).toUpperCase() : key;
}

function openOverlay() {
  return document.querySelector("dialog[open]");
}

// Every action that can be reached on this page just now: {key, label, run, group}.
export function shortcuts() {
  const found = [...document.querySelectorAll("[data-key], [data-focus-key]")].filter(usable).map(fromElement);
  const taken = new Set();
  return [...found, ...registered.values()].filter(({ key }) => !taken.has(key) && taken.add(key));
}

function nameOf(event) {
  const modifiers = `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}`;
  return modifiers + (event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

function singleKeysOn() {
  return localStorage.getItem(STORE) !== "off";
}

function applies(event, name) {
  const plain = !name.includes("+") && !/^F\d+$/.test(name);
  return !plain || (singleKeysOn() && !isTyping(event.target) && !event.target.closest?.("[data-own-keys]"));
}

function onKey(event) {
  // 229 is what a key says while an input method is at work: it belongs to the word being written.
  if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.repeat) return;
  const name = nameOf(event);
  if (name === "Escape" && isTyping(event.target) && !openOverlay()) {
    event.target.blur();
    return;
  }
  if (openOverlay() || !applies(event, name)) return;
  const action = shortcuts().find(({ key }) => key.toLowerCase() === name.toLowerCase());
  if (!action) return;
  event.preventDefault();
  action.run();
}

function fillHelp(list) {
  list.replaceChildren();
  for (const { key, label } of shortcuts()) {
    const [term, meaning, sign] = ["dt", "dd", "kbd"].map((tag) => document.createElement(tag));
    sign.className = "key";
    sign.textContent = keyName(key);
    term.append(sign);
    meaning.textContent = label;
    list.append(term, meaning);
  }
}

function setUpHelp(dialog) {
  register("?", word("keys"), () => {
    fillHelp(dialog.querySelector("dl"));
    dialog.showModal();
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  const box = dialog.querySelector("[data-keys-switch]");
  box.checked = singleKeysOn();
  box.addEventListener("change", () => {
    localStorage.setItem(STORE, box.checked ? "on" : "off");
    say(word(box.checked ? "keys_on" : "keys_off"));
  });
}

const help = document.getElementById("keys");
if (help) setUpHelp(help);
document.addEventListener("keydown", onKey);
