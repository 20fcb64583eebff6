// SPDX-License-Identifier: Apache-2.0
// The server's clock as this page knows it, and the city's time of day. A desk whose own clock or time zone is wrong
// must show neither wrong ages nor other times than the page.

const told = document.querySelector('meta[name="server-time"]');
const speed = Number(told?.dataset.speed || 1);
let server = told ? Date.parse(told.content) : Date.now();
let local = performance.now();
const zoned = timesOfDay(document.documentElement.dataset.zone); // <html data-zone>, of web/base.html

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

// Writes the time of day in a time zone; in the browser's own where it does not know that one.
function timesOfDay(timeZone) {
  const fields = { hour: "2-digit", minute: "2-digit", second: "2-digit", year: "numeric", month: "2-digit", day: "2-digit", hourCycle: "h23" };
  try {
    return new Intl.DateTimeFormat("en-GB", { ...fields, timeZone: timeZone || undefined });
  } catch {
    return new Intl.DateTimeFormat("en-GB", fields);
  }
}

function partsOf(at) {
  return Object.fromEntries(zoned.formatToParts(at).map(({ type, value }) => [type, value]));
}

// The city's time of day, 07:05:09, of an ISO 8601 time or of milliseconds since 1970; a dash for none.
export function clockTime(moment) {
  const at = new Date(moment ?? NaN);
  if (Number.isNaN(at.getTime())) return "–";
  const { hour, minute, second } = partsOf(at);
  return `${hour}:${minute}:${second}`;
}

// How far the city's clocks are ahead of UTC at `at`, in whole seconds as milliseconds.
function offsetAt(at) {
  const { year, month, day, hour, minute, second } = partsOf(at);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}

// When it is this time of day in the city, on the city's day of `moment`, as ISO 8601.
export function onDayOf(moment, hours, minutes, seconds) {
  const at = new Date(moment).getTime();
  const { year, month, day } = partsOf(at);
  const wanted = Date.UTC(year, month - 1, day, hours, minutes, seconds);
  return new Date(wanted - offsetAt(wanted - offsetAt(at))).toISOString();
}
