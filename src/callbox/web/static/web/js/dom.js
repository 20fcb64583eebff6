// SPDX-License-Identifier: Apache-2.0
// Building parts of a page without a framework: elements, the marks of the components, lists that change in place.

// h("td", { class: "num", onclick }, "text", child, null): children that are null or false are left out.
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) set(element, name, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function set(element, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else element.setAttribute(name, value === true ? "" : String(value));
}

// The shape of a state (c/sign.html) or of a priority (c/priority.html), from the page's own template of marks.
export function sign(name) {
  return cloned(`sign-${name}`);
}

export function priority(level) {
  return cloned(`priority-${level ?? 0}`);
}

function cloned(name) {
  const found = document.getElementById("marks")?.content.querySelector(`[data-mark="${name}"]`);
  return found ? found.firstElementChild.cloneNode(true) : h("span");
}

// A state in words with its shape, as c/state.html. tone: "", "strong", "quiet", "late" or "wrong".
export function state(label, signName = "", tone = "") {
  return h("span", { class: `state${tone ? ` state--${tone}` : ""}` }, signName ? sign(signName) : null, label);
}

export function key(name) {
  return h("kbd", { class: "key", "aria-hidden": "true" }, name);
}

// How long ago, counting (c/age.html); ages.js keeps it up to date.
export function age(since, lateAfterS = 0) {
  if (!since) return h("span", { class: "quiet" }, "–");
  return h("time", { class: "age", datetime: since, "data-since": true, "data-late-after": lateAfterS || null });
}

// A promise on the clock (c/due.html).
export function due(begins, ends, label = "") {
  const bar = h("progress", { max: 100, value: 0, "aria-hidden": "true" });
  const words = h("span", {}, label ? `${label} ` : null, h("time", { datetime: ends }));
  return h("span", { class: "due", "data-begins": begins, "data-ends": ends }, bar, words);
}

// Make `parent` hold exactly these children; what has the same data-row and the same look stays as it is, so that
// focus, selection and scrolling survive.
export function patch(parent, wanted) {
  const focused = parent.contains(document.activeElement) ? document.activeElement : null;
  const known = new Map([...parent.children].map((child) => [child.dataset.row ?? child.dataset.part, child]));
  const kept = wanted.map((fresh) => settleOne(known.get(fresh.dataset.row ?? fresh.dataset.part), fresh));
  kept.forEach((child, at) => {
    if (parent.children[at] !== child) parent.insertBefore(child, parent.children[at] ?? null);
  });
  while (parent.children.length > kept.length) parent.lastElementChild.remove();
  // What is moved within the page loses the focus; a dispatcher's arrow keys must go on from there.
  if (focused && document.activeElement !== focused && parent.contains(focused)) focused.focus({ preventScroll: true });
}

function settleOne(old, fresh) {
  if (!old || old.tagName !== fresh.tagName) return fresh;
  if (old.dataset.look === fresh.dataset.look && fresh.dataset.look !== undefined) return old;
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !["tabindex", "aria-selected"].includes(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
  old.replaceChildren(...fresh.childNodes);
  return old;
}

// An id of our own for something new, so that sending it twice makes it once. Works on plain http too.
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
