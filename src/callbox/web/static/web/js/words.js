// SPDX-License-Identifier: Apache-2.0
// The words of the page in its language: they come from the server, so that one translation holds for all.

const known = {};
for (const block of document.querySelectorAll('script[id^="words"][type="application/json"]')) {
  Object.assign(known, JSON.parse(block.textContent));
}

// The text of a key with its %(name)s places filled; the key itself when it is missing, so that a gap shows.
export function word(key, values = {}) {
  const text = known[key] ?? key;
  return text.replace(/%\((\w+)\)s/g, (place, name) => (name in values ? String(values[name]) : place));
}
