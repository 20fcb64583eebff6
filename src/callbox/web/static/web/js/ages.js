// SPDX-License-Identifier: Apache-2.0
// Ages and promises that count: <time data-since>, .due[data-begins][data-ends], <time data-clock>.

import { clockTime, now } from "./clock.js";
import { word } from "./words.js";

const DAY = 86400;
const SOON = 0.75; // share of a promise after which it is marked as soon due

const two = (number) => String(number).padStart(2, "0");

// A span of seconds as people read it at a glance: 0:07, 12:45, 3:05:10, 4 d 06:12.
export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [days, hours] = [Math.floor(whole / DAY), Math.floor((whole % DAY) / 3600)];
  const [minutes, rest] = [Math.floor((whole % 3600) / 60), whole % 60];
  if (days) return `${word("days", { count: days })} ${two(hours)}:${two(minutes)}`;
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

function write(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function showAge(element, at) {
  const seconds = (at - Date.parse(element.dateTime)) / 1000;
  write(element, span(seconds));
  const limit = Number(element.dataset.lateAfter || 0);
  element.classList.toggle("is-late", limit > 0 && seconds > limit);
}

function showDue(element, at) {
  const [begins, ends] = [Date.parse(element.dataset.begins), Date.parse(element.dataset.ends)];
  if (!Number.isFinite(ends - begins)) return;
  const done = (at - begins) / Math.max(1, ends - begins);
  const late = at > ends;
  const bar = element.querySelector("progress");
  if (bar) bar.value = Math.min(100, Math.max(0, done * 100));
  const key = late ? "late_by" : "due_in";
  write(element.querySelector("time"), word(key, { age: span(Math.abs(ends - at) / 1000) }));
  element.classList.toggle("is-soon", !late && done >= SOON);
  element.classList.toggle("is-late", late);
}

function showClock(element, at) {
  write(element, clockTime(at));
}

// Bring every counting element below `root` up to date.
export function refresh(root = document) {
  const at = now();
  for (const element of root.querySelectorAll("time[data-since]")) showAge(element, at);
  for (const element of root.querySelectorAll(".due[data-ends]")) showDue(element, at);
  for (const element of root.querySelectorAll("time[data-clock]")) showClock(element, at);
}

refresh();
setInterval(refresh, 1000);
