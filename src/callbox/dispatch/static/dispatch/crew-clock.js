// SPDX-License-Identifier: Apache-2.0
// Time on a phone whose clock may be wrong. Each answer of the server is a contact: its time, the phone's clock and
// the browser's monotonic clock at that moment. dispatch/phone_clock.py says how the server uses what we send.

import { correct } from "../web/js/clock.js";
import { store } from "./crew-store.js";

const PAGE = `${Date.now()}.${Math.random()}`; // the monotonic clock counts within one loading of the page only
let contact = await store.kept("contact");
const told = document.querySelector('meta[name="server-time"]')?.content;

// Note that the server said what time it is. Of a kept page's old words and a later contact the later counts.
export function hearTime(iso) {
  if (!iso || (contact && Date.parse(contact.server) >= Date.parse(iso))) return;
  contact = { server: iso, wall: Date.now(), mono: performance.now(), page: PAGE };
  store.keep("contact", contact).catch(() => {});
}

// Milliseconds since 1970 by the server's clock, as well as this phone can tell.
export function now() {
  if (!contact) return Date.now();
  const since = contact.page === PAGE ? performance.now() - contact.mono : Date.now() - contact.wall;
  return Date.parse(contact.server) + Math.max(0, since);
}

// What a press keeps of this moment.
export function stamp() {
  const since = contact?.page === PAGE ? performance.now() - contact.mono : 0;
  return {
    pressed_at: new Date().toISOString(),
    told_at: contact?.server ?? null,
    since_ms: since,
    mono: performance.now(),
    page: PAGE,
    shown_at: new Date(now()).toISOString(),
  };
}

// Monotonic milliseconds since a stamp; 0 when the page was loaded anew in between.
export function age(stamped) {
  return stamped.page === PAGE ? Math.max(0, performance.now() - stamped.mono) : 0;
}

hearTime(told);
correct(new Date(now()).toISOString());
