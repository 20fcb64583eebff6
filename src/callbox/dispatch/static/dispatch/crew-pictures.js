// SPDX-License-Identifier: Apache-2.0
// Pictures of the incident in hand: made small, kept on the phone until the server has them, sent one after another under
// an id of their own, so that a repeat counts once. They wait apart from what was pressed and hold up no press.

import { shrunk } from "../pictures/shrink.js";
import { call } from "../web/js/api.js";
import { say } from "../web/js/status.js";
import { on } from "../web/js/stream.js";
import { word } from "../web/js/words.js";
import { newKey, withToken } from "./crew-queue.js";
import { at, put } from "./crew-view.js";

const NAME = "callbox-crew-pictures";
const AGAIN_MS = 5000;
const PATIENCE_MS = 90000;
const UNKNOWN_MS = 3_600_000; // an incident found without network may reach the server after its picture
const person = document.body.dataset.person;
const input = document.getElementById("picture");
const state = { incident: "", running: false, timer: 0 };
const waiting = new Map(); // where nothing can be kept, they wait in this page alone

function asked(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function opened() {
  try {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore("pictures", { keyPath: "id" });
    return await asked(request);
  } catch {
    return null;
  }
}

const database = await opened();
const kept = (mode) => database.transaction("pictures", mode, { durability: "strict" }).objectStore("pictures");

async function keep(picture) {
  waiting.set(picture.id, picture);
  try {
    if (database) await asked(kept("readwrite").put(picture));
  } catch {
    say(word("picture_unkept"), "wrong"); // it is sent from memory while this page is open
  }
}

async function drop(id) {
  waiting.delete(id);
  if (database) await asked(kept("readwrite").delete(id)).catch(() => {});
}

async function mine() {
  const stored = database ? await asked(kept("readonly").getAll()).catch(() => []) : [];
  for (const picture of stored) waiting.set(picture.id, picture);
  return [...waiting.values()].filter((one) => one.person === person).sort((a, b) => a.at - b.at);
}

export function watchPictures(active) {
  state.incident = active?.incident.id ?? "";
  at("picture-part").hidden = !state.incident;
}

async function draw() {
  const { length: count } = await mine();
  put("picture-said", count ? word("pictures_waiting", { count }) : "");
  document.documentElement.dataset.pictures = String(count);
}

async function take(file) {
  const { incident } = state;
  if (!file || !incident) return;
  const blob = await shrunk(file);
  await keep({ id: newKey(), incident, person, at: Date.now(), type: blob.type, bytes: await blob.arrayBuffer() });
  say(word("picture_kept"), "done");
  await draw();
  sendPictures();
}

// Send what waits, the oldest first; one sender at a time.
export async function sendPictures() {
  if (state.running) return;
  state.running = true;
  clearTimeout(state.timer);
  try {
    for (let [next] = await mine(); next; [next] = await mine()) {
      if (!(await sent(next))) break;
      await drop(next.id);
      await draw();
    }
  } finally {
    state.running = false;
  }
  await draw();
}

// Whether the server has dealt with it, be it by refusing it for good.
async function sent({ id, incident, at: taken, type, bytes }) {
  const address = `/api/incidents/${incident}/pictures?picture=${id}`;
  const body = new Blob([bytes], { type });
  try {
    await withToken(() => call("POST", address, body, { quiet: true, signal: AbortSignal.timeout?.(PATIENCE_MS) }));
    say(word("picture_sent"), "done");
    return true;
  } catch (problem) {
    const forGood = problem.status === 422 || problem.status === 413 || (problem.status === 404 && Date.now() - taken > UNKNOWN_MS);
    if (forGood) say(word("picture_refused", { why: problem.message }), "wrong");
    else state.timer = setTimeout(sendPictures, AGAIN_MS);
    return forGood;
  }
}

input.addEventListener("change", async () => {
  const [file] = input.files;
  await take(file);
  input.value = "";
});
window.addEventListener("online", sendPictures);
on("live", sendPictures);
sendPictures();
