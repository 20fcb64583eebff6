// SPDX-License-Identifier: Apache-2.0
// A list of options with one active: what the combobox and the palette have in common.

let made = 0;

export class Options {
  // input: keeps the focus and names the active option. list: the <ul role="listbox">. choose(item) on Enter.
  constructor(input, list, choose) {
    Object.assign(this, { input, list, choose, items: [], active: -1 });
    list.addEventListener("pointerdown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => this.#click(event));
  }

  // items: anything; draw(item, li) fills the row. active: which one Enter would take, -1 for none.
  show(items, draw, active = 0) {
    this.items = items;
    this.list.replaceChildren(...items.map((item) => this.#row(item, draw)));
    this.activate(items.length ? active : -1);
  }

  note(text) {
    const row = document.createElement("li");
    row.className = "listbox-note";
    row.textContent = text;
    this.items = [];
    this.list.replaceChildren(row);
    this.activate(-1);
  }

  activate(index) {
    this.active = index;
    const rows = [...this.list.querySelectorAll('[role="option"]')];
    rows.forEach((row, at) => row.setAttribute("aria-selected", String(at === index)));
    const row = rows[index];
    if (row) this.input.setAttribute("aria-activedescendant", row.id);
    else this.input.removeAttribute("aria-activedescendant");
    row?.scrollIntoView({ block: "nearest" });
  }

  step(by) {
    const count = this.items.length;
    if (count) this.activate((this.active + by + count) % count);
  }

  // The keys of a list; true when the key was one of them.
  handle(event) {
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    if (event.key in steps) {
      this.step(this.active < 0 && steps[event.key] > 0 ? 1 : steps[event.key]);
    } else if (event.key === "Enter" && this.active >= 0) {
      this.choose(this.items[this.active]);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }

  #row(item, draw) {
    const row = document.createElement("li");
    row.id = `option-${(made += 1)}`;
    row.className = "option";
    row.setAttribute("role", "option");
    draw(item, row);
    return row;
  }

  #click(event) {
    const row = event.target.closest('[role="option"]');
    if (row) this.choose(this.items[[...this.list.children].indexOf(row)]);
  }
}

export function span(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}
