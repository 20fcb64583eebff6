// SPDX-License-Identifier: Apache-2.0
// Type to choose (ARIA combobox with a listbox). Fires "combobox:choose" with the whole option as detail.

import { get } from "./api.js";
import { Options, span } from "./options.js";
import { word } from "./words.js";

const WAIT_MS = 120;
const MOST = 30;

function draw(option, row) {
  row.append(span("", option.label));
  if (option.hint) row.append(span("option-hint", option.hint));
}

// Options in which every typed word occurs, those that begin with the first word in front.
export function matching(options, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  const text = (option) => `${option.label} ${option.hint ?? ""} ${option.value ?? ""}`.toLowerCase();
  const found = options.filter((option) => words.every((each) => text(option).includes(each)));
  const first = words[0] ?? "";
  const rank = (option) => (text(option).startsWith(first) ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b)).slice(0, MOST);
}

// A place found by the city's search is chosen by where it is.
function asOption(found) {
  if (!("lon" in found)) return found;
  return { ...found, value: `${found.lon},${found.lat}`, hint: word(`place_${found.kind}`) };
}

class Combobox {
  constructor(root) {
    this.root = root;
    [this.input, this.hidden] = root.querySelectorAll("input");
    [this.list, this.told] = [root.querySelector("ul"), root.querySelector('[role="status"]')];
    const data = root.querySelector("template")?.content.querySelector("script");
    this.fixed = data ? JSON.parse(data.textContent) : [];
    this.free = "free" in root.dataset;
    this.first = "first" in root.dataset; // Enter takes the best hit although free text counts too
    this.options = new Options(this.input, this.list, (option) => this.choose(option));
    this.chosen = this.input.value;
    this.#listen();
  }

  #listen() {
    this.input.addEventListener("input", (event) => !event.isComposing && this.#search());
    this.input.addEventListener("compositionend", () => this.#search());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#leave());
    this.input.addEventListener("click", () => !this.root.dataset.url && this.#search());
  }

  #search() {
    this.hidden.value = "";
    clearTimeout(this.timer);
    const typed = this.input.value.trim();
    if (!this.root.dataset.url) this.#show(matching(this.fixed, typed));
    else if (!typed) this.close();
    else this.timer = setTimeout(() => this.#ask(typed), WAIT_MS);
  }

  async #ask(typed) {
    this.asking?.abort();
    this.asking = new AbortController();
    const url = new URL(this.root.dataset.url, location.href);
    if (this.root.dataset.near) {
      const [lon, lat] = this.root.dataset.near.split(",");
      url.searchParams.set("lon", lon);
      url.searchParams.set("lat", lat);
    }
    url.searchParams.set("q", typed);
    try {
      const answer = await get(url, { signal: this.asking.signal });
      if (document.activeElement === this.input) this.#show((answer.results ?? answer).map(asOption));
    } catch (fault) {
      if (fault.name !== "AbortError") this.close();
    }
  }

  #show(options) {
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.told.textContent = word(options.length ? "matches" : "no_matches", { count: options.length });
    if (options.length) this.options.show(options, draw, this.free && !this.first ? -1 : 0);
    else this.options.note(word("no_matches"));
  }

  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.list.hidden) {
      if (event.key === "ArrowDown") this.#search();
      return;
    }
    if (event.key === "Tab" && this.options.active >= 0 && this.input.value.trim()) {
      this.choose(this.options.items[this.options.active]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else {
      this.options.handle(event);
    }
  }

  choose(option) {
    this.input.value = option.label;
    this.hidden.value = option.value;
    this.chosen = option.label;
    this.close();
    this.hidden.dispatchEvent(new Event("change", { bubbles: true }));
    this.root.dispatchEvent(new CustomEvent("combobox:choose", { bubbles: true, detail: option }));
  }

  close() {
    clearTimeout(this.timer);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }

  // Half-typed text that chose nothing must not look chosen.
  #leave() {
    this.asking?.abort();
    this.close();
    if (!this.free && !this.hidden.value) this.input.value = "";
  }
}

const made = new WeakMap();

// Make the comboboxes below `root` work; those that do already are left alone.
export function setUp(root = document) {
  for (const element of root.querySelectorAll("[data-combobox]")) {
    if (!made.has(element)) made.set(element, new Combobox(element));
  }
}

// Give a combobox other options than the page came with: [{value, label, hint}].
export function setOptions(root, options) {
  setUp(root.parentNode);
  made.get(root).fixed = options;
}

// Choose an option by script, or with null empty the field.
export function choose(root, option) {
  setUp(root.parentNode);
  const [input, hidden] = root.querySelectorAll("input");
  [input.value, hidden.value] = [option?.label ?? "", option?.value ?? ""];
}

setUp();
document.addEventListener("htmx:load", (event) => setUp(event.detail.elt));
