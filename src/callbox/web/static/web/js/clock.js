// SPDX-License-Identifier: Apache-2.0
// The server's clock as this page knows it. A desk whose own clock is wrong must not show wrong ages.

const told = document.querySelector('meta[name="server-time"]');
const speed = Number(told?.dataset.speed || 1);
let server = told ? Date.parse(told.content) : Date.now();
let local = performance.now();

// Milliseconds since 1970 by the server's clock; in a demo it runs `data-speed` times as fast.
export function now() {
  return server + (performance.now() - local) * speed;
}

// Set the clock by a time the server has just told. It never goes back by a network delay alone.
export function correct(iso) {
  const at = Date.parse(iso);
  if (!Number.isFinite(at)) return;
  const ahead = at - now();
  if (ahead > 0 || ahead < -5000 * speed) {
    server = at;
    local = performance.now();
  }
}
